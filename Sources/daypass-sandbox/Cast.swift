import Formats
import Model

/// Who may log in, with which clients, into which roles.
struct Cast: Sendable {
  struct User: Sendable {
    var name: ByteText
    var claims: [(String, JSON)]
  }

  struct Client: Sendable {
    var id: ByteText
    /// Nil for a public client (RFC 6749 §2.1).
    var secret: ByteText?
    /// Beside loopback addresses, which every client may use with any port (RFC 8252 §7.3).
    var redirectURIs: [ByteText]
  }

  struct Role: Sendable {
    var arn: ByteText
    var maximumDuration: Int64
    var trust: TrustPolicy
  }

  var users: [User]
  var clients: [Client]
  /// `aud` values the STS takes beside the clients' ids.
  var audiences: [ByteText]
  var roles: [Role]
  var scopes: [ByteText] = ["openid", "profile", "email", "offline_access", "groups"]

  static let account = "123456789012"
  static let samlRole = "arn:aws:iam::123456789012:role/saml"
  static let demoRole = "arn:aws:iam::123456789012:role/demo"

  static let usual = Cast(
    users: [
      User(
        name: "alice", claims: [("email", "alice@example.com"), ("email_verified", true), ("name", "Alice Example")]),
      User(name: "bob", claims: [("email", "bob@example.com"), ("email_verified", true), ("name", "Bob Example")]),
    ],
    clients: [
      Client(id: "daypass-demo", redirectURIs: []),
      Client(id: "daypass-confidential", secret: "sandbox-confidential-secret", redirectURIs: []),
    ],
    audiences: ["sts.amazonaws.com"],
    roles: [
      role("demo", maximum: 3_600, conditions: [(.like, "sub", "*")]),
      role("alice-only", maximum: 43_200, conditions: [(.equals, "sub", "alice"), audience]),
      role(
        "ci", maximum: 7_200,
        conditions: [(.like, "sub", "repo:example/*"), (.equals, "aud", "sts.amazonaws.com")]),
      Role(
        arn: ByteText(samlRole), maximumDuration: 43_200,
        trust: TrustPolicy(statements: [
          TrustPolicy.Statement(
            actions: ["sts:AssumeRoleWithSAML"],
            conditions: [
              TrustPolicy.Condition(
                compare: ConditionOperator(.equals), claim: "aud", issuer: "SAML",
                values: [ByteText(State.samlAudience)])
            ])
        ])),
      Role(
        arn: "arn:aws:iam::123456789012:role/next", maximumDuration: 43_200,
        trust: .allowing(
          principal: "arn:aws:iam::123456789012:root",
          actions: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])),
    ])

  private static let audience = (ConditionOperator.Comparison.equals, "aud", "daypass-demo")

  private static func role(
    _ name: String, maximum: Int64, conditions: [(ConditionOperator.Comparison, String, String)]
  ) -> Role {
    Role(
      arn: ByteText("arn:aws:iam::\(account):role/\(name)"), maximumDuration: maximum,
      trust: .allowing(claims: conditions))
  }

  func user(_ name: ByteText) -> User? { users.first { $0.name == name } }
  func client(_ id: ByteText) -> Client? { clients.first { $0.id == id } }
  func role(_ arn: ByteText) -> Role? { roles.first { $0.arn == arn } }
}
