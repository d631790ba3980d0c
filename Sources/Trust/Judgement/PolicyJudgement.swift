import Model
public import STS

/// What a trust policy does with a token, and what is wrong with it whoever comes.
public struct PolicyJudgement: Sendable {
  public enum Verdict: String, Sendable {
    /// AWS would let the token in.
    case allowed
    /// No statement lets it in.
    case refused
    /// A Deny keeps it out.
    case denied
    /// It depends on what only AWS knows.
    case undecided
  }

  public struct StatementJudgement: Sendable {
    public let number: Int
    public let sid: String?
    public let isAllow: Bool
    /// Nil where only AWS knows.
    public let applies: Bool?
    /// Why it does not apply, or what only AWS knows.
    public let reasons: [String]
  }

  public let verdict: Verdict
  public let statements: [StatementJudgement]
  public let findings: [Finding]

  public var hasFaults: Bool {
    verdict == .refused || verdict == .denied || findings.contains { $0.level == .fault }
  }

  /// - Parameter role: whose policy it is, where the policy does not come with its role: the provider must be in the same
  ///   account.
  public init(_ policy: TrustPolicy, _ token: TokenInHand, role: RoleARN?) {
    let context = RequestContext(token: token, role: policy.role ?? role)
    let evaluation = Evaluation(policy: policy, context: context)
    let judged = policy.statements.map { evaluation.judge($0, "sts:AssumeRoleWithWebIdentity") }
    statements = judged.map(\.report)
    verdict = Evaluation.verdict(judged)
    var findings = policy.statements.flatMap { Traps.of($0, policy) }
    if verdict != .refused {
      // A call that carries tags or a source identity needs these as well, and fails as a whole without.
      let needs = [
        (token.hasSessionTags, "sts:TagSession", Finding.Code.needsTagSession, "session tags"),
        (token.hasSourceIdentity, "sts:SetSourceIdentity", .needsSourceIdentity, "a source identity"),
      ]
      for (isNeeded, action, code, what) in needs where isNeeded {
        let verdict = Evaluation.verdict(policy.statements.map { evaluation.judge($0, action) })
        if verdict == .refused || verdict == .denied {
          findings.append(
            Finding(
              code, .fault, nil, "the token carries \(what), and the policy does not allow \(action)",
              hint: "add \(action) to the actions that it allows"))
        }
      }
    }
    self.findings = findings
  }
}

/// IAM's way to a decision: an applying Deny wins, else one applying Allow is enough.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
struct Evaluation {
  typealias Judged = (truth: Truth, report: PolicyJudgement.StatementJudgement)

  let policy: TrustPolicy
  let context: RequestContext

  static func verdict(_ statements: [Judged]) -> PolicyJudgement.Verdict {
    let denied = Truth.any(statements.filter { !$0.report.isAllow }.map(\.truth))
    let allowed = Truth.any(statements.filter(\.report.isAllow).map(\.truth))
    if denied == .yes { return .denied }
    if allowed == .no { return .refused }
    return denied == .no && allowed == .yes ? .allowed : .undecided
  }

  func judge(_ statement: TrustPolicy.Statement, _ action: String) -> Judged {
    var truths: [Truth] = []
    var reasons: [String] = []
    if !statement.covers(action) {
      truths.append(.no)
      let named = statement.actions.map { $0.printable(limit: 80) }.joined(separator: ", ")
      reasons.append("its \(statement.actionsAreNegated ? "NotAction" : "Action") is \(named), and this is \(action)")
    }
    switch (context.matches(statement.principals), statement.principals.isNegated) {
    case (.yes, false), (.no, true): break
    case (.no(let reason), false):
      truths.append(.no)
      reasons.append(reason)
    case (.yes, true):
      truths.append(.no)
      reasons.append("its NotPrincipal names the token's provider")
    }
    for condition in statement.conditions {
      let value = context.value(of: condition.key)
      let truth = condition.test.holds(for: value, condition.values, hasVariables: policy.hasVariables)
      truths.append(truth)
      if truth != .yes { reasons.append(Explanation(condition, value, context).text(truth)) }
    }
    let truth = Truth.all(truths)
    return (
      truth,
      PolicyJudgement.StatementJudgement(
        number: statement.number, sid: statement.sid, isAllow: statement.isAllow,
        applies: truth == .unknown ? nil : truth == .yes, reasons: truth == .yes ? [] : reasons)
    )
  }
}

extension TrustPolicy.Statement {
  /// Actions are compared without regard to case, with wildcards.
  func covers(_ action: String) -> Bool {
    let isNamed = actions.contains { pattern in
      PolicyValue(pattern, wildcards: true, variables: false).matches(ByteText(action), ignoringCase: true)
    }
    return isNamed != actionsAreNegated
  }
}
