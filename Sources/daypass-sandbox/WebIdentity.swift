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
    let (claims, provider) = try verifiedClaims(token)
    let tags = try SessionTags(claims)
    let principal = provider.principal(of: order.role)
    let role = cast.role(order.roleARN)
    func isAllowed(_ action: String) -> Bool {
      role?.trust.permits(ByteText(action), .federated(ByteText(principal))) { prefix, name in
        switch prefix {
        case "sts" where name == "SourceIdentity": [tags.sourceIdentity].compactMap(\.self)
        case "sts" where name == "RoleSessionName": [ByteText(order.sessionName)]
        case let prefix?: prefix.utf8.elementsEqual(provider.name.utf8) ? provider.values(of: name, in: claims) : []
        case nil: provider.values(of: name, in: claims)
        }
      } ?? false
    }
    // Tags and a source identity need actions of their own, and without them the whole call fails.
    let needed = [
      (true, "sts:AssumeRoleWithWebIdentity"), (!tags.tags.isEmpty, "sts:TagSession"),
      (tags.sourceIdentity != nil, "sts:SetSourceIdentity"),
    ]
    for (isNeeded, action) in needed where isNeeded && !isAllowed(action) { throw .denied(action) }
    guard let role, order.duration <= role.maximumDuration else {
      throw STSError(
        "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    }
    let sourceIdentity = tags.sourceIdentity.map { [STSReply.element("SourceIdentity", $0.string)] } ?? []
    return issue(
      order, action: "AssumeRoleWithWebIdentity", tags: tags,
      extra: [
        STSReply.element("SubjectFromWebIdentityToken", claims["sub"]?.text?.string ?? ""),
        STSReply.element("Audience", IdentityProvider.audiences(of: claims).first?.string ?? ""),
        STSReply.element("Provider", principal),
      ] + sourceIdentity)
  }

  private func verifiedClaims(_ token: ByteText) throws(STSError) -> (JSONObject, IdentityProvider) {
    guard let jws = try? CompactJWS.parse(token.utf8) else {
      throw STSError("InvalidIdentityToken", "The ID Token provided is not a valid JWT.")
    }
    let claims = jws.payload
    guard let provider = providers.first(where: { $0.url == claims["iss"]?.text }) else {
      let named = claims["iss"]?.text?.printable() ?? "no issuer"
      throw STSError("InvalidIdentityToken", "No OpenIDConnect provider found in your account for \(named)")
    }
    let id = jws.header["kid"]?.text
    let candidates = keys.filter { key in id.map { $0 == key.id } ?? (keys.count == 1) }
    guard let key = candidates.first, jws.header["alg"]?.text.map({ $0 == key.algorithm.rawValue }) ?? false,
      key.algorithm.isTakenByAWS, key.isValid(jws.signature, over: jws.signingInput)
    else { throw STSError("InvalidIdentityToken", "The web identity token's signature is not valid.") }
    try checkTimes(claims)
    let audiences = IdentityProvider.audiences(of: claims)
    guard let first = audiences.first,
      provider.clientIDs.map({ $0.contains(where: audiences.contains) }) ?? !first.isEmpty
    else {
      throw STSError("InvalidIdentityToken", "Incorrect token audience")
    }
    guard let subject = claims["sub"]?.text, !subject.isEmpty else {
      throw STSError("InvalidIdentityToken", "The ID Token provided has no subject.")
    }
    return (claims, provider)
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
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp>
extension SessionTags {
  /// What a token brings: nested, or with the tag's name in the claim's. Each value is an array of one.
  fileprivate init(_ claims: JSONObject) throws(STSError) {
    self.init()
    let name = "https://aws.amazon.com/tags"
    let malformed = STSError("InvalidIdentityToken", "The session tags of the token are malformed")
    let nested = claims[name]?.object
    var members = nested?["principal_tags"]?.object?.members.map { ($0.key, $0.value) } ?? []
    for member in claims.members where member.key.utf8.starts(with: (name + "/principal_tags/").utf8) {
      members.append((ByteText(String(member.key.string.dropFirst((name + "/principal_tags/").count))), member.value))
    }
    for (key, value) in members {
      guard let text = value.array?.first?.text ?? value.text else { throw malformed }
      tags.append(Tag(key: key, value: text))
    }
    let keys = nested?["transitive_tag_keys"] ?? claims[name + "/transitive_tag_keys"]
    transitive = keys?.text.map { [$0] } ?? (keys?.array ?? []).compactMap(\.text)
    sourceIdentity = claims["https://aws.amazon.com/source_identity"]?.text
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
