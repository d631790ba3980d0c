/// Something about a policy that its author would want to know.
public struct Finding: Sendable, Hashable {
  public enum Level: String, Hashable, Sendable {
    /// It lets in strangers, or cannot do what it is there for.
    case fault
    /// It is wider than it may have been meant.
    case advice
  }

  /// The traps by name.
  public enum Code: String, Hashable, Sendable, CaseIterable {
    case anyone
    case noSubject = "no-subject"
    case everySubject = "every-subject"
    case openEnd = "open-end"
    case broadSubject = "broad-subject"
    case onlyExcludes = "only-excludes"
    case forAllValues = "for-all-values"
    case ifExists = "if-exists"
    case literalWildcard = "literal-wildcard"
    case variable
    case wrongOperator = "wrong-operator"
    case noAudience = "no-audience"
    case unknownKey = "unknown-key"
    case wrongAction = "wrong-action"
    case wrongPrincipal = "wrong-principal"
    case notPrincipal = "not-principal"
    case notAction = "not-action"
    case resource
    case needsTagSession = "needs-tag-session"
    case needsSourceIdentity = "needs-source-identity"
  }

  public let code: Code
  public let level: Level
  /// Counted from 1; nil where it is about the policy as a whole.
  public let statement: Int?
  public let message: String
  public let hint: String?

  init(_ code: Code, _ level: Level, _ statement: Int?, _ message: String, hint: String? = nil) {
    self.code = code
    self.level = level
    self.statement = statement
    self.message = message
    self.hint = hint
  }
}
