import Formats
import Model
import STS
import Testing

@testable import Trust

/// Terraform and CloudFormation read out of the text what the JSON says, whatever somebody put into a subject.
@Suite("Texts in HCL and YAML")
struct FormTests {
  private static let beginning = "repo:octo/app:"
  static let odd = [
    "\u{600}${path.cwd}", "\u{600}%{ if 1 == 1 }x\u{600}%{ endif }", "${file(\"/etc/passwd\")}", "%{x}", "$${x}",
    "$$${x}",
    "%%{x}", "$", "${", "%{", "\\${x}", "\"", "\\", "\\\"${x}", "a\u{2028}b\u{2029}c\u{85}d",
    "\n\r\t\u{8}\u{C}\u{0}\u{7F}",
    "\u{FEFF}a\u{200B}\u{202E}b", "Zürich", "日本/한국", "\u{1F600}", "\u{E0001}x", "\u{A0}", "*?", "{x}", "#{x}",
    "!Sub ${x}",
    "\u{600}\"", "\u{600}\\",
  ]

  private func grant(_ subject: String, audience: String = "sts.amazonaws.com") throws -> TrustGrant {
    try TrustGrant(
      issuer: try FederatedIssuer(ByteText("https://" + githubName)), audiences: [ByteText(audience)],
      subjects: [.exact(ByteText(Self.beginning + subject))], role: role)
  }

  /// What stands for the key in the JSON.
  private func expected(_ grant: TrustGrant, _ key: String) throws -> ByteText? {
    let statement = try grant.policy().object?["Statement"]?.array?.first?.object
    return statement?["Condition"]?.object?["StringEquals"]?.object?["\(githubName):\(key)"]?.text
  }

  @Test("what Terraform reads is what the JSON says", arguments: odd)
  func terraform(odd: String) throws {
    for (key, grant) in [("sub", try grant(odd)), ("aud", try grant("x", audience: odd))] {
      let lines = try grant.terraform().split(separator: "\n").map(String.init)
      let at = try #require(lines.firstIndex { $0.hasSuffix("\"\(githubName):\(key)\"") })
      let list = try #require(lines[at + 1].firstRange(of: " = [")).upperBound
      let text = try decoded(lines[at + 1].utf8[list...].dropLast(), hasTemplates: true)
      #expect(text == (try expected(grant, key)))
    }
  }

  @Test("what CloudFormation reads is what the JSON says", arguments: odd)
  func cloudFormation(odd: String) throws {
    for (key, grant) in [("sub", try grant(odd)), ("aud", try grant("x", audience: odd))] {
      let lines = try grant.cloudFormation().split(separator: "\n").map(String.init)
      let at = try #require(lines.firstIndex { $0.hasSuffix("\"\(githubName):\(key)\":") })
      let item = try #require(lines[at + 1].firstRange(of: "- ")).upperBound
      #expect(try decoded(lines[at + 1].utf8[item...], hasTemplates: false) == (try expected(grant, key)))
    }
  }

  @Test(
    "what the forms would change is refused",
    arguments: [
      "\u{600}&{x}", "e\u{301}", "\u{212A}", "\u{1112}\u{1161}", "\u{600}{{resolve:ssm:x}}", "{{resolve:ssm:x}}",
    ])
  func unwritable(text: String) throws {
    for grant in [try grant(text), try grant("x", audience: text)] {
      if text.utf8.contains(UInt8(ascii: "{")), !text.utf8.contains(UInt8(ascii: "&")) {
        #expect(throws: TrustGrantError.self) { try grant.cloudFormation() }
      } else {
        #expect(throws: TrustGrantError.self) { try grant.terraform() }
      }
    }
  }

  private struct Unreadable: Error {}

  /// One string between double quotes, by the rules that HCL and YAML share; a template or a character that is not printed
  /// is none.
  private func decoded(_ text: some Sequence<UInt8>, hasTemplates: Bool) throws -> ByteText {
    let quote: Unicode.Scalar = "\""
    var rest = Array(String(decoding: Array(text), as: UTF8.self).unicodeScalars)[...]
    var result = String.UnicodeScalarView()
    guard rest.popFirst() == quote, rest.popLast() == quote else { throw Unreadable() }
    var last: Unicode.Scalar = " "
    while let scalar = rest.popFirst() {
      let isHidden = [.control, .format, .lineSeparator, .paragraphSeparator].contains(
        scalar.properties.generalCategory)
      guard scalar != quote, !isHidden else { throw Unreadable() }
      guard !(hasTemplates && scalar == "{" && (last == "$" || last == "%")) else { throw Unreadable() }
      last = scalar
      guard scalar == "\\" else {
        result.append(scalar)
        continue
      }
      switch rest.popFirst() {
      case "\\"?: result.append("\\")
      case "\""?: result.append("\"")
      case let size? where size == "u" || size == "U":
        let digits = rest.prefix(size == "u" ? 4 : 8)
        rest = rest.dropFirst(digits.count)
        let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16)
        result.append(try #require(value.flatMap(Unicode.Scalar.init)))
      default: throw Unreadable()
      }
    }
    return ByteText(String(result))
  }
}
