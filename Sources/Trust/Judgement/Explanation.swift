import Model

/// Why a condition does not hold, and what is nearly right about it.
struct Explanation {
  private let condition: TrustPolicy.Condition
  private let value: ContextValue
  private let context: RequestContext

  init(_ condition: TrustPolicy.Condition, _ value: ContextValue, _ context: RequestContext) {
    self.condition = condition
    self.value = value
    self.context = context
  }

  func text(_ truth: Truth) -> String {
    let wanted = condition.values.map { "\"\($0.printable())\"" }.joined(separator: ", ")
    let asked = "\(condition.key.printable()) \(condition.test.name) \(wanted)"
    switch value {
    case .unknown: return "only AWS can tell: \(asked)"
    case .absent: return "\(asked): \(absence)"
    case .present(let actual):
      let has = actual.map { "\"\($0.printable())\"" }.joined(separator: ", ")
      if truth == .unknown { return "only AWS can tell: \(asked); the token has \(has)" }
      return "\(asked): the token has \(has)" + (nearMiss(actual).map { "; \($0)" } ?? "")
    }
  }

  private var absence: String {
    guard let claim = RequestContext.claim(of: condition.key, issuer: context.issuer) else {
      return "IAM has no such key for tokens of \(context.issuer.printable())"
    }
    guard RequestContext.isKnown(claim: claim, issuer: context.issuer) else {
      return "IAM does not look at this claim of \(context.issuer.printable())"
    }
    return "the token has no such claim"
  }

  private func nearMiss(_ actual: [ByteText]) -> String? {
    guard !condition.test.onlyExcludes, condition.test.comparison != .other else { return nil }
    for (wanted, value) in condition.values.flatMap({ wanted in actual.map { (wanted, $0) } }) {
      let pattern = PolicyValue(wanted, wildcards: condition.test.hasWildcards, variables: true)
      if pattern.matches(value, ignoringCase: true) { return "they differ only in upper and lower case" }
      if !condition.test.hasWildcards, PolicyValue(wanted, wildcards: true, variables: true).matches(value) {
        return "\(condition.test.name) takes * and ? as they are; wildcards need StringLike"
      }
      if let plain = Explanation.withoutIDs(value), PolicyValue(wanted, wildcards: true, variables: true).matches(plain)
      {
        return
          "the repository's subjects hold the ids of owner and repository, as all have that were made since July 2026"
      }
      if value.contains(":environment:"), wanted.contains(":ref:") {
        return "the job runs in an environment, which stands in sub instead of the branch"
      }
    }
    return nil
  }

  /// `repo:owner@1/repository@2:…` as it was before the ids were in it.
  static func withoutIDs(_ subject: ByteText) -> ByteText? {
    guard subject.hasPrefix("repo:") else { return nil }
    let parts = subject.split(":", maxSplits: 2)
    guard parts.count >= 2 else { return nil }
    let names = parts[1].split("/").map { ($0.before("@") ?? $0).string }
    let plain = ByteText("repo:" + names.joined(separator: "/") + parts.dropFirst(2).map { ":" + $0.string }.joined())
    return plain == subject ? nil : plain
  }
}
