import Formats
import Model

/// A role's trust policy, as far as federation needs it: Effect, Principal, Action, Condition with the string operators.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
struct TrustPolicy: Sendable {
  struct Condition: Sendable {
    var compare: Operator
    /// The part after the last colon: `sub`, `aud`, `ExternalId`, `RequestTag/team`, …
    var claim: String
    /// The part before it: an issuer without its scheme, `sts`, `aws`. Nil for any issuer of this sandbox.
    var issuer: String?
    var values: [ByteText]
  }

  enum Operator: String, CaseIterable, Sendable {
    case equals = "StringEquals"
    case notEquals = "StringNotEquals"
    case like = "StringLike"
    case notLike = "StringNotLike"
  }

  struct Statement: Sendable {
    var isAllowed = true
    /// Nil for a federated principal of any name.
    var principals: [ByteText]?
    var actions: [ByteText]
    var conditions: [Condition]
  }

  var statements: [Statement]

  static func allowing(claims: [(String, String, String)]) -> TrustPolicy {
    let conditions = claims.map { name, claim, value in
      Condition(compare: Operator(rawValue: name) ?? .equals, claim: claim, issuer: nil, values: [ByteText(value)])
    }
    return TrustPolicy(statements: [
      Statement(actions: ["sts:AssumeRoleWithWebIdentity"], conditions: conditions)
    ])
  }

  static func allowing(principal: ByteText, actions: [ByteText]) -> TrustPolicy {
    TrustPolicy(statements: [Statement(principals: [principal], actions: actions, conditions: [])])
  }

  /// An explicit deny wins; without an allow the answer is no.
  ///
  /// - Parameter values: of a condition key, `PREFIX:name`; the prefix is nil for this provider by whatever name.
  func permits(
    _ action: ByteText, principal: ByteText?, values: (_ prefix: String?, _ name: String) -> [ByteText]
  ) -> Bool {
    let concerned = statements.filter { statement in
      statement.actions.contains { Self.matches(action, pattern: $0) }
        && (statement.principals?.contains { Self.matches(principal ?? "", pattern: $0) } ?? (principal == nil))
        && statement.conditions.allSatisfy { $0.holds(values) }
    }
    return concerned.contains(where: \.isAllowed) && concerned.allSatisfy(\.isAllowed)
  }

  /// `*` for any run of bytes, `?` for any one; remembers only the last star, so it is linear in practice.
  static func matches(_ text: ByteText, pattern: ByteText) -> Bool {
    let (text, pattern) = (text.utf8, pattern.utf8)
    var (position, place) = (0, 0)
    var (star, resume) = (-1, 0)
    while position < text.count {
      if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
        (star, resume) = (place, position)
        place += 1
      } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") || pattern[place] == text[position] {
        position += 1
        place += 1
      } else if star >= 0 {
        place = star + 1
        resume += 1
        position = resume
      } else {
        return false
      }
    }
    return pattern.dropFirst(place).allSatisfy { $0 == UInt8(ascii: "*") }
  }
}

extension TrustPolicy.Condition {
  fileprivate func holds(_ valuesOf: (String?, String) -> [ByteText]) -> Bool {
    let found = valuesOf(issuer, claim)
    return switch compare {
    case .equals: found.contains { values.contains($0) }
    case .like: found.contains { value in values.contains { TrustPolicy.matches(value, pattern: $0) } }
    case .notEquals: !found.contains { values.contains($0) }
    case .notLike: !found.contains { value in values.contains { TrustPolicy.matches(value, pattern: $0) } }
    }
  }
}

/// Reading the JSON form. Condition keys are `ISSUER:claim`, with `oidc` or `${issuer}` standing for this provider.
extension TrustPolicy {
  init(_ document: JSONObject) throws(SandboxError) {
    statements = []
    guard let list = document["Statement"]?.array ?? document["Statement"].map({ [$0] }) else {
      throw .badOption(option: "roles.trust.Statement", expected: "an array")
    }
    for element in list {
      guard let object = element.object, let effect = object["Effect"]?.text else {
        throw .badOption(option: "roles.trust.Statement", expected: "objects with Effect")
      }
      statements.append(
        Statement(
          isAllowed: effect == "Allow", principals: object["Principal"]?.object?["AWS"].map(Self.texts),
          actions: object["Action"].map(Self.texts) ?? [], conditions: try Self.conditions(object["Condition"]?.object))
      )
    }
  }

  private static func conditions(_ object: JSONObject?) throws(SandboxError) -> [Condition] {
    var result: [Condition] = []
    for block in object?.members ?? [] {
      guard let compare = Operator(rawValue: block.key.string) else {
        throw .unknownKey("roles.trust.Condition.\(block.key.string)", known: Operator.allCases.map(\.rawValue))
      }
      for entry in block.value.object?.members ?? [] {
        guard let colon = entry.key.utf8.lastIndex(of: UInt8(ascii: ":")) else {
          throw .badOption(option: "roles.trust.Condition.\(entry.key.string)", expected: "ISSUER:claim")
        }
        let issuer = String(decoding: entry.key.utf8[..<colon], as: UTF8.self)
        let claim = String(decoding: entry.key.utf8[(colon + 1)...], as: UTF8.self)
        let isOurs = issuer == "oidc" || issuer == "${issuer}"
        result.append(
          Condition(compare: compare, claim: claim, issuer: isOurs ? nil : issuer, values: texts(entry.value)))
      }
    }
    return result
  }

  private static func texts(_ json: JSON) -> [ByteText] {
    json.text.map { [$0] } ?? (json.array ?? []).compactMap(\.text)
  }
}
