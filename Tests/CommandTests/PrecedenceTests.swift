import ArgumentParser
import Broker
import Model
import Testing

@testable import Command

/// Where a setting can come from, the strongest first.
private enum Level: Int, CaseIterable {
  case flag, variable, file, firstAmbient, secondAmbient

  func exists(for setting: Setting) -> Bool {
    switch self {
    case .flag, .variable, .file: true
    case .firstAmbient: !setting.ambient.isEmpty
    case .secondAmbient: setting.ambient.count > 1
    }
  }
}

/// What the parser of the command line makes of every flag at once, with the first good values and with the second.
private let parsedFlags: [Result<SettingFlags, any Error>] = [\SettingSample.good.0, \SettingSample.good.1].map {
  good in
  let arguments = Setting.all.flatMap { setting in
    let text = SettingSample.of(setting.key)[keyPath: good]
    if setting.placeholder == nil { return [text == "true" ? "--\(setting.flag)" : "--no-\(setting.flag)"] }
    return ["--\(setting.flag)", text]
  }
  return Result { try ProfileOptions.parse(arguments).flags }
}

/// A profile of which `given` levels set `key`.
private func profile(_ key: ProfileKey, _ given: [(Level, String)]) throws -> Profile {
  let setting = Setting.of(key)
  var flags = SettingFlags()
  var environment: [String: String] = [:]
  var toml = "[profile.default]\n"
  for (level, text) in given {
    switch level {
    case .flag:
      let place = text == SettingSample.of(key).good.0 ? 0 : 1
      flags.values[key] = try parsedFlags[place].get().values[key]
    case .variable: environment[setting.variable] = text
    case .file:
      let isList = key == .scopes || key == .policyARNs
      let words = text.split(separator: " ").map { quoted(String($0)) }.joined(separator: ", ")
      toml += "\(setting.name) = \(isList ? "[\(words)]" : quoted(text))\n"
    case .firstAmbient: environment[setting.ambient[0]] = text
    case .secondAmbient: environment[setting.ambient[1]] = text
    }
  }
  // An unattended login is nothing without the subject it must end with.
  if key == .unattendedLogin { toml += "expect_subject = \"anna\"\n" }
  // Nor is a signature without an issuer whose it must be.
  if key == .verifyToken { toml += "issuer = \"https://idp.example\"\n" }
  return try settings(toml, environment: environment).profile(flags: flags)
}

private func origin(_ level: Level, of setting: Setting) -> SettingOrigin {
  switch level {
  case .flag: .flag("--" + setting.flag)
  case .variable: .variable(setting.variable)
  case .file: .file(path: configPath, line: 2)
  case .firstAmbient: .variable(setting.ambient[0])
  case .secondAmbient: .variable(setting.ambient[1])
  }
}

@Suite("Precedence: flag, DAYPASS_ variable, config file, AWS variable, default")
struct PrecedenceTests {
  @Test("every key can be set at every level, and says which", arguments: ProfileKey.allCases)
  func eachAlone(key: ProfileKey) throws {
    let setting = Setting.of(key)
    let sample = SettingSample.of(key)
    for level in Level.allCases where level.exists(for: setting) {
      for (text, read) in [(sample.good.0, sample.read?.0), (sample.good.1, sample.read?.1)] {
        let profile = try profile(key, [(level, text)])
        #expect(profile.text(key) == read ?? text, "\(key) at \(level)")
        #expect(profile.origin(of: key) == origin(level, of: setting))
      }
    }
  }

  @Test("of two levels the stronger one counts", arguments: ProfileKey.allCases)
  func eachPair(key: ProfileKey) throws {
    let setting = Setting.of(key)
    let sample = SettingSample.of(key)
    let levels = Level.allCases.filter { $0.exists(for: setting) }
    for (place, strong) in levels.enumerated() {
      for weak in levels[(place + 1)...] {
        let one = try profile(key, [(strong, sample.good.0), (weak, sample.good.1)])
        #expect(one.text(key) == sample.read?.0 ?? sample.good.0, "\(key): \(strong) over \(weak)")
        #expect(one.origin(of: key) == origin(strong, of: setting))
        let other = try profile(key, [(strong, sample.good.1), (weak, sample.good.0)])
        #expect(other.text(key) == sample.read?.1 ?? sample.good.1, "\(key): \(strong) over \(weak)")
      }
    }
  }

