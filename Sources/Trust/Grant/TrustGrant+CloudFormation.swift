import Model

extension TrustGrant {
  /// A template with the provider and the role.
  public func cloudFormation() throws(TrustGrantError) -> String {
    // A dynamic reference, `{{resolve:…}}`, is looked for in every text.
    for value in written where value.contains("{{") { throw .unwritable(value.string, form: "CloudFormation") }
    var lines = [
      "AWSTemplateFormatVersion: \"2010-09-09\"",
      "Description: \(PlainText.quoted("Who may assume \(roleName), by tokens of \(issuer.url.string)"))",
      "Resources:",
    ]
    if !issuer.isBuiltIn {
      lines += [
        "  IdentityProvider:", "    Type: AWS::IAM::OIDCProvider", "    Properties:",
        "      Url: \(PlainText.quoted(issuer.url.string))", "      ClientIdList:",
      ]
      lines += audiences.map { "        - \(PlainText.quoted($0.string))" }
    }
    lines += [
      "  Role:", "    Type: AWS::IAM::Role", "    Properties:", "      RoleName: \(PlainText.quoted(roleName))",
      "      Path: \(PlainText.quoted(rolePath))", "      MaxSessionDuration: \(maximumSession)",
      "      AssumeRolePolicyDocument:", "        Version: \"2012-10-17\"", "        Statement:",
    ]
    lines += statements.flatMap(yaml)
    lines += ["Outputs:", "  RoleArn:", "    Value: !GetAtt Role.Arn"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func yaml(_ statement: GrantStatement) -> [String] {
    let principal =
      switch statement.principal {
      case .issuer where issuer.isBuiltIn: "Federated: \(PlainText.quoted(issuer.name.string))"
      case .issuer: "Federated: !GetAtt IdentityProvider.Arn"
      case .account(let account): "AWS: !Sub \"arn:${AWS::Partition}:iam::\(account):root\""
      }
    var lines = [
      "          - Effect: Allow", "            Principal:", "              \(principal)", "            Action:",
    ]
    lines += statement.actions.map { "              - \(PlainText.quoted($0))" }
    if !statement.conditions.isEmpty { lines.append("            Condition:") }
    for (test, conditions) in statement.conditionsByTest {
      lines.append("              \(test):")
      for condition in conditions {
        lines.append("                \(PlainText.quoted(condition.key)):")
        lines += condition.values.map { "                  - \(PlainText.quoted($0))" }
      }
    }
    return lines
  }
}

extension TrustGrant {
  /// Every text in it that somebody else chose.
  var written: [ByteText] {
    let texts = statements.flatMap(\.conditions).flatMap { [$0.key] + $0.values } + [roleName, rolePath]
    return [issuer.url] + audiences + texts.map { ByteText($0) }
  }
}

extension GrantStatement {
  /// A policy names each operator once.
  var conditionsByTest: [(test: String, conditions: [GrantCondition])] {
    var groups: [(test: String, conditions: [GrantCondition])] = []
    for condition in conditions {
      if let index = groups.firstIndex(where: { $0.test == condition.test }) {
        groups[index].conditions.append(condition)
      } else {
        groups.append((condition.test, [condition]))
      }
    }
    return groups
  }
}
