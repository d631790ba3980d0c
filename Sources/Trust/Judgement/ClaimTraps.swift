import Model

/// What a statement asks of the claims of one provider that it trusts.
struct ClaimTraps {
  let statement: TrustPolicy.Statement
  /// `HOST/PATH`.
  let issuer: String
  let policy: TrustPolicy

  private struct Asked {
    let claim: String
    let condition: TrustPolicy.Condition
  }

  func findings() -> [Finding] {
    let asked = statement.conditions.compactMap { condition in
      RequestContext.claim(of: condition.key.string, issuer: issuer).map { Asked(claim: $0, condition: condition) }
    }
    var findings: [Finding] = []
    let telling = asked.filter { tellingClaims.contains($0.claim) }
    let holding = telling.filter { isHolding($0) }
    for each in asked { findings += quantifiers(each, isHeldOtherwise: !holding.isEmpty) + values(each) }
    if holding.isEmpty {
      if !isGuarded { findings.append(unheld(telling)) }
    } else {
      findings += loosely(Set(holding.map(\.claim)))
    }
    if !asked.contains(where: { $0.claim == "aud" && isNarrowing($0) }), asksForAudience {
      findings.append(
        finding(
          .noAudience, .advice, "it does not ask for an audience: every one that the provider lists will do",
          hint: "ask for \(issuer.printable()):aud"))
    }
    return findings
  }

  /// Claims that tell one customer of the issuer from another, or one person from another.
  private var tellingClaims: [String] {
    switch issuer {
    case FederatedIssuer.github:
      // Not the actor: a stranger's workflow can run in the name of whoever comments on his issue or stars his project.
      ["sub", "repository", "repository_id", "job_workflow_ref", "enterprise_id"]
    case "cognito-identity.amazonaws.com": ["sub", "aud"]
    case "graph.facebook.com", "www.amazon.com": ["sub", "app_id", "user_id", "id"]
    case "accounts.google.com": ["sub", "email"]
    case _ where FederatedIssuer.isToldByAudience(name: issuer): ["sub", "aud"]
    default: ["sub"] + FederatedIssuer.furtherClaims(name: issuer)
    }
  }

  private var asksForAudience: Bool { !["graph.facebook.com", "www.amazon.com"].contains(issuer) }
  private var isShared: Bool { FederatedIssuer.isShared(name: issuer) }

  /// Whether it keeps somebody out, be it well or badly.
  private func isHolding(_ asked: Asked) -> Bool {
    let test = asked.condition.test
    if test.onlyExcludes || test.quantifier == .forAllValues { return false }
    return !test.isIfExists || asked.claim == "sub" || asked.claim == "aud"
  }

  private func isNarrowing(_ asked: Asked) -> Bool {
    !asked.condition.test.onlyExcludes && asked.condition.values.allSatisfy { $0 != "*" }
  }

  /// Whether a Deny keeps out all whose subject is not one of some.
  private var isGuarded: Bool {
    policy.statements.contains { statement in
      guard !statement.isAllow, statement.covers(Traps.webIdentity), !statement.principals.isNegated,
        statement.principals.names.contains(where: { $0.name == "*" || Traps.issuer(ofPrincipal: $0.name) == issuer }),
        statement.conditions.count == 1, let condition = statement.conditions.first
      else { return false }
      let test = condition.test
      guard test.isNegated, test.comparison != .other, test.quantifier == nil,
        RequestContext.claim(of: condition.key.string, issuer: issuer) == "sub"
      else { return false }
      return condition.values.allSatisfy { value in
        guard test.comparison == .like else { return true }
        switch SubjectBreadth(value, issuer: issuer) {
        case .narrow, .broad: return true
        case .openEnd, .everybody: return false
        }
      }
    }
  }

  private func unheld(_ telling: [Asked]) -> Finding {
    if telling.contains(where: { $0.condition.test.onlyExcludes }) {
      return finding(
        .onlyExcludes, isShared ? .fault : .advice, "it only says who may not, and lets in everybody else",
        hint: "say who may, with StringEquals or StringLike")
    }
    return finding(
      .noSubject, isShared ? .fault : .advice,
      isShared
        ? "it does not ask whose token it is: everybody who has an account at \(issuer.printable()) can assume the role"
        : "it does not ask whose token it is: everybody whom \(issuer.printable()) knows can assume the role",
      hint: "ask for \(issuer.printable()):sub")
  }

