import Model

/// Statements whose principal is `*`: only their conditions can say who may come.
extension Traps {
  /// `*` by itself, and under `AWS` and `Federated`.
  static func isEverybody(kind: String, name: ByteText) -> Bool {
    name == "*" && ["*", "AWS", "Federated"].contains(kind)
  }

  static func everybody(_ statement: TrustPolicy.Statement, _ policy: TrustPolicy) -> [Finding] {
    let asked = statement.covers(webIdentity) ? claims(statement, policy).filter(\.isHeld) : []
    if !asked.isEmpty { return asked.flatMap { $0.findings() } }
    if statement.conditions.contains(where: { namesAccounts($0, policy) }) { return [] }
    return [
      Finding(
        .anyone, .fault, statement.number, "its Principal is everybody in every account",
        hint: "name the provider's ARN, or the account")
    ]
  }

  /// The issuers whose claims it asks for: tokens of others have no such keys.
  private static func claims(_ statement: TrustPolicy.Statement, _ policy: TrustPolicy) -> [ClaimTraps] {
    var issuers: [String] = []
    for key in statement.conditions.map(\.key)
    where !["aws:", "sts:", "iam:", "saml:"].contains(
      where: key.asciiLowercased.hasPrefix)
    {
      guard let colon = key.utf8.lastIndex(of: UInt8(ascii: ":")) else { continue }
      let issuer = ByteText(String(decoding: key.utf8[..<colon], as: UTF8.self)).asciiLowercased.string
      if !issuers.contains(issuer) { issuers.append(issuer) }
    }
    return issuers.map { ClaimTraps(statement: statement, issuer: $0, policy: policy) }
  }

  /// Whether a condition says of which accounts the callers are. What any of them can choose or have (an external id, a tag, a
  /// name) does not.
  /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
  private static func namesAccounts(_ condition: TrustPolicy.Condition, _ policy: TrustPolicy) -> Bool {
    let test = condition.test
    let key = condition.key.asciiLowercased.string
    guard !test.onlyExcludes, test.quantifier != .forAllValues, !test.isIfExists,
      test.comparison != .other || key == "aws:principalarn" && ByteText(test.name).asciiLowercased.contains("arn")
    else { return false }
    return condition.values.allSatisfy { value in
      guard !policy.hasVariable(value) else { return false }
      switch key {
      case "aws:principalorgid": return value.hasPrefix("o-") && !Wildcards.isPattern(value)
      case "aws:principalorgpaths":
        return value.hasPrefix("o-") && value.before("/").map { !Wildcards.isPattern($0) } ?? false
      case "aws:principalaccount": return TrustGrant.isAccount(value.string)
      case "aws:principalarn":
        let fields = value.split(":", maxSplits: 5)
        return fields.count == 6 && fields[0] == "arn" && TrustGrant.isAccount(fields[4].string)
      default: return false
      }
    }
  }
}
