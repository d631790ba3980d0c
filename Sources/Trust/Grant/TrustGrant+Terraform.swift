import Model
import STS

extension TrustGrant {
  /// The provider, the policy and the role, formatted as `terraform fmt` would.
  public func terraform() throws(TrustGrantError) -> String {
    for value in written where Self.isChangedByTerraform(value) { throw .unwritable(value.string, form: "Terraform") }
    var text = HCL()
    if !issuer.isBuiltIn {
      text.block("resource \"aws_iam_openid_connect_provider\" \"daypass\"") {
        $0.attributes([
          ("url", HCL.quoted(issuer.url.string)), ("client_id_list", HCL.list(audiences.map(\.string))),
        ])
      }
    }
    text.block("data \"aws_iam_policy_document\" \"daypass\"") {
      for statement in statements { add(statement, to: &$0) }
    }
    text.block("resource \"aws_iam_role\" \"daypass\"") {
      $0.attributes([
        ("name", HCL.quoted(roleName)), ("path", HCL.quoted(rolePath)),
        ("max_session_duration", String(maximumSession)),
        ("assume_role_policy", "data.aws_iam_policy_document.daypass.json"),
      ])
    }
    return text.text
  }

  /// The policy document's data source reads `&{` as `${`, and the language normalizes every text (NFC): what that changes
  /// would let in somebody else.
  /// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>
  private static func isChangedByTerraform(_ text: ByteText) -> Bool {
    text.contains("&{")
      || text.string.unicodeScalars.contains { scalar in
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: composed.contains { $0.contains(scalar.value) }
        }
      }
  }

  /// Where the characters are, beside marks, that NFC replaces or joins.
  private static let composed: [ClosedRange<UInt32>] = [
    0x374...0x374, 0x37E...0x37E, 0x387...0x387, 0x958...0x95F, 0x9DC...0x9DF, 0xA33...0xA36, 0xA59...0xA5E,
    0xB5C...0xB5D, 0xF43...0xF69, 0x1100...0x11FF, 0x1F71...0x1FFD, 0x2000...0x2001, 0x2126...0x212B, 0x2329...0x232A,
    0x2ADC...0x2ADC, 0xF900...0xFAD9, 0xFB1D...0xFB4E, 0x1D15E...0x1D1C0, 0x2F800...0x2FA1D,
  ]

  private func add(_ statement: GrantStatement, to text: inout HCL) {
    text.block("statement") {
      $0.attributes([("effect", "\"Allow\""), ("actions", HCL.list(statement.actions))])
      $0.block("principals") {
        switch statement.principal {
        case .issuer where issuer.isBuiltIn:
          $0.attributes([("type", "\"Federated\""), ("identifiers", HCL.list([issuer.name.string]))])
        case .issuer:
          $0.attributes([
            ("type", "\"Federated\""), ("identifiers", "[aws_iam_openid_connect_provider.daypass.arn]"),
          ])
        case .account(let account):
          $0.attributes([
            ("type", "\"AWS\""), ("identifiers", HCL.list(["arn:\(partition.name):iam::\(account):root"])),
          ])
        }
      }
      for condition in statement.conditions {
        $0.block("condition") {
          $0.attributes([
            ("test", HCL.quoted(condition.test)), ("variable", HCL.quoted(condition.key)),
            ("values", HCL.list(condition.values)),
          ])
        }
      }
    }
  }
}

/// Text in HashiCorp's configuration language, in `terraform fmt`'s form: two blanks a level, one blank line between
/// blocks, equals signs in a column. <https://developer.hashicorp.com/terraform/language/style>
private struct HCL {
  private(set) var text = ""
  private var depth = 0
  private var isFirst = true

  private var indent: String { String(repeating: "  ", count: depth) }

  mutating func block(_ head: String, _ body: (inout HCL) -> Void) {
    if !isFirst { text += "\n" }
    text += "\(indent)\(head) {\n"
    depth += 1
    isFirst = true
    body(&self)
    depth -= 1
    isFirst = false
    text += "\(indent)}\n"
  }

  mutating func attributes(_ attributes: [(name: String, value: String)]) {
    let width = attributes.map(\.name.count).max() ?? 0
    for (name, value) in attributes {
      text += "\(indent)\(name)\(String(repeating: " ", count: width - name.count)) = \(value)\n"
    }
    isFirst = false
  }

  static func list(_ values: [String]) -> String { "[" + values.map(quoted).joined(separator: ", ") + "]" }

  /// `${` and `%{` would begin templates. They are escaped by number: what `$$${` means is hard to tell.
  static func quoted(_ text: String) -> String {
    var result: [UInt8] = []
    for byte in PlainText.quoted(text).utf8 {
      if byte == UInt8(ascii: "{"), let last = result.last, [UInt8(ascii: "$"), UInt8(ascii: "%")].contains(last) {
        result.removeLast()
        result += last == UInt8(ascii: "$") ? "\\u0024".utf8 : "\\u0025".utf8
      }
      result.append(byte)
    }
    return String(decoding: result, as: UTF8.self)
  }
}
