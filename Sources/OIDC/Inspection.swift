public import Formats
public import Model

/// A pre-issued token that was looked at without any network: a proof for STS, which verifies it. Unverified to the
/// end.
public struct InspectedToken: Sendable, Equatable {
  public let token: UnverifiedToken
  /// What the token claims. Nobody has checked who wrote it.
  public let unverifiedClaims: JSONObject
  public let unverifiedIssuer: ByteText?
  public let unverifiedSubject: ByteText?
  public let audiences: [ByteText]
  public let expiration: WallTime
  public let issuedAt: WallTime?
}

/// Checks shape, size, `exp`, `nbf`, `aud` and, where named, `iss` of a token that somebody else issued for us: enough
/// to say early and clearly what STS would refuse later.
///
/// - Parameters:
///   - expectedAudiences: one of these must be in `aud`; nil where any will do.
///   - expectedIssuer: byte for byte; nil where none is configured.
public func inspect(
  _ token: UnverifiedToken, expectedAudiences: [ByteText]? = nil, expectedIssuer: ByteText? = nil, now: WallTime
) throws(InspectionError) -> InspectedToken {
  // <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>: 4 to 20,000 characters.
  guard (4...20_000).contains(token.raw.count) else { throw .size(token.raw.count) }
  let claims: JSONObject
  do throws(JWSFormatError) {
    claims = try CompactJWS.parse(token.raw.exposedBytes()).payload
  } catch {
    throw .malformed(error)
  }
  guard let expiration = claims.moment("exp") else { throw .malformedClaim("exp") }
  guard now < expiration else { throw .expired(expiration, now: now) }
  if claims["nbf"] != nil {
    guard let nbf = claims.moment("nbf") else { throw .malformedClaim("nbf") }
    // Issuers set it to their own "now", which may be ahead of ours.
    guard nbf <= now + 60 else { throw .notYetValid(nbf, now: now) }
  }
  guard let audiences = claims["aud"] == nil ? [] : claims.audiences else { throw .malformedClaim("aud") }
  if let expectedAudiences, !audiences.contains(where: expectedAudiences.contains) {
    throw .audience(audiences, expected: expectedAudiences)
  }
  let issuer = claims["iss"]?.text
  if let expectedIssuer, issuer != expectedIssuer { throw .issuer(issuer, expected: expectedIssuer) }
  return InspectedToken(
    token: token, unverifiedClaims: claims, unverifiedIssuer: issuer, unverifiedSubject: claims["sub"]?.text,
    audiences: audiences, expiration: expiration, issuedAt: claims.moment("iat"))
}

/// What is wrong with a pre-issued token.
public enum InspectionError: Explained, Hashable {
  case size(Int)
  case malformed(JWSFormatError)
  case malformedClaim(String)
  case expired(WallTime, now: WallTime)
  case notYetValid(WallTime, now: WallTime)
  case audience([ByteText], expected: [ByteText])
  case issuer(ByteText?, expected: ByteText)

  public var kind: FailureKind { .malformed }

  public var message: String {
    switch self {
    case .size(let count): "the token has \(count) bytes; STS takes 4 to 20000"
    case .malformed(let error): error.message
    case .malformedClaim(let name): "the token's claim \(name) is missing or malformed"
    case .expired(let end, let now): "the token expired at \(RFC3339.format(end)); it is \(RFC3339.format(now)) here"
    case .notYetValid(let start, let now):
      "the token is valid from \(RFC3339.format(start)); it is \(RFC3339.format(now)) here"
    case .audience(let said, let expected):
      "the token is for \(Self.list(said)), not for \(Self.list(expected))"
    case .issuer(let said, let expected):
      "the token is of \(said?.printable() ?? "nobody (it has no iss)"), not of \(expected.printable())"
    }
  }

  public var hint: String? {
    switch self {
    case .malformed(let error): error.hint
    case .expired: "have a new one issued; check this machine's clock"
    case .notYetValid: "check this machine's clock"
    case .audience: "set audience to what the token is for, or have it issued for another"
    case .issuer: "issuer must be spelled exactly as in the token"
    case .size, .malformedClaim: nil
    }
  }

  private static func list(_ names: [ByteText]) -> String {
    names.isEmpty ? "nobody (it has no aud)" : names.prefix(4).map { $0.printable(limit: 80) }.joined(separator: ", ")
  }
}
