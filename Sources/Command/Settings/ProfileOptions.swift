import ArgumentParser
import Broker

/// `--profile` and `--config`: which settings a verb starts from.
struct ProfileSelection: ParsableArguments {
  @Option(help: ArgumentHelp("Profile to use (default: $DAYPASS_PROFILE or default)", valueName: "name"))
  var profile: String?

  @Option(help: ArgumentHelp("Config file (default: ~/.config/daypass/config.toml)", valueName: "path"))
  var config: String?

  init() {}
}

/// A flag for every setting of a profile. Names and help come from the table of settings.
struct ProfileOptions: ParsableArguments {
  /// Sections of the help. The short help leaves them out.
  enum Title: String, CaseIterable {
    case identity = "Identity"
    case token = "Pre-issued tokens"
    case role = "Credentials"
    case safety = "Safety"
    case operation = "Connection and storage"
  }

  @OptionGroup(title: Title.identity.rawValue) var identity: IdentityOptions
  @OptionGroup(title: Title.token.rawValue) var token: TokenOptions
  @OptionGroup(title: Title.role.rawValue) var role: RoleOptions
  @OptionGroup(title: Title.safety.rawValue) var safety: SafetyOptions
  @OptionGroup(title: Title.operation.rawValue) var operation: OperationOptions

  init() {}

  var flags: SettingFlags {
    var flags = SettingFlags()
    for group in [identity.given, token.given, role.given, safety.given, operation.given] {
      for (key, values) in group where !values.isEmpty { flags.values[key] = values }
    }
    return flags
  }
}

struct IdentityOptions: ParsableArguments {
  @Option(.source) var source: String?
  @Option(.method) var method: String?
  @Option(.issuer) var issuer: String?
  @Option(.clientID) var clientID: String?
  @Option(.clientSecretFile) var clientSecretFile: String?
  @Option(.scopes) var scopes: [String] = []
  @Option(.audience) var audience: String?
  @Option(.session) var session: String?
  @Option(.sessionLifetime) var sessionLifetime: String?
  @Option(.deviceAuthorizationEndpoint) var deviceAuthorizationEndpoint: String?

  var given: [ProfileKey: [String]] {
    [
      .source: source.list, .method: method.list, .issuer: issuer.list, .clientID: clientID.list,
      .clientSecretFile: clientSecretFile.list, .scopes: scopes, .audience: audience.list, .session: session.list,
      .sessionLifetime: sessionLifetime.list,
      .deviceAuthorizationEndpoint: deviceAuthorizationEndpoint.list,
    ]
  }
}

struct TokenOptions: ParsableArguments {
  @Option(.tokenFile) var tokenFile: String?
  @Option(.tokenEnv) var tokenEnv: String?
  @Option(.tokenCommand) var tokenCommand: String?
  @Option(.tokenURL) var tokenURL: String?
  @Option(.tokenURLHeadersFile) var tokenURLHeadersFile: String?
  @Option(.tokenPointer) var tokenPointer: String?
  @Option(.samlResponseFile) var samlResponseFile: String?
  @Option(.samlResponseEnv) var samlResponseEnv: String?
  @Option(.principalARN) var principalARN: String?
  @Flag(.verifyToken) var verifyToken: Bool?

  var given: [ProfileKey: [String]] {
    [
      .tokenFile: tokenFile.list, .tokenEnv: tokenEnv.list, .tokenCommand: tokenCommand.list, .tokenURL: tokenURL.list,
      .tokenURLHeadersFile: tokenURLHeadersFile.list, .tokenPointer: tokenPointer.list,
      .samlResponseFile: samlResponseFile.list,
      .samlResponseEnv: samlResponseEnv.list, .principalARN: principalARN.list, .verifyToken: verifyToken.list,
    ]
  }
}

struct RoleOptions: ParsableArguments {
  @Option(.roleARN) var roleARN: String?
  @Option(.sessionName) var sessionName: String?
  @Option(.duration) var duration: String?
  @Option(.sessionPolicyFile) var sessionPolicyFile: String?
  @Option(.policyARNs) var policyARNs: [String] = []
  @Option(.region) var region: String?
  @Option(.stsEndpoint) var stsEndpoint: String?

  var given: [ProfileKey: [String]] {
    [
      .roleARN: roleARN.list, .sessionName: sessionName.list, .duration: duration.list,
      .sessionPolicyFile: sessionPolicyFile.list, .policyARNs: policyARNs, .region: region.list,
      .stsEndpoint: stsEndpoint.list,
    ]
  }
}

struct SafetyOptions: ParsableArguments {
  @Option(.expectAccount) var expectAccount: String?
  @Option(.expectRole) var expectRole: String?
  @Option(.expectSubject) var expectSubject: String?
  @Flag(.strict) var strict: Bool?

  var given: [ProfileKey: [String]] {
    [
      .expectAccount: expectAccount.list, .expectRole: expectRole.list, .expectSubject: expectSubject.list,
      .strict: strict.list,
    ]
  }
}

struct OperationOptions: ParsableArguments {
  @Option(.caFile) var caFile: String?
  @Option(.store) var store: String?
  @Option(.timeout) var timeout: String?
  @Flag(.unattendedLogin) var unattendedLogin: Bool?
  @Option(.onLoginRequired) var onLoginRequired: String?

  var given: [ProfileKey: [String]] {
    [
      .caFile: caFile.list, .store: store.list, .timeout: timeout.list, .unattendedLogin: unattendedLogin.list,
      .onLoginRequired: onLoginRequired.list,
    ]
  }
}

extension Option where Value == String? {
  fileprivate init(_ key: ProfileKey) {
    let setting = Setting.of(key)
    self.init(name: .customLong(setting.flag), help: setting.argumentHelp)
  }
}

extension Option where Value == [String] {
  fileprivate init(wrappedValue: [String], _ key: ProfileKey) {
    let setting = Setting.of(key)
    self.init(wrappedValue: wrappedValue, name: .customLong(setting.flag), help: setting.argumentHelp)
  }
}

extension Flag where Value == Bool? {
  fileprivate init(_ key: ProfileKey) {
    let setting = Setting.of(key)
    self.init(name: .customLong(setting.flag), inversion: .prefixedNo, help: setting.argumentHelp)
  }
}

extension Setting {
  fileprivate var argumentHelp: ArgumentHelp { ArgumentHelp(help, valueName: placeholder) }
}

extension String? {
  fileprivate var list: [String] { map { [$0] } ?? [] }
}

extension Bool? {
  fileprivate var list: [String] { map { [String($0)] } ?? [] }
}
