import Model

/// Yes, no, or: only AWS knows.
enum Truth: Hashable {
  case yes, no, unknown

  static func all(_ truths: some Sequence<Truth>) -> Truth {
    truths.reduce(.yes) { left, right in
      left == .no || right == .no ? .no : left == .unknown || right == .unknown ? .unknown : .yes
    }
  }

  static func any(_ truths: some Sequence<Truth>) -> Truth {
    truths.reduce(.no) { left, right in
      left == .yes || right == .yes ? .yes : left == .unknown || right == .unknown ? .unknown : .no
    }
  }

  static prefix func ! (truth: Truth) -> Truth {
    switch truth {
    case .yes: .no
    case .no: .yes
    case .unknown: .unknown
    }
  }
}

/// What is known of a condition key when a token is judged.
enum ContextValue: Hashable {
  case absent
  case present([ByteText])
  /// It has a value that only AWS knows at the time, or none.
  case unknown
}

/// A condition operator with its prefix and suffix.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
struct ConditionTest: Hashable, Sendable {
  enum Quantifier: Hashable, Sendable { case forAllValues, forAnyValue }

  enum Comparison: Hashable, Sendable {
    case equals(ignoringCase: Bool)
    case like
    case null
    /// Numbers, dates, addresses, ARNs, truth values: nothing that a token's subject or audience is.
    case other
  }

  /// As written.
  let name: String
  let quantifier: Quantifier?
  let comparison: Comparison
  let isNegated: Bool
  let isIfExists: Bool

  /// Nil for what is no operator.
  init?(_ name: String) {
    self.name = name
    var rest = ByteText(name).asciiLowercased.string
    if rest.hasPrefix("forallvalues:") {
      quantifier = .forAllValues
      rest.removeFirst("forallvalues:".count)
    } else if rest.hasPrefix("foranyvalue:") {
      quantifier = .forAnyValue
      rest.removeFirst("foranyvalue:".count)
    } else {
      quantifier = nil
    }
    isIfExists = rest.hasSuffix("ifexists") && rest != "null"
    if isIfExists { rest.removeLast("ifexists".count) }
    isNegated = rest.contains("not")
    switch rest {
    case "stringequals", "stringnotequals": comparison = .equals(ignoringCase: false)
    case "stringequalsignorecase", "stringnotequalsignorecase": comparison = .equals(ignoringCase: true)
    case "stringlike", "stringnotlike": comparison = .like
    case "null": comparison = .null
    case "bool", "binaryequals", "ipaddress", "notipaddress", "arnequals", "arnnotequals", "arnlike", "arnnotlike",
      "numericequals", "numericnotequals", "numericlessthan", "numericlessthanequals", "numericgreaterthan",
      "numericgreaterthanequals", "dateequals", "datenotequals", "datelessthan", "datelessthanequals",
      "dategreaterthan", "dategreaterthanequals":
      comparison = .other
    default: return nil
    }
  }

  /// Whether the values are patterns.
  var hasWildcards: Bool { comparison == .like }

  /// Whether it only says what a value must not be.
  var onlyExcludes: Bool { isNegated || comparison == .null }

  /// Several values of a policy are alternatives; with a negated operator none of them may be.
  func holds(for context: ContextValue, _ values: [ByteText], hasVariables: Bool) -> Truth {
    switch context {
    case .unknown: return .unknown
    case .absent: return holdsWithoutValue(values)
    case .present(let actual):
      if comparison == .null { return Truth.any(values.map { $0 == "false" ? .yes : .no }) }
      guard comparison != .other else { return .unknown }
      let found = actual.map { fits($0, values, hasVariables) }
      switch quantifier {
      case .forAllValues: return Truth.all(found.map { isNegated ? !$0 : $0 })
      case .forAnyValue: return Truth.any(found.map { isNegated ? !$0 : $0 })
      case nil: return isNegated ? !Truth.any(found) : Truth.any(found)
      }
    }
  }

  private func holdsWithoutValue(_ values: [ByteText]) -> Truth {
    if comparison == .null { return Truth.any(values.map { $0 == "true" ? .yes : .no }) }
    if isIfExists { return .yes }
    switch quantifier {
    case .forAllValues: return .yes
    case .forAnyValue: return .no
    case nil: return isNegated ? .yes : .no
    }
  }

  private func fits(_ actual: ByteText, _ values: [ByteText], _ hasVariables: Bool) -> Truth {
    Truth.any(
      values.map { text in
        let value = PolicyValue(text, wildcards: hasWildcards, variables: hasVariables)
        if value.hasVariable { return .unknown }
        return value.matches(actual, ignoringCase: comparison == .equals(ignoringCase: true)) ? .yes : .no
      })
  }
}
