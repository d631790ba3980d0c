import Broker
import Formats
import Model

@testable import Command

/// Two good values and some bad ones for each key, and the value that a profile has got, all as text.
struct SettingSample {
  var good: (String, String)
  var bad: [String]
  /// As the key reads in a profile that got `good.0`, where that is not the text itself.
  var read: (String, String)?

  static func of(_ key: ProfileKey) -> SettingSample {
    let badURLs = ["http://idp.example", "idp.example", "ftp://idp.example/", "https://", "https://a b.example", "ü"]
    switch key {
    case .source: return SettingSample(good: ("github-actions", "file"), bad: ["githib", "Login", "auto ", "\u{0}"])
    case .method: return SettingSample(good: ("browser", "device"), bad: ["phone", "Device"])
    case .issuer:
      return SettingSample(
        good: ("https://idp.example/", "https://idp.example"), bad: badURLs + ["https://idp.example/?x=1"])
    case .clientID, .audience, .expectSubject:
      return SettingSample(good: ("one", "two words"), bad: ["a\nb", "a\u{7F}"])
    case .clientSecretFile, .tokenURLHeadersFile, .sessionPolicyFile, .caFile:
      return SettingSample(good: ("/etc/one file", "two"), bad: ["a\u{0}b", "a\nb"])
    case .tokenFile, .samlResponseFile:
      let contents = [
        "eyJh.eyJz.c2ln", "PD94bWwg", "PHNhbWxwOlJlc3BvbnNl", "PFJlc3BvbnNl", "<Response>", "%3CResponse",
      ]
      return SettingSample(
        good: ("/etc/one file", "./eyJh"),
        bad: ["a\u{0}b", "a\nb", "SAMLResponse=P", " eyJh", String(repeating: "a", count: 4096)] + contents)
    case .scopes:
      return SettingSample(
        good: ("openid email", "openid"), bad: [" ", "open\"id", "ö"], read: ("openid|email", "openid"))
    case .deviceAuthorizationEndpoint, .stsEndpoint, .tokenURL:
      return SettingSample(good: ("https://one.example/x", "http://127.0.0.1:8080/x"), bad: badURLs)
    case .session: return SettingSample(good: ("anna", "bert"), bad: [String(repeating: "a", count: 129), "a\tb"])
    case .tokenEnv, .samlResponseEnv:
      return SettingSample(good: ("ID_TOKEN", "OTHER"), bad: ["eyJh.eyJz.c2ln", "1A", "A B", "A-B"])
    case .tokenCommand, .onLoginRequired:
      return SettingSample(
        good: (#"get "the token" -v"#, "one"), bad: [#"get "the"#, " ", #""""#], read: ("get|the token|-v", "one"))
    case .tokenPointer: return SettingSample(good: ("/value", "/a~1b/0"), bad: ["value", "/a~2", "/~"])
    case .verifyToken, .strict, .unattendedLogin:
      return SettingSample(good: ("true", "false"), bad: ["maybe", "2", "truee", " true"])
    case .roleARN:
      return SettingSample(
        good: ("arn:aws:iam::123456789012:role/one", "arn:aws-cn:iam::123456789012:role/path/two"),
        bad: [
          "one", "arn:aws:iam::123456789012:user/one", "arn:aws:iam::123456789012:role/", "arn:aws:iam:role/a b c d",
        ])
    case .principalARN:
      return SettingSample(
        good: ("arn:aws:iam::123456789012:saml-provider/one", "arn:aws-cn:iam::123456789012:saml-provider/two"),
        bad: [
          "one", "arn:aws:iam::123456789012:role/one", "arn:aws:iam::123456789012:saml-provider/",
          "arn:aws:iam::123456789012:saml-provider/a b",
        ])
    case .sessionName: return SettingSample(good: ("anna@example.org", "ci-1"), bad: ["a", "two words", "a/b"])
    case .duration:
      return SettingSample(
        good: ("max", "2h"),
        bad: ["899", "14m", "12h1", "43201", "13h", "-900", "1d", "9e3", "maximum", "99999999999999999h"],
        read: ("max", "7200"))
    case .policyARNs:
      return SettingSample(
        good: ("arn:aws:iam::aws:policy/ReadOnlyAccess arn:aws:iam::1:policy/x", "arn:aws:iam::aws:policy/job/A"),
        bad: [
          "ReadOnlyAccess", "arn:aws:iam::aws:role/A",
          Array(repeating: "arn:aws:iam::aws:policy/A", count: 11).joined(separator: " "),
        ],
        read: ("arn:aws:iam::aws:policy/ReadOnlyAccess|arn:aws:iam::1:policy/x", "arn:aws:iam::aws:policy/job/A"))
    case .region:
      return SettingSample(good: ("eu-central-1", "us-gov-west-1"), bad: ["EU", "eu_central_1", "a.b", "-a", "eu/1"])
    case .expectAccount:
      return SettingSample(
        good: ("123456789012", "000000000001"), bad: ["12345678901", "1234-5678-9012", "١٢٣٤٥٦٧٨٩٠١٢"])
    case .expectRole:
      return SettingSample(good: ("deploy", "arn:aws:iam::123456789012:role/deploy"), bad: ["a b", "path/deploy"])
    case .store: return SettingSample(good: ("file", "keyring"), bad: ["disk", "Keyring"])
    case .sessionLifetime:
      return SettingSample(
        good: ("30d", "12h"), bad: ["0", "59", "3651d", "1w", "d", "99999999999999d"], read: ("2592000", "43200"))
    case .timeout:
      return SettingSample(
        good: ("90s", "2m"), bad: ["0", "61m", "3601", "1.5s", "s", "-1", "١s"], read: ("90", "120"))
    }
  }
}

extension Profile {
  func text(_ key: ProfileKey) -> String? {
    switch key {
    case .source: if case .named(let name) = source { name } else { "auto" }
    case .method: method.rawValue
    case .issuer: issuer?.string
    case .clientID: clientID?.string
    case .clientSecretFile: clientSecretFile
    case .scopes: scopes?.joined(separator: "|")
    case .deviceAuthorizationEndpoint: deviceAuthorizationEndpoint?.text
    case .session: session
    case .tokenFile: tokenFile
    case .tokenEnv: tokenEnv
    case .tokenCommand: tokenCommand?.joined(separator: "|")
    case .tokenURL: tokenURL?.text
    case .tokenURLHeadersFile: tokenURLHeadersFile
    case .tokenPointer: tokenPointer
    case .samlResponseFile: samlResponseFile
    case .samlResponseEnv: samlResponseEnv
    case .principalARN: principalARN
    case .audience: audience?.string
    case .verifyToken: String(verifyToken)
    case .roleARN: roleARN
    case .sessionName: sessionName
    case .duration: if case .seconds(let seconds) = duration { String(seconds) } else { "max" }
    case .sessionPolicyFile: sessionPolicyFile
    case .policyARNs: policyARNs.joined(separator: "|")
    case .region: region
    case .stsEndpoint: stsEndpoint?.text
    case .expectAccount: expectAccount
    case .expectRole: expectRole
    case .expectSubject: expectSubject?.string
    case .strict: String(strict)
    case .caFile: caFile
    case .store: store.rawValue
    case .sessionLifetime: sessionLifetime.map { String($0.components.seconds) }
    case .timeout: timeout.map { String($0.components.seconds) }
    case .unattendedLogin: String(unattendedLogin)
    case .onLoginRequired: onLoginRequired?.joined(separator: "|")
    }
  }
}

let configPath = "/home/anna/.config/daypass/config.toml"

/// Settings of one config file, text or none, and an environment.
func settings(
  _ toml: String? = nil, environment: [String: String] = [:]
) throws(SettingError) -> Settings {
  try Settings(config: nil, environment: environment, home: "/home/anna") { path in
    if path == configPath, let toml { return .present(Array(toml.utf8)) }
    return .absent
  }
}

/// `text` as a TOML string.
func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": result += "\\" + String(scalar)
    case _ where scalar.value < 0x20 || scalar.value == 0x7F:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
