import Formats
import Model

/// AssumeRoleWithWebIdentity: the token is the only proof, so all of it is checked here.
extension State {
  mutating func assumeRoleWithWebIdentity(_ parameters: Parameters) throws(STSError) -> Reply {
    let order = try RoleOrder(parameters)
    guard let token = parameters["WebIdentityToken"] else {
      throw .invalid(nil, at: "webIdentityToken", "Member must not be null")
    }
    guard (4...20_000).contains(token.utf8.count) else {
      throw .invalid("…", at: "webIdentityToken", "Member must have length between 4 and 20000")
    }
    let claims = try verifiedClaims(token)
    let action = "sts:AssumeRoleWithWebIdentity"
    guard let role = cast.role(order.roleARN),
      role.trust.permits(
        ByteText(action), principal: nil,
        values: { issuer, claim in
          issuer.map { $0.utf8.elementsEqual(place.providerName.utf8) } ?? true
            ? Self.values(of: claim, in: claims) : []
        })
    else { throw .denied(action) }
    guard order.duration <= role.maximumDuration else {
      throw STSError(
        "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    }
    let provider = "arn:\(order.role.partition):iam::\(order.role.account):oidc-provider/\(place.providerName)"
    return issue(
      order, action: "AssumeRoleWithWebIdentity",
      extra: [
        STSReply.element("SubjectFromWebIdentityToken", claims["sub"]?.text?.string ?? ""),
        STSReply.element("Audience", Self.audience(of: claims)?.string ?? ""),
        STSReply.element("Provider", provider),
      ])
  }

  private func verifiedClaims(_ token: ByteText) throws(STSError) -> JSONObject {
    guard let jws = try? CompactJWS.parse(token.utf8) else {
      throw STSError("InvalidIdentityToken", "The ID Token provided is not a valid JWT.")
    }
    let claims = jws.payload
    guard let issuer = claims["iss"]?.text, issuer == place.issuer else {
      let named = claims["iss"]?.text?.printable() ?? "no issuer"
      throw STSError("InvalidIdentityToken", "No OpenIDConnect provider found in your account for \(named)")
    }
    let id = jws.header["kid"]?.text
    let candidates = keys.filter { key in id.map { $0 == key.id } ?? (keys.count == 1) }
    guard let key = candidates.first, jws.header["alg"]?.text.map({ $0 == key.algorithm.rawValue }) ?? false,
      key.algorithm.isTakenByAWS, key.isValid(jws.signature, over: jws.signingInput)
    else { throw STSError("InvalidIdentityToken", "The web identity token's signature is not valid.") }
    try checkTimes(claims)
    let known = cast.clients.map(\.id) + cast.audiences
    guard let audience = Self.audience(of: claims), known.contains(audience) else {
      throw STSError("InvalidIdentityToken", "Incorrect token audience")
    }
    guard let subject = claims["sub"]?.text, !subject.isEmpty else {
      throw STSError("InvalidIdentityToken", "The ID Token provided has no subject.")
    }
    return claims
  }

  /// Whole seconds only, as AWS has it.
  private func checkTimes(_ claims: JSONObject) throws(STSError) {
    let now = wall.seconds
    guard let expires = claims["exp"]?.integer, let issued = claims["iat"]?.integer else {
      throw STSError("InvalidIdentityToken", "Missing a required claim: exp, iat")
    }
    guard now < expires else {
      throw STSError(
        "ExpiredTokenException",
        "Token expired: current date/time \(now) must be before the expiration date/time \(expires)")
    }
    let starts = max(issued, claims["nbf"]?.integer ?? issued)
    guard starts <= now &+ 300 else {
      throw STSError("IDPRejectedClaim", 403, "The token is not valid before \(starts)")
    }
  }

  /// Where there is an `azp`, that is what AWS calls the audience.
  private static func audience(of claims: JSONObject) -> ByteText? {
    claims["azp"]?.text ?? claims["aud"]?.text ?? claims["aud"]?.array?.first?.text
  }

  private static func values(of name: String, in claims: JSONObject) -> [ByteText] {
    if name == "aud" { return [audience(of: claims)].compactMap(\.self) }
    let value = claims[name]
    return value?.text.map { [$0] } ?? (value?.array ?? []).compactMap(\.text)
  }
}

extension SigningAlgorithm {
  /// IAM takes RS and ES signatures only.
  var isTakenByAWS: Bool {
    switch family {
    case .rsa, .ec: true
    case .rsaPSS, .ed25519: false
    }
  }
}
