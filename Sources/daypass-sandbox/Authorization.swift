import Formats
import Model

/// The authorization endpoint: code with PKCE (RFC 6749 §4.1, RFC 7636, RFC 8252).
extension State {
  mutating func startAuthorization(_ request: Request, _ parameters: Parameters) -> Reply {
    guard let client = parameters["client_id"].flatMap(cast.client) else {
      return .html(400, ApprovalPage.message("Unknown app", "This app is not known here. Nothing was shared with it."))
    }
    guard let target = parameters["redirect_uri"], Self.isAllowed(target, for: client) else {
      return .html(400, ApprovalPage.message("Wrong return address", "The app named a return address it may not use."))
    }
    let state = parameters["state"]
    func refuse(_ code: String, _ description: String) -> Reply {
      Self.back(to: target, [("error", code), ("error_description", description)], state: state, issuer: place.issuer)
    }
    guard let type = parameters["response_type"], type == "code" else {
      return refuse("unsupported_response_type", "only code")
    }
    let challenge = parameters["code_challenge"]
    guard challenge != nil, parameters["code_challenge_method"] == ByteText("S256") else {
      return refuse("invalid_request", "PKCE with S256 is required")
    }
    let scopes = parameters.list("scope")
    if let unknown = scopes.first(where: { !cast.scopes.contains($0) }) {
      return refuse("invalid_scope", "this client may not ask for \(unknown.printable())")
    }
    let now = Moments.monotonic()
    authorizations = authorizations.filter { $0.value.expires > now }
    codes = codes.filter { $0.value.expires + .seconds(600) > now }
    let pending = AuthorizationRequest(
      client: client.id, redirectURI: target, scopes: scopes, state: state, nonce: parameters["nonce"],
      challenge: challenge, expires: now + .seconds(600))
    if let user = behaviours[.autoApprove]?.text { return grant(pending, to: user) }
    let id = ByteText(Digests.randomText(24))
    authorizations[id] = pending
    return page(request, .authorization(id, pending))
  }

  mutating func decideAuthorization(_ request: Request, _ parameters: Parameters) -> Reply {
    guard let id = parameters["request"], let pending = authorizations[id], pending.expires > Moments.monotonic() else {
      return .html(400, ApprovalPage.message("Too late", "This request is no longer open. Start again from the app."))
    }
    if let refusal = refuseForgedPost(request, parameters, subject: id) { return refusal }
    let decision = parameters["decision"]
    if decision == ByteText("approve"), let user = parameters["user"].flatMap(cast.user) {
      authorizations[id] = nil
      return grant(pending, to: user.name)
    }
    guard decision == ByteText("deny") else {
      return page(request, .authorization(id, pending), warning: "Choose who you are, then approve or deny.")
    }
    authorizations[id] = nil
    return Self.back(
      to: pending.redirectURI, [("error", "access_denied"), ("error_description", "the person said no")],
      state: pending.state, issuer: place.issuer)
  }

  private mutating func grant(_ pending: AuthorizationRequest, to user: ByteText) -> Reply {
    let code = ByteText(Digests.randomText(40))
    secrets.add(code.string)
    codes[code] = AuthorizationCode(request: pending, user: user, expires: Moments.monotonic() + .seconds(60))
    return Self.back(
      to: pending.redirectURI, [("code", code.string)], state: pending.state, issuer: place.issuer)
  }

  /// RFC 6749 §4.1.3; a code used twice ends the session it led to (§10.5).
  mutating func redeemCode(_ client: Cast.Client, _ parameters: Parameters) -> Reply {
    guard let value = parameters["code"], let code = codes[value], code.request.client == client.id else {
      return .error(400, "invalid_grant", "no such code")
    }
    if let session = code.session {
      sessions[session].isRevoked = true
      return .error(400, "invalid_grant", "the code has been used; the session is revoked")
    }
    guard code.expires > Moments.monotonic() else { return .error(400, "invalid_grant", "the code has expired") }
    guard parameters["redirect_uri"] == code.request.redirectURI else {
      return .error(400, "invalid_grant", "redirect_uri is not the one of the request")
    }
    if let refusal = Self.verify(parameters["code_verifier"], code.request.challenge) { return refusal }
    let session = openSession(user: code.user, client: client.id, scopes: code.request.scopes)
    codes[value]?.session = session
    return tokens(session, nonce: code.request.nonce, isRefresh: false)
  }

  /// A registered address byte for byte, or any port of a loopback address (RFC 8252 §7.3); never the name localhost.
  private static func isAllowed(_ target: ByteText, for client: Cast.Client) -> Bool {
    if client.redirectURIs.contains(target) { return true }
    guard let url = try? WebURL.parse(target.string) else { return false }
    return url.scheme == .http && (url.host == "127.0.0.1" || url.host == "::1")
  }

  /// RFC 6749 §4.1.2 and §4.1.2.1, with `iss` (RFC 9207).
  private static func back(
    to target: ByteText, _ answer: [(String, String)], state: ByteText?, issuer: String
  ) -> Reply {
    var items = answer
    if let state { items.append(("state", state.string)) }
    items.append(("iss", issuer))
    let query = items.map { "\($0)=\(FormEncoding.percentEncode($1.utf8))" }.joined(separator: "&")
    let mark = target.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
    return .redirect(303, to: target.string + mark + query)
  }
}
