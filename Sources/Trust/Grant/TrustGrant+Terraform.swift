import Model
import STS

extension TrustGrant {
  /// The provider, the policy and the role, formatted as `terraform fmt` would.
  public func terraform() throws(TrustGrantError) -> String {
    var text = HCL()
    if !issuer.isBuiltIn {
      text.block("resource \"aws_iam_openid_connect_provider\" \"daypass\"") {
        $0.attributes([
          ("url", HCL.quoted(issuer.url.string)), ("client_id_list", HCL.list(audiences.map(\.string))),
        ])
      }
    }
    for statement in statements {
      for value in statement.conditions.flatMap(\.values) where value.contains("&{") {
        throw .unwritable(value, form: "Terraform")
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

  /// JSON's escapes are among HCL's; `${` and `%{` would begin templates.
  static func quoted(_ text: String) -> String {
    let json = PlainText.quoted(text)
    var result = ""
    var previous: Character = " "
    for character in json {
      if character == "{", previous == "$" || previous == "%" { result.append(previous) }
      result.append(character)
      previous = character
    }
    return result
  }
}
