import Model

/// The published traps of trust policies, looked for in one statement without regard to any token.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
enum Traps {
  static func of(_ statement: TrustPolicy.Statement, _ policy: TrustPolicy) -> [Finding] {
    guard statement.isAllow else { return shape(statement) }
    var findings = shape(statement) + principals(statement)
    let issuers = issuers(statement)
    guard statement.covers(webIdentity) else {
      if !issuers.isEmpty {
        findings.append(
          Finding(
            .wrongAction, .fault, statement.number, "it trusts an OIDC provider but does not allow \(webIdentity)",
            hint: "a token is exchanged by \(webIdentity), not by sts:AssumeRole"))
      }
      return findings
    }
    for issuer in issuers {
      findings += ClaimTraps(statement: statement, issuer: issuer, hasVariables: policy.hasVariables).findings()
    }
    return findings + keys(statement, issuers)
  }

  static let webIdentity = "sts:AssumeRoleWithWebIdentity"

  /// `HOST/PATH` of every provider that is trusted.
  private static func issuers(_ statement: TrustPolicy.Statement) -> [String] {
    guard !statement.principals.isNegated else { return [] }
    return statement.principals.names.compactMap { kind, name in
      guard kind == "Federated" else { return nil }
      if FederatedIssuer.builtIn.contains(name.string) { return name.string }
      return name.string.firstRange(of: ":oidc-provider/").map { String(name.string[$0.upperBound...]) }
    }
  }

  private static func shape(_ statement: TrustPolicy.Statement) -> [Finding] {
    guard statement.hasResource else { return [] }
    return [
      Finding(
        .resource, .fault, statement.number, "it names a Resource, and IAM takes no trust policy that does",
        hint: "leave it out: the resource is the role itself")
    ]
  }

  private static func principals(_ statement: TrustPolicy.Statement) -> [Finding] {
    var findings: [Finding] = []
    if statement.principals.isNegated {
      findings.append(
        Finding(
          .notPrincipal, .fault, statement.number, "Allow with NotPrincipal lets in everybody but those it names",
          hint: "name who may with Principal"))
    } else if statement.principals.names.contains(where: { $0.name == "*" && $0.kind != "Service" }), !isHeld(statement)
    {
      findings.append(
        Finding(
          .anyone, .fault, statement.number, "its Principal is everybody in every account",
          hint: "name the provider's ARN, or the account"))
    }
    if statement.actionsAreNegated {
      findings.append(
        Finding(
          .notAction, .advice, statement.number, "Allow with NotAction allows every action but those it names",
          hint: "name the actions"))
    }
    for (kind, name) in statement.principals.names where kind == "AWS" && name.string.contains(":oidc-provider/") {
      findings.append(
        Finding(
          .wrongPrincipal, .fault, statement.number, "\(name.printable()) is a provider and stands under AWS",
          hint: "put it under Federated"))
    }
    return findings
  }

  /// Whether something else than the principal says who it may be.
  private static func isHeld(_ statement: TrustPolicy.Statement) -> Bool {
    statement.conditions.contains { condition in
      let key = condition.key.string.lowercased()
      return !condition.test.onlyExcludes && condition.test.quantifier != .forAllValues && !condition.test.isIfExists
        && (key.hasPrefix("aws:principal") || key.hasPrefix("aws:source") || key == "aws:userid"
          || key == "sts:externalid" || key.hasSuffix(":sub"))
    }
  }

  /// Keys that IAM never has for the providers that are trusted: such a condition never holds, or holds always.
  private static func keys(_ statement: TrustPolicy.Statement, _ issuers: [String]) -> [Finding] {
    guard !issuers.isEmpty else { return [] }
    return statement.conditions.compactMap { condition in
      let key = condition.key.string
      guard !["aws:", "sts:", "iam:"].contains(where: key.lowercased().hasPrefix) else { return nil }
      let isKnown = issuers.contains { issuer in
        RequestContext.claim(of: key, issuer: issuer).map { RequestContext.isKnown(claim: $0, issuer: issuer) } ?? false
      }
      if isKnown { return nil }
      let isForeign = issuers.allSatisfy { RequestContext.claim(of: key, issuer: $0) == nil }
      let named = issuers.map { "\($0.printable()):…" }.joined(separator: ", ")
      return Finding(
        .unknownKey, .fault, statement.number,
        "IAM has no key \(condition.key.printable()) for "
          + (isForeign ? "the provider that is trusted" : "this provider's claims"),
        hint: isForeign ? "keys begin with the provider's name, without https://: \(named)" : "ask for sub, aud or amr")
    }
  }
}
