public import Formats
public import Model

/// A person, as a provider attests: the claims of an ID token whose signature and rules were checked by `verify`.
///
/// There is no public initializer: having one of these means that the checks were made.
public struct VerifiedIdentity: Sendable, Equatable {
  public let token: UnverifiedToken
  public let issuer: ByteText
  public let subject: ByteText
  public let audiences: [ByteText]
  public let expiration: WallTime
  public let issuedAt: WallTime
  public let email: ByteText?
  public let name: ByteText?
  public let preferredUsername: ByteText?
  /// All claims, for showing and for session names.
  public let claims: JSONObject

  init(_ claims: IDTokenClaims, of token: UnverifiedToken) {
    self.token = token
    issuer = claims.issuer
    subject = claims.subject
    audiences = claims.audiences
    expiration = claims.expiration
    issuedAt = claims.issuedAt
    email = claims.all["email"]?.text
    name = claims.all["name"]?.text
    preferredUsername = claims.all["preferred_username"]?.text
    self.claims = claims.all
  }

  /// Reads again what this program verified before and has kept sealed since: the seal stands for the checks, which
  /// could not be repeated once the provider rotates its keys. Never for a token that came from anywhere else.
  ///
  /// Whether it is still valid is for the caller to compare with `expiration`.
  public static func restored(from token: UnverifiedToken) throws(VerificationError) -> VerifiedIdentity {
    VerifiedIdentity(try IDTokenClaims(try CompactJWS.reading(token).payload), of: token)
  }
}

/// The claims that every ID token must have (OIDC Core §2), well-formed but not judged.
struct IDTokenClaims {
  let issuer: ByteText
  let subject: ByteText
  let audiences: [ByteText]
  let expiration: WallTime
  let issuedAt: WallTime
  let notBefore: WallTime?
  let all: JSONObject

  init(_ claims: JSONObject) throws(VerificationError) {
    all = claims
    guard let issuer = claims["iss"]?.text else { throw .malformedClaim("iss") }
    self.issuer = issuer
    guard let subject = claims["sub"]?.text, !subject.isEmpty, subject.utf8.count <= 255 else {
      throw .malformedClaim("sub")
    }
    self.subject = subject
    guard let audiences = claims.audiences, !audiences.isEmpty else { throw .malformedClaim("aud") }
    self.audiences = audiences
    expiration = try claims.time("exp")
    issuedAt = try claims.time("iat")
    notBefore = claims["nbf"] == nil ? nil : try claims.time("nbf")
  }
}

extension JSONObject {
  /// `aud` as a list: one string, or an array of nothing but strings (RFC 7519 §4.1.3). Nil if it is neither.
  var audiences: [ByteText]? {
    switch self["aud"] {
    case .string(let one)?: return [one]
    case .array(let values)?:
      let texts = values.compactMap(\.text)
      return texts.count == values.count ? texts : nil
    default: return nil
    }
  }

  /// A NumericDate that is an integer; fractions are allowed by RFC 7519 §2 and used by nobody honest.
  fileprivate func time(_ name: String) throws(VerificationError) -> WallTime {
    guard let time = moment(name) else { throw .malformedClaim(name) }
    return time
  }

  /// Nil also for what no calendar has.
  func moment(_ name: String) -> WallTime? {
    guard let time = self[name]?.integer.map(WallTime.init(seconds:)), RFC3339.canExpress(time) else { return nil }
    return time
  }
}

extension CompactJWS {
  static func reading(_ token: UnverifiedToken) throws(VerificationError) -> CompactJWS {
    do throws(JWSFormatError) { return try parse(token.raw.exposedBytes()) } catch { throw .malformed(error) }
  }
}
