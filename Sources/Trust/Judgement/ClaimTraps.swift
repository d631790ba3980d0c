import Model

/// What a statement asks of the claims of one provider that it trusts.
struct ClaimTraps {
  let statement: TrustPolicy.Statement
  /// `HOST/PATH`.
  let issuer: String
  let hasVariables: Bool

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
    for each in telling { findings += quantifiers(each) + values(each) }
    if holding.isEmpty { findings.append(unheld(telling)) }
    if !asked.contains(where: { $0.claim == "aud" && !$0.condition.test.onlyExcludes }), asksForAudience {
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
      ["sub", "repository", "repository_id", "job_workflow_ref", "enterprise_id", "actor_id"]
    case "cognito-identity.amazonaws.com": ["sub", "aud"]
    case "graph.facebook.com", "www.amazon.com": ["sub", "app_id", "user_id", "id"]
    case "accounts.google.com": ["sub", "email"]
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

  private func quantifiers(_ asked: Asked) -> [Finding] {
    let key = asked.condition.key.printable()
    var findings: [Finding] = []
    if asked.condition.test.quantifier == .forAllValues {
      findings.append(
        finding(
          .forAllValues, .fault, "ForAllValues on \(key) also holds where the claim is missing",
          hint: "use it without ForAllValues, or with ForAnyValue"))
    }
    if asked.condition.test.isIfExists {
      let isAlwaysThere = asked.claim == "sub" || asked.claim == "aud"
      findings.append(
        finding(
          .ifExists, isAlwaysThere ? .advice : .fault, "IfExists on \(key) also holds where the claim is missing",
          hint: "leave IfExists out"))
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
      case .like: return Wildcards.fixedBeginning(of: value).isEmpty ? breadth(.everybody, value) : nil
      case .null, .other: return nil
      }
    }
  }

  /// `${*}` is no wildcard where variables are known.
  private func withoutEscapes(_ value: ByteText) -> ByteText {
    guard hasVariables else { return value }
    return ByteText(value.string.replacing("${*}", with: "").replacing("${?}", with: ""))
  }

  private func breadth(_ breadth: SubjectBreadth, _ value: ByteText) -> Finding? {
    let shown = "\"\(value.printable())\""
    switch breadth {
    case .narrow: return nil
    case .broad(let whom):
      return finding(.broadSubject, .advice, "\(shown) lets in \(whom)", hint: "name the branch or the environment")
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
