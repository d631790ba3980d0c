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

  private var asked: [Asked] {
    statement.conditions.compactMap { condition in
      RequestContext.claim(of: condition.key, issuer: issuer).map { Asked(claim: $0, condition: condition) }
    }
  }

  /// Whether it says whose tokens may come, be it well or badly.
  var isHeld: Bool { asked.contains { tellingClaims.contains($0.claim) && isHolding($0) } }

  func findings() -> [Finding] {
    let asked = self.asked
    var findings: [Finding] = []
    let telling = asked.filter { tellingClaims.contains($0.claim) }
    let holding = telling.filter { isHolding($0) }
    // All conditions must hold, so that one is enough.
    let isNarrowed = holding.contains { $0.claim == "sub" && isNarrow($0.condition) }
    for each in asked {
      findings += quantifiers(each, isHeldOtherwise: !holding.isEmpty) + values(each, isNarrowed: isNarrowed)
    }
    findings += telling.flatMap(untold)
    if holding.isEmpty {
      if !isGuarded { findings.append(unheld(telling)) }
    } else {
      findings += loosely(Set(holding.map(\.claim)), asked)
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
    if test.onlyExcludes || test.quantifier == .forAllValues || !untold(asked).isEmpty { return false }
    return !test.isIfExists || asked.claim == "sub" || asked.claim == "aud"
  }

  private func isNarrowing(_ asked: Asked) -> Bool {
    !asked.condition.test.onlyExcludes && untold(asked).isEmpty
      && asked.condition.values.allSatisfy { !Wildcards.isPattern($0) || !Wildcards.fixedBeginning(of: $0).isEmpty }
  }

  private func isNarrow(_ condition: TrustPolicy.Condition) -> Bool {
    condition.test.comparison != .like
      || condition.values.allSatisfy { SubjectBreadth($0, issuer: issuer) == .narrow }
  }

  /// Conditions of which nobody can tell whom they let in.
  private func untold(_ asked: Asked) -> [Finding] {
    let test = asked.condition.test
    guard !test.onlyExcludes else { return [] }
    if test.comparison == .other {
      return [
        finding(
          .wrongOperator, .fault, "\(test.name) on \(asked.condition.key.printable()) compares no texts",
          hint: "use StringEquals or StringLike")
      ]
    }
    return asked.condition.values.filter(policy.hasVariable).map { value in
      finding(
        .variable, .fault,
        "AWS fills in \"\(value.printable())\" when somebody comes: whom it lets in cannot be told, and it may be anybody",
        hint: "write who may come as it is")
    }
  }

  /// Whether a Deny keeps out all whose subject is not one of some.
  private var isGuarded: Bool {
    policy.statements.contains { statement in
      guard !statement.isAllow, statement.covers(Traps.webIdentity), !statement.principals.isNegated,
        names(statement.principals),
        statement.conditions.count == 1, let condition = statement.conditions.first
      else { return false }
      let test = condition.test
      guard test.isNegated, test.comparison != .other, test.quantifier == nil,
        RequestContext.claim(of: condition.key, issuer: issuer) == "sub"
      else { return false }
      return condition.values.allSatisfy { value in
        if policy.hasVariable(value) { return false }
        guard test.comparison == .like else { return true }
        switch SubjectBreadth(value, issuer: issuer) {
        case .narrow, .broad: return true
        case .openEnd, .everyLogin, .everybody: return false
        }
      }
    }
  }

  /// Whether a Deny is about everybody, or about this issuer's provider as the statement names it, account and all.
  private func names(_ denied: TrustPolicy.Principals) -> Bool {
    if denied.names.contains(where: Traps.isEverybody) { return true }
    let own = statement.principals.names.filter { Traps.issuer(ofPrincipal: $0.name) == issuer }
    return !own.isEmpty
      && own.allSatisfy { own in denied.names.contains { $0.kind == "Federated" && $0.name == own.name } }
  }

  private func unheld(_ telling: [Asked]) -> Finding {
    if telling.contains(where: { $0.condition.test.isNegated }) {
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
  private func loosely(_ claims: Set<String>, _ asked: [Asked]) -> [Finding] {
    let hint = "ask for \(issuer.printable()):sub as well"
    if claims == ["job_workflow_ref"] {
      return [
        finding(
          .broadSubject, .advice,
          "it lets in every repository that calls that workflow; if its repository is public, that is anybody's",
          hint: hint)
      ]
    }
    let narrowing = ["ref", "environment", "workflow"]
    if claims.isSubset(of: ["repository", "repository_id"]),
      !asked.contains(where: { narrowing.contains($0.claim) && isHolding($0) })
    {
      return [
        finding(
          .broadSubject, .advice, "it lets in every branch, tag, pull request and environment of the repository",
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

  private func values(_ asked: Asked, isNarrowed: Bool) -> [Finding] {
    let test = asked.condition.test
    guard !test.onlyExcludes else { return [] }
    return asked.condition.values.compactMap { value in
      guard policy.hasWildcard(value) else {
        return asked.claim == "sub" ? breadth(.ofExact(value), value) : nil
      }
      switch test.comparison {
      case .equals:
        return finding(
          .literalWildcard, .fault,
          "\(test.name) takes the wildcard in \"\(value.printable())\" as it is, and never holds",
          hint: "use StringLike")
      case .like where asked.claim == "sub":
        return isNarrowed ? nil : breadth(SubjectBreadth(value, issuer: issuer), value)
      case .like where ["repository", "job_workflow_ref"].contains(asked.claim):
        return breadth(ofRepository(Wildcards.fixedBeginning(of: value), asked.claim), value)
      case .like where asked.claim == "aud":
        return FederatedIssuer.isToldByAudience(name: issuer) ? breadth(.openEnd, value) : nil
      case .like where tellingClaims.contains(asked.claim):
        // An id that begins like one's own is somebody else's.
        let others = isShared ? SubjectBreadth.openEnd : .broad("every one that begins like that")
        return breadth(Wildcards.fixedBeginning(of: value).isEmpty ? .everybody : others, value)
      case .like: return nil
      case .null, .other: return nil
      }
    }
  }

  /// `owner/repository`, and with a path and a reference of it.
  private func ofRepository(_ beginning: ByteText, _ claim: String) -> SubjectBreadth {
    if beginning.isEmpty { return .everybody }
    guard let name = beginning.after("/") else { return .openEnd }
    guard claim == "repository" else { return .narrow }
    return .broad(name.isEmpty ? "every repository of the owner" : "every repository whose name begins like this one's")
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
        hint: FederatedIssuer.narrowing(name: issuer))
    case .everyLogin:
      return finding(
        .everySubject, .fault, "\(shown) lets in everybody who logs in that way",
        hint: "name each person by the whole subject")
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
