import Broker
import Model
import Testing

@testable import Command

@Suite("Bad values")
struct SettingValueTests {
  /// Where people put a secret by mistake, or where a secret may be a part.
  private static let hidden: Set<ProfileKey> = [
    .tokenEnv, .tokenFile, .clientSecretFile, .tokenURL, .tokenURLHeadersFile, .tokenCommand, .onLoginRequired, .caFile,
    .sessionPolicyFile, .samlResponseFile, .samlResponseEnv,
  ]

  @Test("each is named with its setting, where it stands, and what was expected", arguments: ProfileKey.allCases)
  func everyBadValue(key: ProfileKey) {
    let setting = Setting.of(key)
    for bad in SettingSample.of(key).bad {
      var flags = SettingFlags()
      flags.values[key] = [bad]
      let isList = key == .scopes || key == .policyARNs
      let toml =
        isList ? "[" + bad.split(separator: " ").map { quoted(String($0)) }.joined(separator: ",") + "]" : quoted(bad)
      check(key, bad, at: .flag("--" + setting.flag), exits: 64) {
        try settings().profile(flags: flags)
      }
      check(key, bad, at: .variable(setting.variable), exits: 78) {
        try settings(environment: [setting.variable: bad]).profile()
      }
      check(key, bad, at: .file(path: configPath, line: 3), exits: 78) {
        try settings("# mine\n[profile.default]\n\(setting.name) = \(toml)\n").profile()
      }
      for name in setting.ambient {
        check(key, bad, at: .variable(name), exits: 78) {
          try settings(environment: [name: bad]).profile()
        }
      }
    }
  }

  private func check(
    _ key: ProfileKey, _ bad: String, at origin: SettingOrigin, exits code: Int32, _ body: () throws -> Profile
  ) {
    guard let error = #expect(throws: SettingError.self, "\(key) took \(bad.printable())", performing: { try body() })
    else { return }
    guard case .badValue(let setting, let place, let given, let expected) = error else {
      Issue.record("\(key), \(bad.printable()): \(error)")
      return
    }
    #expect(setting == key.rawValue)
    #expect(place == origin)
    #expect(error.kind.exitCode == code)
    #expect(!expected.isEmpty)
    #expect((given == nil) == Self.hidden.contains(key), "\(key)")
    #expect(error.message.hasPrefix("\(key.rawValue) (\(origin)) must be \(expected)"))
    #expect(!error.message.utf8.contains { $0 < 0x20 || $0 == 0x7F })
  }

  @Test(
    "a wrong TOML type is named",
    arguments: [
      ("region = 1", "region", "not 1"), ("region = true", "region", "not true"),
      ("strict = 1", "strict", "not 1"), ("strict = \"maybe\"", "strict", "not \"maybe\""),
      ("duration = 1.5", "duration", "not a float"), ("duration = true", "duration", "not true"),
      ("timeout = 2026-01-01", "timeout", "not a date or time"), ("scopes = \"openid\"", "scopes", "not \"openid\""),
      ("scopes = [1]", "scopes", "not an array"), ("scopes = []", "scopes", "not an array"),
      ("issuer = [\"https://a.example\"]", "issuer", "not an array"), ("issuer = { a = 1 }", "issuer", "not a table"),
      ("expect_account = 123456789012", "expect_account", "not 123456789012"),
      ("duration = 899", "duration", "not 899"),
      ("duration = -9223372036854775808", "duration", "-9223372036854775808"),
    ])
  func wrongType(line: String, key: String, ending: String) {
    let error = #expect(throws: SettingError.self) { try settings("[profile.default]\n\(line)").profile() }
    #expect(error?.message.hasPrefix("\(key) (\(configPath):2) must be ") == true)
    #expect(error?.message.hasSuffix(ending) == true)
  }

  @Test("an empty flag or text is no value", arguments: ProfileKey.allCases)
  func empty(key: ProfileKey) throws {
    var flags = SettingFlags()
    flags.values[key] = [""]
    if key == .tokenPointer {
      #expect(try settings().profile(flags: flags).tokenPointer == "")  // RFC 6901: the whole document
    } else if key == .policyARNs {
      #expect(try settings().profile(flags: flags).policyARNs == [])
    } else {
      #expect(throws: SettingError.self) { try settings().profile(flags: flags) }
    }
  }

  @Test(
    "durations",
    arguments: [
      ("900", 900), ("900s", 900), ("15m", 900), ("60m", 3600), ("1h", 3600), ("12h", 43200), ("0900", 900),
    ])
  func durations(text: String, seconds: Int) throws {
    let expected = CredentialDuration.seconds(seconds)
    #expect(try settings(environment: ["DAYPASS_DURATION": text]).profile().duration == expected)
    #expect(try settings("[profile.default]\nduration = \(quoted(text))").profile().duration == expected)
    #expect(try settings("[profile.default]\nduration = \(seconds)").profile().duration == expected)
  }

  @Test(
    "booleans", arguments: [("true", true), ("1", true), ("YES", true), ("false", false), ("0", false), ("no", false)])
  func booleans(text: String, value: Bool) throws {
    #expect(try settings(environment: ["DAYPASS_STRICT": text]).profile().strict == value)
  }

