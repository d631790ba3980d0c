import Model

/// The published traps of trust policies, looked for in one statement without regard to any token.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
enum Traps {
  static func of(_ statement: TrustPolicy.Statement, _ policy: TrustPolicy) -> [Finding] {
    guard statement.isAllow else { return shape(statement) }
    var findings = shape(statement) + principals(statement)
    let issuers = issuers(statement)
    if !statement.principals.isNegated, statement.principals.names.contains(where: isEverybody) {
      findings += everybody(statement, policy)
    }
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
      findings += ClaimTraps(statement: statement, issuer: issuer, policy: policy).findings()
    }
    return findings + keys(statement, issuers)
  }

  static let webIdentity = "sts:AssumeRoleWithWebIdentity"

  /// `HOST/PATH` of every provider that is trusted.
  private static func issuers(_ statement: TrustPolicy.Statement) -> [String] {
    guard !statement.principals.isNegated else { return [] }
    return statement.principals.names.compactMap { kind, name in
      kind == "Federated" && misspelling(name) == nil ? issuer(ofPrincipal: name) : nil
    }
  }

  static func issuer(ofPrincipal name: ByteText) -> String? {
    if FederatedIssuer.builtIn.contains(name.string) { return name.string }
    return name.after(":oidc-provider/")?.string
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
    }
    if statement.actionsAreNegated {
      findings.append(
        Finding(
          .notAction, .advice, statement.number, "Allow with NotAction allows every action but those it names",
          hint: "name the actions"))
    }
    for (kind, name) in statement.principals.names where kind == "Federated" && name != "*" {
      guard let (what, hint) = misspelling(name) else { continue }
      findings.append(
        Finding(.wrongPrincipal, .fault, statement.number, "the principal \(name.printable()) \(what)", hint: hint))
    }
    for (kind, name) in statement.principals.names where kind == "AWS" && name != "*" {
      if name.contains(":oidc-provider/") {
        findings.append(
          Finding(
            .wrongPrincipal, .fault, statement.number, "\(name.printable()) is a provider and stands under AWS",
            hint: "put it under Federated"))
      } else if Wildcards.isPattern(name) {
        findings.append(
          Finding(
            .wrongPrincipal, .fault, statement.number,
            "the principal \(name.printable()) has a wildcard, and IAM takes none within a name",
            hint: "name the account, the role or the user"))
      }
    }
    return findings
  }

  /// What is wrong with the name of a federated principal, and what to do.
  private static func misspelling(_ name: ByteText) -> (what: String, hint: String)? {
    if FederatedIssuer.builtIn.contains(name.string) || name.contains(":saml-provider/") { return nil }
    guard let issuer = issuer(ofPrincipal: name) else {
      return ("is no ARN", "write arn:aws:iam::ACCOUNT:oidc-provider/\(name.printable())")
    }
    if Wildcards.isPattern(ByteText(issuer)) {
      return ("has a wildcard, and IAM takes none in the name of a provider", "name the provider")
    }
    if ByteText(issuer).contains("://") {
      return ("has the scheme of the URL in it, which names of providers do not", "leave https:// out")
    }
    return nil
  }

  /// Keys that IAM never has for the providers that are trusted: such a condition never holds, or holds always.
  private static func keys(_ statement: TrustPolicy.Statement, _ issuers: [String]) -> [Finding] {
    guard !issuers.isEmpty else { return [] }
    return statement.conditions.compactMap { condition in
      let key = condition.key
      guard !["aws:", "sts:", "iam:"].contains(where: key.asciiLowercased.hasPrefix) else { return nil }
      let isKnown = issuers.contains { issuer in
        RequestContext.claim(of: key, issuer: issuer).map { RequestContext.isKnown(claim: $0, issuer: issuer) } ?? false
      }
      if isKnown { return oneOfSeveral(condition, statement, issuers) }
      let isForeign = issuers.allSatisfy { RequestContext.claim(of: key, issuer: $0) == nil }
      let named = issuers.map { "\($0.printable()):…" }.joined(separator: ", ")
      return Finding(
        .unknownKey, .fault, statement.number,
        "IAM has no key \(condition.key.printable()) for "
          + (isForeign ? "the provider that is trusted" : "this provider's claims"),
        hint: isForeign ? "keys begin with the provider's name, without https://: \(named)" : "ask for sub, aud or amr")
    }
  }

  /// A condition on a claim of one provider keeps out the tokens of every other that the statement trusts.
  private static func oneOfSeveral(
    _ condition: TrustPolicy.Condition, _ statement: TrustPolicy.Statement, _ issuers: [String]
  ) -> Finding? {
    let test = condition.test
    guard !test.onlyExcludes, !test.isIfExists, test.quantifier != .forAllValues else { return nil }
    let others = issuers.filter { RequestContext.claim(of: condition.key, issuer: $0) == nil }
    guard let other = others.first else { return nil }
    return Finding(
      .unknownKey, .fault, statement.number,
      "tokens of \(other.printable()) have no key \(condition.key.printable()), so they never get in",
      hint: "write a statement for each provider")
  }
}