  @Test("an empty variable is as if unset", arguments: ProfileKey.allCases)
  func emptyVariable(key: ProfileKey) throws {
    let setting = Setting.of(key)
    var environment = [setting.variable: ""]
    for name in setting.ambient { environment[name] = "" }
    let profile = try settings(environment: environment).profile()
    #expect(profile.origin(of: key) == .standard)
    #expect(profile.text(key) == Profile(name: "default").text(key))
  }

  @Test("the AWS variables are these, in this order, and no others")
  func ambientVariables() {
    let expected: [ProfileKey: [String]] = [
      .region: ["AWS_REGION", "AWS_DEFAULT_REGION"], .stsEndpoint: ["AWS_ENDPOINT_URL_STS"],
      .caFile: ["AWS_CA_BUNDLE", "SSL_CERT_FILE"],
    ]
    for setting in Setting.all { #expect(setting.ambient == expected[setting.key] ?? []) }
  }

  @Test("AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME stay apart from role_arn and session_name")
  func ambientRole() throws {
    let profile = try settings(environment: ["AWS_ROLE_ARN": "anything", "AWS_ROLE_SESSION_NAME": "name"]).profile()
    #expect(profile.ambientRoleARN == "anything")
    #expect(profile.ambientSessionName == "name")
    #expect(profile.roleARN == nil)
    #expect(profile.sessionName == nil)
  }

  @Test("a repeated list flag adds up, a repeated single flag is its last")
  func repeatedFlags() throws {
    let flags = try ProfileOptions.parse([
      "--scope", "openid", "--scope", "email groups", "--region", "eu-west-1", "--region", "eu-west-2",
    ]).flags
    let profile = try settings().profile(flags: flags)
    #expect(profile.scopes == ["openid", "email", "groups"])
    #expect(profile.region == "eu-west-2")
  }

  @Test(
    "a list variable is separated by blanks or commas", arguments: ["openid email", "openid,email", " openid , email "])
  func listVariable(text: String) throws {
    #expect(try settings(environment: ["DAYPASS_SCOPES": text]).profile().scopes == ["openid", "email"])
  }
}

@Suite("Which profile")
struct ProfileSelectionTests {
  private let toml =
    "[profile.default]\nregion = \"eu-west-1\"\n[profile.prod]\nregion = \"eu-west-2\"\n[profile.test]\n"

  @Test("--profile, else DAYPASS_PROFILE, else default; AWS_PROFILE is never read")
  func order() throws {
    let environment = ["AWS_PROFILE": "test", "AWS_DEFAULT_PROFILE": "test"]
    #expect(try settings(toml, environment: environment).profile().name == "default")
    let named = try settings(toml, environment: environment.merging(["DAYPASS_PROFILE": "prod"]) { $1 })
    #expect(try named.profile().region == "eu-west-2")
    #expect(try named.profile(named: "test").name == "test")
    #expect(named.profileNames == ["default", "prod", "test"])
  }

  @Test("the default profile may be absent, a named one may not")
  func absent() throws {
    #expect(try settings().profile().name == "default")
    #expect(throws: SettingError.unknownProfile("prod", origin: .flag("--profile"), file: nil, configured: [])) {
      try settings().profile(named: "prod")
    }
    let error = #expect(throws: SettingError.self) {
      try settings(toml, environment: ["DAYPASS_PROFILE": "prd"]).profile()
    }
    #expect(error?.kind.exitCode == 78)
    #expect(error?.message == "the profile \"prd\" (DAYPASS_PROFILE) is not in \(configPath)")
    #expect(error?.hint == "did you mean prod?")
  }

  @Test(
    "a name that could be a path or a header is refused",
    arguments: ["", "../x", ".x", "-x", "a b", "a/b", "a\u{1B}", "ä"])
  func badName(name: String) {
    let error = #expect(throws: SettingError.self) { try settings().profile(named: name) }
    #expect(error == .badProfileName(name, origin: .flag("--profile")))
    #expect(error?.message.utf8.allSatisfy { $0 >= 0x20 } == true)
    #expect(throws: SettingError.badProfileName(name, origin: .file(path: configPath, line: 1))) {
      try settings("[profile.\(quoted(name))]\n")
    }
  }
}
