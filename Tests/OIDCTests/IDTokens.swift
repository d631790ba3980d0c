import Formats
import Model
import OIDC

/// Unsigned ID tokens for tests of the claim rules: `RuleCryptography` takes them as signed.
enum IDTokens {
  static let now = WallTime(seconds: 1_700_000_000)
  static let keys = KeySet([JSONWebKey(kid: "k1", key: key(1))])

  static func key(_ byte: UInt8) -> PublicKey { .ed25519(Array(repeating: byte, count: 32)) }

  /// Members are given as JSON text; nil removes one.
  static func token(
    _ claims: [String: String?] = [:], header: [String: String?] = [:], signature: [UInt8] = RuleCryptography.good
  ) -> UnverifiedToken {
    let head: [String: String?] = ["alg": #""EdDSA""#, "kid": #""k1""#].merging(header) { $1 }
    let body: [String: String?] = [
      "iss": #""https://op.example""#, "sub": #""alice""#, "aud": #""cli""#, "exp": "1700003600", "iat": "1700000000",
    ].merging(claims) { $1 }
    let parts = [object(head), object(body)].map { Base64URL.encode(Array($0.utf8)) } + [Base64URL.encode(signature)]
    return UnverifiedToken(Secret(parts.joined(separator: ".")))
  }

  private static func object(_ members: [String: String?]) -> String {
    "{" + members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }.sorted().joined(separator: ",") + "}"
  }

  static func policy() -> IDTokenPolicy {
    IDTokenPolicy(issuer: "https://op.example", clientID: "cli", now: now, requestedAt: now + -30)
  }

  static func check(
    _ token: UnverifiedToken, keys: KeySet = keys, policy: IDTokenPolicy = policy()
  ) throws(VerificationError) -> VerifiedIdentity {
    try verify(token, keys: keys, policy: policy, cryptography: RuleCryptography())
  }
}
