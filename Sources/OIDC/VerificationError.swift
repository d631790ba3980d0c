public import Formats
public import Model

/// Why an ID token is not believed.
public enum VerificationError: Explained, Hashable {
  case malformed(JWSFormatError)
  case criticalExtension
  case wrongType(ByteText?)
  case algorithm(ByteText?)
  case malformedKeyID
  /// No key of that name: the one error that fetching the keys again (once) can mend.
  case unknownKey(kid: ByteText?)
  /// There is such a key, but it is for another algorithm.
  case unfitKey(kid: ByteText?)
  /// No `kid`, and several keys.
  case ambiguousKey
  case badSignature
  /// Missing, or not of the type or size it must have.
  case malformedClaim(String)
  case issuer(ByteText)
  case audience([ByteText])
  case authorizedParty(ByteText?)
  case subject(ByteText)
  case expired(WallTime, now: WallTime)
  case notYetValid(String, WallTime, now: WallTime)
  case lifetime
  case stale(WallTime, requestedAt: WallTime)
  case nonce
  case accessTokenHash

  public var kind: FailureKind { .malformed }

  public var message: String {
    "the ID token is refused: " + reason
  }

  private var reason: String {
    switch self {
    case .malformed(let error): error.message
    case .criticalExtension: "its header asks for an extension (crit, b64) that is not supported"
    case .wrongType(let type): "its typ is \(shown(type)), not JWT"
    case .algorithm(let name): "its algorithm is \(shown(name)), which is not accepted"
    case .malformedKeyID: "its kid is not a text of at most 256 bytes"
    case .unknownKey(let kid): "the issuer has no key \(shown(kid))"
    case .unfitKey(let kid): "the issuer's key \(shown(kid)) is not for the token's algorithm"
    case .ambiguousKey: "it names no key, and the issuer has several"
    case .badSignature: "its signature is wrong"
    case .malformedClaim(let name): "its claim \(name) is missing or malformed"
    case .issuer(let said): "its issuer is \(said.printable())"
    case .audience(let said): "it is for \(said.map { $0.printable(limit: 80) }.joined(separator: ", ").printable())"
    case .authorizedParty(let said): "its azp is \(shown(said)), not the client"
    case .subject(let said): "it is of another subject, \(said.printable())"
    case .expired(let end, let now): "it expired at \(RFC3339.format(end)); it is \(RFC3339.format(now)) here"
    case .notYetValid(let claim, let start, let now):
      "its \(claim) is \(RFC3339.format(start)), and it is \(RFC3339.format(now)) here"
    case .lifetime: "it does not end within 24 hours after it was issued"
    case .stale(let issued, let requestedAt):
      "it was issued at \(RFC3339.format(issued)), before this login began at \(RFC3339.format(requestedAt))"
    case .nonce: "its nonce is not the one that was sent"
    case .accessTokenHash: "its at_hash does not fit the access token"
    }
  }

  public var hint: String? {
    switch self {
    case .issuer: "issuer must be spelled exactly as the provider does"
    case .audience: "check client_id, and audience if the token is also for others"
    case .expired, .notYetValid, .stale: "check this machine's clock"
    case .algorithm: "let the provider sign with RS256 or ES256"
    case .malformed(let error): error.hint ?? Advice.settings
    case .badSignature:
      "check issuer; if it is right, the provider signs with another key than it publishes at jwks_uri"
    case .unknownKey:
      "try again, the provider may be replacing its keys; if it stays so, its jwks_uri must list the key it signs with"
    case .unfitKey, .ambiguousKey: "the provider's keys at its jwks_uri must carry the kid and the alg of its tokens"
    case .malformedClaim(let name): "have the provider put a valid \(name) into its ID tokens; scopes must hold openid"
    case .authorizedParty: "check client_id; the provider must issue the token to it"
    case .lifetime: "have the provider issue ID tokens that end within a day"
    case .subject: "run `daypass login` to log in as that person"
    case .nonce, .accessTokenHash: Advice.again
    case .criticalExtension, .wrongType, .malformedKeyID:
      "have the provider issue ID tokens as OpenID Connect has them: typ JWT or none, no crit, a short kid"
    }
  }

  private func shown(_ text: ByteText?) -> String { text.map { $0.printable(limit: 80) } ?? "absent" }
}
