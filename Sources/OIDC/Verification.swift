internal import Formats
public import Model

/// Checks an ID token: algorithm from the allow-list, signature by one of the issuer's keys, every claim rule.
///
/// Nothing in the token chooses how it is checked: keys come from `keys` alone (`jwk`, `jku`, `x5c` and `x5u` in the
/// header mean nothing here), and the type of the key decides which algorithms it may be used with.
///
/// - Throws: `unknownKey` if the provider may have rotated its keys: fetch them once more and verify again with the new
///   set; a second `unknownKey` is final. Every other error is final at once.
public func verify(
  _ token: UnverifiedToken, keys: KeySet, policy: IDTokenPolicy, cryptography: any Cryptography
) throws(VerificationError) -> VerifiedIdentity {
  let jws = try CompactJWS.reading(token)
  let header = try IDTokenHeader(jws.header)
  let candidates = try keys.candidates(kid: header.kid, algorithm: header.algorithm)
  let signer = candidates.first {
    cryptography.isValid(signature: jws.signature, over: jws.signingInput, by: $0.key, algorithm: header.algorithm)
  }
  guard let signer else { throw .badSignature }
  let claims = try IDTokenClaims(jws.payload)
  try policy.check(claims)
  try policy.checkAccessTokenHash(claims.all, header.algorithm, by: signer.key, cryptography)
  return VerifiedIdentity(claims, of: token)
}

/// Checks the signature of a pre-issued token by its issuer's keys, and nothing else: what it claims is for the STS to judge,
/// and it stays an `InspectedToken`.
public func verifySignature(
  of token: InspectedToken, keys: KeySet, cryptography: any Cryptography
) throws(VerificationError) {
  let jws = try CompactJWS.reading(token.token)
  let header = try IDTokenHeader(jws.header)
  let candidates = try keys.candidates(kid: header.kid, algorithm: header.algorithm)
  let isSigned = candidates.contains {
    cryptography.isValid(signature: jws.signature, over: jws.signingInput, by: $0.key, algorithm: header.algorithm)
  }
  guard isSigned else { throw .badSignature }
}

/// The members of a JOSE header that are looked at (RFC 7515 §4.1).
private struct IDTokenHeader {
  let algorithm: SignatureAlgorithm
  let kid: ByteText?

  init(_ header: JSONObject) throws(VerificationError) {
    // No extension is understood here, so none may be critical (RFC 7515 §4.1.11), nor may the payload be unencoded.
    guard header["crit"] == nil, header["b64"] == nil else { throw .criticalExtension }
    // An access token (at+jwt) or logout token must not pass for an ID token (RFC 8725 §3.11).
    switch header["typ"] {
    case nil: break
    case .string(let type)? where type.utf8.map(\.lowercasedASCII) == Array("jwt".utf8): break
    default: throw .wrongType(header["typ"]?.text)
    }
    guard let name = header["alg"]?.text, let algorithm = SignatureAlgorithm(name) else {
      throw .algorithm(header["alg"]?.text)
    }
    self.algorithm = algorithm
    switch header["kid"] {
    case nil: kid = nil
    case .string(let text)? where text.utf8.count <= 256: kid = text
    default: throw .malformedKeyID
    }
  }
}

extension IDTokenPolicy {
  fileprivate func check(_ claims: IDTokenClaims) throws(VerificationError) {
    guard claims.issuer == issuer else { throw .issuer(claims.issuer) }
    try checkAudience(claims)
    if let subject, claims.subject != subject { throw .subject(claims.subject) }
    try checkTimes(claims)
    if let nonce, claims.all["nonce"]?.text != nonce { throw .nonce }
  }

  /// OIDC Core §3.1.3.7 rules 3–5, strictly: an audience that is not known here is not trusted.
  private func checkAudience(_ claims: IDTokenClaims) throws(VerificationError) {
    guard claims.audiences.contains(clientID) else { throw .audience(claims.audiences) }
    if let azp = claims.all["azp"], azp.text != clientID { throw .authorizedParty(azp.text) }
    let others = claims.audiences.filter { $0 != clientID }
    if others.isEmpty { return }
    guard others.allSatisfy(extraAudiences.contains) else { throw .audience(claims.audiences) }
    guard claims.all["azp"] != nil else { throw .authorizedParty(nil) }
  }

  private func checkTimes(_ claims: IDTokenClaims) throws(VerificationError) {
    let (issued, end) = (claims.issuedAt, claims.expiration)
    guard now < end + leeway else { throw .expired(end, now: now) }
    guard issued <= now + leeway else { throw .notYetValid("iat", issued, now: now) }
    if let start = claims.notBefore, start > now + leeway { throw .notYetValid("nbf", start, now: now) }
    // A token that lasts longer than a day is not what an ID token is for.
    guard issued < end, end - issued <= 86_400 else { throw .lifetime }
    if let requestedAt, issued + leeway < requestedAt { throw .stale(issued, requestedAt: requestedAt) }
  }

  /// OIDC Core §3.1.3.6: the left half of the access token's hash. Nothing is fixed for Ed448, whose hash is SHAKE256,
  /// so there it is not checked; everywhere else it must be right if both are there.
  fileprivate func checkAccessTokenHash(
    _ claims: JSONObject, _ algorithm: SignatureAlgorithm, by key: PublicKey, _ cryptography: any Cryptography
  ) throws(VerificationError) {
    guard let claim = claims["at_hash"], let accessToken, let hash = algorithm.hash(with: key) else { return }
    let digest = cryptography.digest(hash, accessToken.exposedBytes())
    let expected = Base64URL.encode(Array(digest.prefix(digest.count / 2)))
    guard let said = claim.text, said == expected else { throw .accessTokenHash }
  }
}

extension SignatureAlgorithm {
  fileprivate func hash(with key: PublicKey) -> DigestAlgorithm? {
    switch self {
    case .rs256, .ps256, .es256: .sha256
    case .rs384, .ps384, .es384: .sha384
    case .rs512, .ps512, .es512: .sha512
    case .edDSA: if case .ed25519 = key { .sha512 } else { nil }
    }
  }
}
