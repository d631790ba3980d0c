import Formats
import Model

/// A role's trust policy, as far as federation and role chaining need it: Effect, Principal, Action, and Condition with
/// the operators that compare strings. It is a judge of what daypass writes, so it shares nothing with it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
struct TrustPolicy: Sendable {
  struct Condition: Sendable {
    var compare: ConditionOperator
    /// The part after the last colon: `sub`, `aud`, `ExternalId`, `RequestTag/team`, …
    var claim: String
    /// The part before it: an issuer without its scheme, `sts`, `aws`. Nil for any issuer of this sandbox.
    var issuer: String?
    var values: [ByteText]
  }

  struct Principals: Sendable {
    /// ARNs of identity providers, names of those that AWS knows by itself, `*`.
    var federated: [ByteText] = []
    /// ARNs of accounts, roles and sessions, `*`.
    var aws: [ByteText] = []
  }

  struct Statement: Sendable {
    var isAllowed = true
    /// Nil for an identity provider of any name.
    var principals: Principals?
    var actions: [ByteText]
    var conditions: [Condition]
  }

  enum Caller {
    /// Whoever showed a proof of this identity provider, given by its ARN.
    case federated(ByteText)
    /// Whoever signed with credentials of an account, by each of the names that a policy may have for them.
    case aws([ByteText])
  }

  var statements: [Statement]

  static func allowing(claims: [(ConditionOperator.Comparison, String, String)]) -> TrustPolicy {
    let conditions = claims.map { comparison, claim, value in
      Condition(compare: ConditionOperator(comparison), claim: claim, issuer: nil, values: [ByteText(value)])
    }
    return TrustPolicy(statements: [
      Statement(actions: ["sts:AssumeRoleWithWebIdentity"], conditions: conditions)
    ])
  }

  static func allowing(principal: ByteText, actions: [ByteText]) -> TrustPolicy {
    TrustPolicy(statements: [
      Statement(principals: Principals(aws: [principal]), actions: actions, conditions: [])
    ])
  }

  /// An explicit deny wins; without an allow the answer is no.
  ///
  /// - Parameter values: of a condition key, `PREFIX:name`; the prefix is nil for this provider by whatever name.
  func permits(
    _ action: ByteText, _ caller: Caller, values: (_ prefix: String?, _ name: String) -> [ByteText]
  ) -> Bool {
    let concerned = statements.filter { statement in
      statement.actions.contains { PolicyPattern($0, hasWildcards: true, ignoresCase: true).matches(action) }
        && Self.concerns(statement.principals, caller)
        && statement.conditions.allSatisfy { $0.compare.holds(values($0.issuer, $0.claim), $0.values) }
    }
    return concerned.contains(where: \.isAllowed) && concerned.allSatisfy(\.isAllowed)
  }

  /// Principals know no wildcards but `*` for everybody.
  private static func concerns(_ principals: Principals?, _ caller: Caller) -> Bool {
    switch (principals, caller) {
    case (nil, .federated): true
    case (nil, .aws): false
    case (let principals?, .federated(let provider)):
      principals.federated.contains(provider) || principals.federated.contains("*")
    case (let principals?, .aws(let names)): principals.aws.contains { $0 == "*" || names.contains($0) }
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
      guard let object = element.object, let effect = object["Effect"]?.text, ["Allow", "Deny"].contains(effect.string)
      else { throw .badOption(option: "roles.trust.Statement", expected: "objects with Effect Allow or Deny") }
      statements.append(
        Statement(
          isAllowed: effect == "Allow", principals: try Self.principals(object["Principal"]),
          actions: object["Action"].map(Self.texts) ?? [], conditions: try Self.conditions(object["Condition"]?.object))
      )
    }
  }

  private static func principals(_ json: JSON?) throws(SandboxError) -> Principals? {
    guard let json else { return nil }
    if json.text == "*" { return Principals(federated: ["*"], aws: ["*"]) }
    guard let object = json.object, object["Federated"] != nil || object["AWS"] != nil else {
      throw .badOption(option: "roles.trust.Principal", expected: "\"*\", or an object with Federated or AWS")
    }
    return Principals(
      federated: object["Federated"].map(texts) ?? [], aws: object["AWS"].map(texts) ?? [])
  }

  private static func conditions(_ object: JSONObject?) throws(SandboxError) -> [Condition] {
    var result: [Condition] = []
    for block in object?.members ?? [] {
      guard let compare = ConditionOperator(block.key.string) else {
        throw .unknownKey("roles.trust.Condition.\(block.key.string)", known: ConditionOperator.known)
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
    (json.array ?? [json]).compactMap { $0.text ?? $0.bool.map { $0 ? "true" : "false" } }
  }
}