  /// Claims that keep strangers out, or most of them, but do not say whose job it is.
  private func loosely(_ claims: Set<String>) -> [Finding] {
    let hint = "ask for \(issuer.printable()):sub as well"
    if claims == ["job_workflow_ref"] {
      return [
        finding(
          .broadSubject, .advice,
          "it lets in every repository that calls that workflow; if its repository is public, that is anybody's",
          hint: hint)
      ]
    }
    if claims == ["enterprise_id"] {
      return [finding(.broadSubject, .advice, "it lets in every repository of the enterprise", hint: hint)]
    }
    if claims == ["aud"], issuer != "cognito-identity.amazonaws.com" {
      return [finding(.noSubject, .advice, "it lets in whatever its audience's owner runs there", hint: hint)]
    }
    return []
  }

  /// `amr` has several values, so quantifiers are for it.
  private func quantifiers(_ asked: Asked, isHeldOtherwise: Bool) -> [Finding] {
    guard asked.claim != "amr" else { return [] }
    let key = asked.condition.key.printable()
    let isAlwaysThere = asked.claim == "sub" || asked.claim == "aud"
    var findings: [Finding] = []
    if asked.condition.test.quantifier == .forAllValues {
      findings.append(
        finding(
          .forAllValues, asked.claim == "aud" ? .advice : .fault,
          "ForAllValues on \(key) also holds where the claim is missing",
          hint: "use it without ForAllValues, or with ForAnyValue"))
    }
    if asked.condition.test.isIfExists {
      findings.append(
        finding(
          .ifExists, isAlwaysThere || isHeldOtherwise ? .advice : .fault,
          "IfExists on \(key) also holds where the claim is missing", hint: "leave IfExists out"))
    }
    return findings
  }

  private func values(_ asked: Asked) -> [Finding] {
    let test = asked.condition.test
    guard !test.onlyExcludes else { return [] }
    return asked.condition.values.compactMap { value in
      guard Wildcards.isPattern(withoutEscapes(value)) else { return nil }
      switch test.comparison {
      case .equals:
        return finding(
          .literalWildcard, .fault,
          "\(test.name) takes the wildcard in \"\(value.printable())\" as it is, and never holds",
          hint: "use StringLike")
      case .like where asked.claim == "sub": return breadth(SubjectBreadth(value, issuer: issuer), value)
      case .like where ["repository", "job_workflow_ref"].contains(asked.claim):
        let beginning = Wildcards.fixedBeginning(of: value).string
        return breadth(beginning.isEmpty ? .everybody : beginning.contains("/") ? .narrow : .openEnd, value)
      case .like where asked.claim == "aud":
        return FederatedIssuer.isToldByAudience(name: issuer) ? breadth(.openEnd, value) : nil
      case .like where tellingClaims.contains(asked.claim):
        return Wildcards.fixedBeginning(of: value).isEmpty ? breadth(.everybody, value) : nil
      case .like: return nil
      case .null, .other: return nil
      }
    }
  }

  /// `${*}` is no wildcard where variables are known.
  private func withoutEscapes(_ value: ByteText) -> ByteText {
    guard policy.hasVariables else { return value }
    return ByteText(value.string.replacing("${*}", with: "").replacing("${?}", with: ""))
  }

  private func breadth(_ breadth: SubjectBreadth, _ value: ByteText) -> Finding? {
    let shown = "\"\(value.printable())\""
    switch breadth {
    case .narrow: return nil
    case .broad(let whom):
      return finding(
        .broadSubject, .advice, "\(shown) lets in \(whom)",
        hint: "name the branch, the environment or the service account")
    case .openEnd:
      return finding(
        .openEnd, .fault, "\(shown) also fits others at \(issuer.printable()) whose name begins like that",
        hint: "end the owner's name before the wildcard, as in repo:owner/repository:*")
    case .everybody:
      return finding(
        .everySubject, isShared ? .fault : .advice, "\(shown) begins with a wildcard and lets in strangers",
        hint: "begin it with what only yours have")
    }
  }

  private func finding(_ code: Finding.Code, _ level: Finding.Level, _ message: String, hint: String) -> Finding {
    Finding(code, level, statement.number, message, hint: hint)
  }
}
