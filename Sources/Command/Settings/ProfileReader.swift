import Broker
import Formats
import Model

/// Resolves one profile: for each key the flag, else the DAYPASS_ variable, else the config file, else the AWS
/// variable, else the default.
struct ProfileReader {
  let name: String
  let section: ConfigFile.Section?
  let path: String
  let environment: [String: String]
  let flags: SettingFlags

  func profile() throws(SettingError) -> Profile {
    var profile = Profile(name: name)
    for key in ProfileKey.allCases {
      guard let given = given(Setting.of(key)) else { continue }
      try set(key, of: &profile, to: given)
      profile.origins[key] = given.origin
    }
    profile.chain = try chain()
    profile.ambientRoleARN = variable(Setting.ambientRoleARN)
    profile.ambientSessionName = variable(Setting.ambientSessionName)
    try checkTogether(profile)
    return profile
  }

  private func given(_ setting: Setting) -> Given? {
    if let values = flags.values[setting.key], !values.isEmpty {
      return Given(content: .flags(values), origin: .flag("--" + setting.flag))
    }
    if let value = variable(setting.variable) {
      return Given(content: .variable(value), origin: .variable(setting.variable))
    }
    if let entry = section?.settings[setting.key] {
      return Given(content: .file(entry.value), origin: .file(path: path, line: entry.line))
    }
    for name in setting.ambient {
      if let value = variable(name) { return Given(content: .variable(value), origin: .variable(name)) }
    }
    return nil
  }

  /// An empty variable is as if unset: workflows cannot unset one, and AWS tools see it so.
  private func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  private func set(_ key: ProfileKey, of profile: inout Profile, to given: Given) throws(SettingError) {
    let name = key.rawValue
    switch key {
    case .source: profile.source = try Shape.source.read(given, as: name)
    case .method: profile.method = try Shape.choice.read(given, as: name)
    case .issuer: profile.issuer = try Shape.issuer.read(given, as: name)
    case .clientID: profile.clientID = try Shape.identifier.read(given, as: name)
    case .clientSecretFile: profile.clientSecretFile = try Shape.path.read(given, as: name)
    case .scopes: profile.scopes = try Shape.scopes.read(given, as: name)
    case .deviceAuthorizationEndpoint: profile.deviceAuthorizationEndpoint = try Shape.url.read(given, as: name)
    case .sessionLifetime: profile.sessionLifetime = try Shape.sessionLifetime.read(given, as: name)
    case .session: profile.session = try Shape.name.read(given, as: name)
    case .tokenFile: profile.tokenFile = try Shape.path(toFileWith: "the token").read(given, as: name)
    case .tokenEnv: profile.tokenEnv = try Shape.variableName.read(given, as: name)
    case .tokenCommand: profile.tokenCommand = try Shape.command.read(given, as: name)
    case .tokenURL: profile.tokenURL = try Shape.secretURL.read(given, as: name)
    case .tokenURLHeadersFile: profile.tokenURLHeadersFile = try Shape.path.read(given, as: name)
    case .tokenPointer: profile.tokenPointer = try Shape.jsonPointer.read(given, as: name)
    case .samlResponseFile:
      profile.samlResponseFile = try Shape.path(toFileWith: "the SAML response").read(given, as: name)
    case .samlResponseEnv: profile.samlResponseEnv = try Shape.variableName.read(given, as: name)
    case .principalARN: profile.principalARN = try Shape.samlProviderARN.read(given, as: name)
    case .audience: profile.audience = try Shape.identifier.read(given, as: name)
    case .verifyToken: profile.verifyToken = try Shape.boolean.read(given, as: name)
    case .roleARN: profile.roleARN = try Shape.roleARN.read(given, as: name)
    case .sessionName: profile.sessionName = try Shape.sessionName.read(given, as: name)
    case .duration: profile.duration = try Shape.duration.read(given, as: name)
    case .sessionPolicyFile: profile.sessionPolicyFile = try Shape.path.read(given, as: name)
    case .policyARNs: profile.policyARNs = try Shape.policyARNs.read(given, as: name)
    case .region: profile.region = try Shape.region.read(given, as: name)
    case .stsEndpoint: profile.stsEndpoint = try Shape.url.read(given, as: name)
    case .expectAccount: profile.expectAccount = try Shape.account.read(given, as: name)
    case .expectRole: profile.expectRole = try Shape.roleNameOrARN.read(given, as: name)
    case .expectSubject: profile.expectSubject = try Shape.identifier.read(given, as: name)
    case .strict: profile.strict = try Shape.boolean.read(given, as: name)
    case .caFile: profile.caFile = try Shape.path.read(given, as: name)
    case .store: profile.store = try Shape.choice.read(given, as: name)
    case .timeout: profile.timeout = try Shape.timeout.read(given, as: name)
    case .unattendedLogin: profile.unattendedLogin = try Shape.boolean.read(given, as: name)
    case .onLoginRequired: profile.onLoginRequired = try Shape.command.read(given, as: name)
    }
  }

  private func chain() throws(SettingError) -> [ChainStep] {
    var steps: [ChainStep] = []
    for table in section?.chain ?? [] {
      steps.append(
        try ChainReader(table: table, label: "profile.\(name).then", path: path, line: section?.line ?? 1).step())
    }
    return steps
  }

  private func checkTogether(_ profile: Profile) throws(SettingError) {
    // A login that nobody asked for must not be able to end as somebody else's.
    if profile.unattendedLogin, profile.expectSubject == nil {
      throw .missing(
        setting: ProfileKey.expectSubject.rawValue, neededBy: ProfileKey.unattendedLogin.rawValue,
        origin: profile.origin(of: .unattendedLogin))
    }
    // A signature by whoever the token itself names as its issuer proves nothing.
    if profile.verifyToken, profile.issuer == nil {
      throw .missing(
        setting: ProfileKey.issuer.rawValue, neededBy: ProfileKey.verifyToken.rawValue,
        origin: profile.origin(of: .verifyToken))
    }
  }
}
