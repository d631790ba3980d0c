public import Formats
public import Model
import STS

/// A role's trust policy as IAM reads it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
public struct TrustPolicy: Sendable {
  struct Statement: Sendable {
    let number: Int
    let sid: String?
    let isAllow: Bool
    let principals: Principals
    /// Patterns; `isNegated` for NotAction.
    let actions: [ByteText]
    let actionsAreNegated: Bool
    let conditions: [Condition]
    let hasResource: Bool
  }

  struct Principals: Sendable {
    /// NotPrincipal.
    let isNegated: Bool
    /// Kind (`AWS`, `Federated`, …) and name; `Principal: "*"` is the kind `*`.
    let names: [(kind: String, name: ByteText)]
  }

  struct Condition: Sendable {
    let test: ConditionTest
    let key: ByteText
    let values: [ByteText]
  }

  /// Whether `${…}` is more than text.
  let hasVariables: Bool
  let statements: [Statement]
  /// Whose policy it is, where what it was wrapped in tells: the role's provider must be in the same account.
  let role: RoleARN?

  /// Whether something stands in it that only AWS can fill in.
  func hasVariable(_ value: ByteText) -> Bool {
    PolicyValue(value, wildcards: true, variables: hasVariables).hasVariable
  }

  /// `${*}` is none where variables are known.
  func hasWildcard(_ value: ByteText) -> Bool {
    PolicyValue(value, wildcards: true, variables: hasVariables).hasWildcard
  }

  /// Of the policy itself, or of what IAM and daypass wrap it in: `aws iam get-role`, `daypass trust json`.
  public static func parse(_ bytes: [UInt8]) throws(TrustPolicyError) -> TrustPolicy {
    let document: JSON
    do throws(JSONError) { document = try JSON.parse(bytes) } catch { throw .notJSON(error) }
    guard let object = document.object else { throw .malformed("it is not a JSON object") }
    let role = object["Role"]?.object?["Arn"]?.text.flatMap { try? RoleARN.parse($0.string) }
    return try TrustPolicy(try unwrapped(object), role)
  }

  /// Twice what IAM takes at most (8,192 characters without blanks, of at most two bytes each): what is longer is no policy
  /// of its, and comparing it takes time.
  private static let limit = 2 * 8192

  private static func unwrapped(_ object: JSONObject) throws(TrustPolicyError) -> JSONObject {
    let role = object["Role"]?.object ?? object["CreateRole"]?.object ?? object
    switch role["AssumeRolePolicyDocument"] {
    case .object(let policy): return policy
    case .string(let text):
      let document: JSON
      do throws(JSONError) { document = try JSON.parse(text.utf8) } catch { throw .notJSON(error) }
      guard let policy = document.object else { throw .malformed("AssumeRolePolicyDocument is not a JSON object") }
      return policy
    default: return object
    }
  }

  private init(_ object: JSONObject, _ role: RoleARN?) throws(TrustPolicyError) {
    guard JSON.object(object).serialized().count <= Self.limit else { throw .malformed("it is longer than IAM takes") }
    self.role = role
    for member in object.members where !["Version", "Id", "Statement"].contains(member.key.string) {
      throw .malformed("\(member.key.printable(limit: 60)) is no element of a policy")
    }
    if let version = object["Version"] {
      guard let text = version.text, ["2012-10-17", "2008-10-17"].contains(text.string) else {
        throw .malformed("its Version is none that IAM knows")
      }
      hasVariables = text == "2012-10-17"
    } else {
      hasVariables = false
    }
    guard let statement = object["Statement"] else { throw .malformed("it has no Statement") }
    let list = statement.array ?? [statement]
    guard !list.isEmpty else { throw .malformed("it has no statements") }
    var statements: [Statement] = []
    for (index, element) in list.enumerated() {
      guard let members = element.object else { throw .statement(index + 1, "is not an object") }
      statements.append(try StatementReader(number: index + 1, object: members).statement())
    }
    self.statements = statements
  }
}

private struct StatementReader {
  let number: Int
  let object: JSONObject

  private static let elements = [
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
  ]

