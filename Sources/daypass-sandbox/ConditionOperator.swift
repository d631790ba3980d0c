import Model

/// A condition operator of IAM, of those that compare strings, with its prefix and suffix.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
struct ConditionOperator: Sendable {
  enum Comparison: String, CaseIterable, Sendable {
    case equals = "StringEquals"
    case equalsIgnoringCase = "StringEqualsIgnoreCase"
    case notEquals = "StringNotEquals"
    case notEqualsIgnoringCase = "StringNotEqualsIgnoreCase"
    case like = "StringLike"
    case notLike = "StringNotLike"
    case null = "Null"
  }

  enum Quantifier: String, CaseIterable, Sendable {
    case anyValue = "ForAnyValue:"
    case allValues = "ForAllValues:"
  }

  var comparison: Comparison
  var quantifier: Quantifier?
  var isIfExists = false

  init(_ comparison: Comparison) { self.comparison = comparison }

  /// Nil for what is no operator, or compares something else than strings.
  init?(_ name: String) {
    var rest = Substring(name)
    quantifier = Quantifier.allCases.first { rest.hasPrefix($0.rawValue) }
    if let quantifier { rest = rest.dropFirst(quantifier.rawValue.count) }
    if rest.hasSuffix("IfExists") {
      isIfExists = true
      rest = rest.dropLast("IfExists".count)
    }
    guard let comparison = Comparison(rawValue: String(rest)), comparison != .null || !isIfExists else { return nil }
    self.comparison = comparison
  }

  static var known: [String] { Comparison.allCases.map(\.rawValue) }

  /// - Parameters:
  ///   - found: what the request has under the key; empty where it has no such key.
  ///   - wanted: what the policy names; any of it will do, and none of it where the operator is a negation.
  func holds(_ found: [ByteText], _ wanted: [ByteText]) -> Bool {
    if comparison == .null { return wanted.contains(found.isEmpty ? "true" : "false") }
    guard !found.isEmpty else {
      if isIfExists { return true }
      return quantifier.map { $0 == .allValues } ?? isNegated
    }
    let patterns = wanted.map {
      PolicyPattern($0, hasWildcards: comparison == .like || comparison == .notLike, ignoresCase: ignoresCase)
    }
    func fits(_ value: ByteText) -> Bool { patterns.contains { $0.matches(value) } }
    switch quantifier {
    case .anyValue: return found.contains { fits($0) != isNegated }
    case .allValues: return found.allSatisfy { fits($0) != isNegated }
    case nil: return found.contains(where: fits) != isNegated
    }
  }

  private var isNegated: Bool {
    switch comparison {
    case .notEquals, .notEqualsIgnoringCase, .notLike: true
    case .equals, .equalsIgnoringCase, .like, .null: false
    }
  }

  private var ignoresCase: Bool { comparison == .equalsIgnoringCase || comparison == .notEqualsIgnoringCase }
}

/// What a policy says a value must be: `*` for any run of characters and `?` for any one where the operator knows them,
/// and of the policy variables those that stand for a character.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
struct PolicyPattern: Sendable {
  private enum Piece: Sendable {
    case character(Unicode.Scalar)
    case one
    case run
  }

  /// Nil where a variable stands in it that this STS has no value for: nothing matches then.
  private let pieces: [Piece]?
  private let ignoresCase: Bool

  init(_ text: ByteText, hasWildcards: Bool, ignoresCase: Bool = false) {
    self.ignoresCase = ignoresCase
    var pieces: [Piece] = []
    var rest = Substring(ignoresCase ? text.string.lowercased() : text.string).unicodeScalars
    while let first = rest.popFirst() {
      if first == "$", rest.first == "{", let end = rest.firstIndex(of: "}") {
        let name = String(rest[rest.index(after: rest.startIndex)..<end])
        guard ["*", "?", "$"].contains(name), let escaped = name.unicodeScalars.first else {
          self.pieces = nil
          return
        }
        pieces.append(.character(escaped))
        rest = rest[rest.index(after: end)...]
      } else if hasWildcards, first == "*" {
        pieces.append(.run)
      } else if hasWildcards, first == "?" {
        pieces.append(.one)
      } else {
        pieces.append(.character(first))
      }
    }
    self.pieces = pieces
  }

  /// Follows every way through the pattern at once, so that no pattern makes it slow.
  func matches(_ text: ByteText) -> Bool {
    guard let pieces else { return false }
    var reached = [Bool](repeating: false, count: pieces.count + 1)
    reached[0] = true
    skipRuns(pieces, &reached)
    for scalar in (ignoresCase ? text.string.lowercased() : text.string).unicodeScalars {
      var next = [Bool](repeating: false, count: reached.count)
      for (place, piece) in pieces.enumerated() where reached[place] {
        switch piece {
        case .run: next[place] = true
        case .one: next[place + 1] = true
        case .character(let own): if own == scalar { next[place + 1] = true }
        }
      }
      skipRuns(pieces, &next)
      reached = next
    }
    return reached[pieces.count]
  }

  /// A run may be empty.
  private func skipRuns(_ pieces: [Piece], _ reached: inout [Bool]) {
    for (place, piece) in pieces.enumerated() where reached[place] {
      if case .run = piece { reached[place + 1] = true }
    }
  }
}
