import Formats
import Model

/// ID tokens (OpenID Connect Core §2), true or forged on demand.
extension State {
  func idToken(_ session: Session, accessToken: String, nonce: ByteText?) -> [UInt8] {
    let now = wall
    let algorithm = keys.first?.algorithm ?? .rs256
    var claims: [(String, JSON)] = [
      ("iss", JSON(place.issuer)),
      ("sub", .string(session.user)),
      ("aud", .string(session.client)),
      ("azp", .string(session.client)),
      ("exp", JSON((now + behaviours.seconds(.idTokenLifetime, default: 3_600)).seconds)),
      ("iat", JSON(now.seconds)),
      ("auth_time", JSON(session.authenticated.seconds)),
    ]
    if let nonce { claims.append(("nonce", .string(nonce))) }
    let digest = Digests.digest(algorithm.digest, Array(accessToken.utf8))
    claims.append(("at_hash", JSON(Base64URL.encode(Array(digest.prefix(digest.count / 2))))))
    for (name, value) in cast.user(session.user)?.claims ?? [] {
      // A subject of its own needs no scope; the rest is as OpenID Connect Core §5.4 groups it.
      let scope: ByteText =
        switch name {
        case "sub": "openid"
        case "email", "email_verified": "email"
        case "groups": "groups"
        default: "profile"
        }
      if session.scopes.contains(scope) { claims.put(name, value) }
    }
    return issue(claims)
  }

  /// Applies what was ordered, then signs with the current key.
  func issue(_ claims: [(String, JSON)]) -> [UInt8] {
    var claims = claims
    let forgery = behaviours.text(.idToken).flatMap(IDTokenForgery.init(rawValue:))
    forgery?.falsify(&claims, now: wall)
    behaviours.apply(set: .claimsSet, omit: .claimsOmit, to: &claims)
    for index in claims.indices { claims[index].1 = resolved(claims[index].1) }
    guard let key = keys.first else { return [] }
    var header: [(String, JSON)] = [("alg", JSON(key.algorithm.rawValue)), ("kid", JSON(key.id)), ("typ", "JWT")]
    for member in behaviours[.headerSet]?.object?.members ?? [] { header.put(member.key.string, member.value) }
    if let forged = forgery?.sign(header, claims, key: key) { return forged }
    return JWSWriter.compact(header, claims, key.sign)
  }

  /// "now+60" and "now-60" as seconds since 1970.
  private func resolved(_ value: JSON) -> JSON {
    guard let text = value.text?.string, text.hasPrefix("now"), let offset = Int64(text.dropFirst(3)) else {
      return value
    }
    return JSON((wall + offset).seconds)
  }
}

enum JWSWriter {
  /// RFC 7515 §3.1.
  static func compact(
    _ header: [(String, JSON)], _ claims: [(String, JSON)], _ sign: ([UInt8]) -> [UInt8]
  ) -> [UInt8] {
    let parts = [header, claims].map { Base64URL.encode(JSON.object(JSONObject($0)).serialized()) }
    let input = Array(parts.joined(separator: ".").utf8)
    return input + Array(".".utf8) + Array(Base64URL.encode(sign(input)).utf8)
  }
}