  func statement() throws(TrustPolicyError) -> TrustPolicy.Statement {
    for member in object.members where !Self.elements.contains(member.key.string) {
      throw refusal("has the element \(member.key.printable(limit: 60)), which IAM does not know")
    }
    guard let effect = object["Effect"]?.text, effect == "Allow" || effect == "Deny" else {
      throw refusal("has an Effect that is neither Allow nor Deny")
    }
    let (actions, actionsAreNegated) = try either("Action", "NotAction")
    return TrustPolicy.Statement(
      number: number, sid: object["Sid"]?.text?.string, isAllow: effect == "Allow", principals: try principals(),
      actions: try texts(actions, "Action"), actionsAreNegated: actionsAreNegated, conditions: try conditions(),
      hasResource: object["Resource"] != nil || object["NotResource"] != nil)
  }

  private func either(_ name: String, _ negated: String) throws(TrustPolicyError) -> (JSON, Bool) {
    switch (object[name], object[negated]) {
    case (let value?, nil): return (value, false)
    case (nil, let value?): return (value, true)
    case (nil, nil): throw refusal("has no \(name)")
    default: throw refusal("has both \(name) and \(negated)")
    }
  }

  private func principals() throws(TrustPolicyError) -> TrustPolicy.Principals {
    let (value, isNegated) = try either("Principal", "NotPrincipal")
    if let text = value.text {
      guard text == "*" else { throw refusal("has a Principal that is neither an object nor \"*\"") }
      return TrustPolicy.Principals(isNegated: isNegated, names: [("*", "*")])
    }
    guard let kinds = value.object, !kinds.members.isEmpty else { throw refusal("has an empty Principal") }
    var names: [(String, ByteText)] = []
    for member in kinds.members {
      guard ["AWS", "Federated", "Service", "CanonicalUser"].contains(member.key.string) else {
        throw refusal("has a Principal of the kind \(member.key.printable(limit: 60)), which IAM does not know")
      }
      names += try texts(member.value, "Principal").map { (member.key.string, $0) }
    }
    return TrustPolicy.Principals(isNegated: isNegated, names: names)
  }

  private func conditions() throws(TrustPolicyError) -> [TrustPolicy.Condition] {
    guard let block = object["Condition"] else { return [] }
    guard let tests = block.object else { throw refusal("has a Condition that is not an object") }
    var conditions: [TrustPolicy.Condition] = []
    for member in tests.members {
      guard let test = ConditionTest(member.key.string) else {
        throw refusal("has the condition operator \(member.key.printable(limit: 60)), which IAM does not know")
      }
      guard let keys = member.value.object else {
        throw refusal("has a \(member.key.printable()) that is not an object")
      }
      for key in keys.members {
        conditions.append(
          TrustPolicy.Condition(test: test, key: key.key, values: try texts(key.value, key.key.printable(limit: 60))))
      }
    }
    return conditions
  }

  /// One text or several; numbers and truth values are texts too where conditions are concerned.
  private func texts(_ value: JSON, _ name: String) throws(TrustPolicyError) -> [ByteText] {
    var texts: [ByteText] = []
    for element in value.array ?? [value] {
      switch element {
      case .string(let text): texts.append(text)
      case .bool(let bool): texts.append(bool ? "true" : "false")
      case .number(let number): texts.append(ByteText(number.literal))
      case .null, .array, .object: throw refusal("has a value for \(name) that is no text")
      }
    }
    guard !texts.isEmpty else { throw refusal("has no value for \(name)") }
    return texts
  }

  private func refusal(_ reason: String) -> TrustPolicyError { .statement(number, reason) }
}

public enum TrustPolicyError: Explained, Hashable {
  case notJSON(JSONError)
  case malformed(String)
  case statement(Int, String)

  public var kind: FailureKind { .malformed }

  public var message: String {
    switch self {
    case .notJSON(let error): "the policy is not JSON: \(error.message)"
    case .malformed(let reason): "this is no policy: \(reason)"
    case .statement(let number, let reason): "statement \(number) \(reason)"
    }
  }

  public var hint: String? { "give a role's trust policy, or what `aws iam get-role` prints" }
}
