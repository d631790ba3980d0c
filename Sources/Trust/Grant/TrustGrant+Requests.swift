public import Formats
import Model
import STS

extension TrustGrant {
  /// The inputs of IAM's CreateOpenIDConnectProvider and CreateRole, as `--cli-input-json` of the AWS CLI takes them;
  /// the provider is null for issuers that AWS knows by itself.
  /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
  public func requests() throws(TrustGrantError) -> JSON {
    let document = try policy().serialized()
    let provider: JSON =
      issuer.isBuiltIn
      ? nil : ["Url": .string(issuer.url), "ClientIDList": .array(audiences.map(JSON.string))]
    return [
      "CreateOpenIDConnectProvider": provider,
      "CreateRole": [
        "Path": JSON(rolePath), "RoleName": JSON(roleName),
        "AssumeRolePolicyDocument": JSON(String(decoding: document, as: UTF8.self)),
        "MaxSessionDuration": JSON(Int64(maximumSession)),
      ],
    ]
  }

  /// The trust policy by itself.
  func policy() throws(TrustGrantError) -> JSON {
    var written: [JSON] = []
    for statement in statements {
      var members: [(String, JSON)] = [("Effect", "Allow")]
      switch statement.principal {
      case .issuer:
        guard let account = account ?? (issuer.isBuiltIn ? "" : nil) else { throw .noAccount }
        members.append(("Principal", ["Federated": JSON(issuer.principal(partition: partition, account: account))]))
      case .account(let account):
        members.append(("Principal", ["AWS": JSON("arn:\(partition.name):iam::\(account):root")]))
      }
      members.append(("Action", TrustGrant.oneOrMore(statement.actions)))
      if !statement.conditions.isEmpty {
        let groups = statement.conditionsByTest.map { test, conditions in
          (test, JSON.object(JSONObject(conditions.map { ($0.key, TrustGrant.oneOrMore($0.values)) })))
        }
        members.append(("Condition", .object(JSONObject(groups))))
      }
      written.append(.object(JSONObject(members)))
    }
    return ["Version": "2012-10-17", "Statement": .array(written)]
  }

  private static func oneOrMore(_ texts: [String]) -> JSON {
    if texts.count == 1, let only = texts.first { return JSON(only) }
    return .array(texts.map { JSON($0) })
  }
}