  @Test("a command is an array, or is split on blanks with double quotes, never by a shell")
  func commands() throws {
    #expect(
      CommandLineText.words(#"a  "b c"d $HOME 'e f' "" "\"\\\n""#) == ["a", "b cd", "$HOME", "'e", "f'", "", #""\\n"#])
    #expect(CommandLineText.words("\"a") == nil)
    #expect(CommandLineText.words("\"a\\") == nil)
    #expect(CommandLineText.words("") == [])
    let toml = #"token_command = ["get", "a b", "", "$(c)"]"#
    #expect(try settings("[profile.default]\n" + toml).profile().tokenCommand == ["get", "a b", "", "$(c)"])
  }

  @Test("an unattended login needs to know whose it must be")
  func unattended() {
    let error = #expect(throws: SettingError.self) {
      try settings("[profile.default]\nunattended_login = true").profile()
    }
    #expect(error?.message == "unattended_login (\(configPath):2) needs expect_subject, which is not set")
  }

  @Test("a signature is only verified by the keys of an issuer that was configured")
  func verifyWithoutIssuer() {
    let error = #expect(throws: SettingError.self) {
      try settings("[profile.default]\nverify_token = true\ntoken_file = \"/t\"").profile()
    }
    #expect(error?.message == "verify_token (\(configPath):2) needs issuer, which is not set")
    #expect(error?.kind == .configuration)
  }

  @Test("variables that are nobody's are warned about with the nearest name, and no value")
  func unknownVariables() throws {
    let settings = try settings(environment: [
      "DAYPASS_ROLEARN": "x", "DAYPASS_SCOPE": "y", "DAYPASS_ZZZZZZZZ": "z", "DAYPASS_HOME": "/x",
      "DAYPASS_LOG_LEVEL": "debug", "DAYPASS_REGION": "eu-west-1", "OTHER": "1",
    ])
    #expect(
      try settings.warnings(for: try settings.profile()) == [
        "the variable DAYPASS_ROLEARN is not known and has no effect; did you mean DAYPASS_ROLE_ARN?",
        "the variable DAYPASS_SCOPE is not known and has no effect; did you mean DAYPASS_SCOPES?",
        "the variable DAYPASS_ZZZZZZZZ is not known and has no effect",
      ])
  }

  @Test("a check that is misspelt is refused, and under strict every variable that is nobody's")
  func misspeltChecks() throws {
    for environment in [
      ["DAYPASS_EXPECT_ACOUNT": "111122223333"], ["DAYPASS_ROLEARN": "x", "DAYPASS_STRICT": "true"],
    ] {
      let settings = try settings(environment: environment)
      let profile = try settings.profile()
      let failure = #expect(throws: Failure.self) { try settings.warnings(for: profile) }
      #expect(failure?.kind == .configuration)
      #expect(failure?.hint?.hasPrefix("did you mean DAYPASS_") == true)
    }
  }
}

@Suite("Role chaining steps")
struct ChainTests {
  @Test("are read whole and in order")
  func whole() throws {
    let toml = """
      [profile.default]
      role_arn = "arn:aws:iam::111111111111:role/first"
      [[profile.default.then]]
      role_arn = "arn:aws:iam::222222222222:role/second"
      session_name = "chain"
      duration = "30m"
      external_id = "a:b/c"
      tags = { team = "core", "cost center" = "7" }
      transitive_tag_keys = ["team"]
      source_identity = "anna"
      session_policy_file = "/p.json"
      policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
      [[profile.default.then]]
      role_arn = "arn:aws:iam::333333333333:role/third"
      """
    var second = ChainStep(roleARN: "arn:aws:iam::222222222222:role/second")
    second.sessionName = "chain"
    second.duration = 1800
    second.externalID = "a:b/c"
    second.tags = [ChainStep.Tag(key: "team", value: "core"), ChainStep.Tag(key: "cost center", value: "7")]
    second.transitiveTagKeys = ["team"]
    second.sourceIdentity = "anna"
    second.sessionPolicyFile = "/p.json"
    second.policyARNs = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    second.origin = .file(path: configPath, line: 4)
    var third = ChainStep(roleARN: "arn:aws:iam::333333333333:role/third")
    third.origin = .file(path: configPath, line: 14)
    #expect(try settings(toml).profile().chain == [second, third])
  }

  @Test(
    "bad ones are named",
    arguments: [
      ("session_name = \"chain\"", "profile.default.then (\(configPath):3) needs role_arn, which is not set"),
      (
        "duration = 3601",
        "profile.default.then.duration (\(configPath):4) must be 15m to 1h (900 to 3600 seconds), "
          + "the most that AWS grants a chained role, not 3601"
      ),
      (
        "external_id = \"x\"",
        "profile.default.then.external_id (\(configPath):4) must be "
          + "2 to 1224 letters, digits or any of _+=,.@:/-, not \"x\""
      ),
      (
        "tags = [\"a\"]",
        "profile.default.then.tags (\(configPath):4) must be "
          + "a table of at most 50 tags: { key = \"value\" }, not an array"
      ),
      (
        "tags = { team = \"core\", x = 1 }",
        "profile.default.then.tags.x (\(configPath):4) must be a string, in quotes, not 1"
      ),
      ("rolearn = \"x\"", "\(configPath):4: unknown key \"rolearn\" in [profile.default.then]"),
    ])
  func bad(line: String, message: String) {
    let role = line.hasPrefix("session_name") ? "" : "role_arn = \"arn:aws:iam::222222222222:role/second\"\n"
    let error = #expect(throws: SettingError.self) {
      try settings("[profile.default]\n[[profile.default.then]]\n\(role)\(line)\n").profile()
    }
    #expect(error?.message == message)
  }
}
