import Formats
import Model

/// ID tokens that must not be accepted, each wrong in one point.
enum IDTokenForgery: String, CaseIterable, Sendable {
  case unknownKey = "unknown_key"
  case wrongKid = "wrong_kid"
  case noKid = "no_kid"
  case tampered
  case algNone = "none"
  case hs256PublicKey = "hs256_public_key"
  case embeddedKey = "embedded_key"
  case criticalHeader = "crit"
  case wrongType = "wrong_typ"
  case wrongIssuer = "wrong_iss"
  case wrongAudience = "wrong_aud"
  case extraAudience = "extra_aud"
  case emptyAudience = "empty_aud"
  case wrongParty = "wrong_azp"
  case expired
  case futureIssue = "future_iat"
  case futureStart = "future_nbf"
  case noIssue = "no_iat"
  case noSubject = "no_sub"
  case wrongHash = "wrong_at_hash"
  case wrongNonce = "wrong_nonce"

  func falsify(_ claims: inout [(String, JSON)], now: WallTime) {
    switch self {
    case .wrongIssuer: claims.put("iss", "https://issuer.example.net")
    case .wrongAudience:
      claims.put("aud", "somebody-else")
      claims.put("azp", "somebody-else")
    case .extraAudience:
      claims.put("aud", .array([claims.first { $0.0 == "aud" }?.1 ?? "daypass-demo", "somebody-else"]))
    case .emptyAudience: claims.put("aud", [])
    case .wrongParty: claims.put("azp", "somebody-else")
    case .expired:
      claims.put("iat", JSON((now + -7_200).seconds))
      claims.put("exp", JSON((now + -3_600).seconds))
    case .futureIssue:
      claims.put("iat", JSON((now + 3_600).seconds))
      claims.put("exp", JSON((now + 7_200).seconds))
    case .futureStart: claims.put("nbf", JSON((now + 3_600).seconds))
    case .noIssue: claims.remove("iat")
    case .noSubject: claims.remove("sub")
    case .wrongHash: claims.put("at_hash", JSON(Base64URL.encode([UInt8](repeating: 7, count: 16))))
    case .wrongNonce: claims.put("nonce", "not-the-nonce-of-this-request")
    case .unknownKey, .wrongKid, .noKid, .tampered, .algNone, .hs256PublicKey, .embeddedKey, .criticalHeader,
      .wrongType:
      break
    }
  }

  /// Nil where the signature itself is true.
  func sign(_ header: [(String, JSON)], _ claims: [(String, JSON)], key: SigningKey) -> [UInt8]? {
    var header = header
    switch self {
    case .unknownKey: return (try? SigningKey.make(key.algorithm)).map { JWSWriter.compact(header, claims, $0.sign) }
    case .wrongKid: header.put("kid", "no-such-key")
    case .noKid: header.remove("kid")
    case .tampered: return JWSWriter.compact(header, claims) { key.sign($0 + [0]) }
    case .algNone:
      header.put("alg", "none")
      return JWSWriter.compact(header, claims) { _ in [] }
    case .hs256PublicKey:
      header.put("alg", "HS256")
      return JWSWriter.compact(header, claims) { Digests.hmacSHA256(key: key.publicKeyPEM, $0) }
    case .embeddedKey:
      guard let other = try? SigningKey.make(key.algorithm) else { return nil }
      header.put("kid", JSON(other.id))
      header.put("jwk", .object(JSONObject(other.jwk)))
      return JWSWriter.compact(header, claims, other.sign)
    case .criticalHeader:
      header.put("crit", ["b64"])
      header.put("b64", true)
    case .wrongType: header.put("typ", "at+jwt")
    default: return nil
    }
    return JWSWriter.compact(header, claims, key.sign)
  }
}
