import Formats
import Model

/// The token endpoint (RFC 6749 §3.2, RFC 8628 §3.4).
extension State {
  var redirectedToken: Reply? {
    switch behaviours[.tokenRedirect] {
    case .bool(true)?: .redirect(307, to: place.url(.movedToken))
    case .string(let target)?: .redirect(307, to: target.string)
    default: nil
    }
  }

  mutating func token(_ request: Request, _ parameters: Parameters, isEarly: Bool) -> Reply {
    let client: Cast.Client
    switch authenticate(request, parameters) {
    case .failure(let refusal): return refusal.reply
    case .success(let found): client = found
    }
    guard let type = parameters["grant_type"] else { return .error(400, "invalid_request", "grant_type is missing") }
    if type == "urn:ietf:params:oauth:grant-type:device_code" {
      return redeemDeviceCode(client, parameters, isEarly: isEarly)
    }
    if type == "authorization_code" { return redeemCode(client, parameters) }
    if type == "refresh_token" { return refresh(client, parameters) }
    return .error(400, "unsupported_grant_type", "not a grant this provider knows")
  }

  private mutating func redeemDeviceCode(_ client: Cast.Client, _ parameters: Parameters, isEarly: Bool) -> Reply {
    guard let code = parameters["device_code"] else { return .error(400, "invalid_request", "device_code is missing") }
    guard let index = devices.firstIndex(where: { $0.deviceCode == code && $0.client == client.id }) else {
      return .error(400, "invalid_grant", "no such device code")
    }
    if let order = behaviours.take(.pollError) { return Self.ordered(order) }
    if Moments.monotonic() >= devices[index].expires {
      return .error(400, behaviours.text(.expiredError) ?? "expired_token", "the device code has expired")
    }
    if let slower = slowDown(at: index, isEarly: isEarly) { return slower }
    switch devices[index].status {
    case .pending: return .error(400, "authorization_pending", "nobody has decided yet")
    case .denied: return .error(400, "access_denied", "the person said no")
    case .redeemed: return .error(400, "invalid_grant", "the device code has been used")
    case .approved(let user):
      if let refusal = Self.verify(parameters["code_verifier"], devices[index].challenge) { return refusal }
      devices[index].status = .redeemed
      let session = openSession(user: user, client: client.id, scopes: devices[index].scopes)
      return tokens(session, nonce: nil, isRefresh: false)
    }
  }

  private mutating func slowDown(at index: Int, isEarly: Bool) -> Reply? {
    let ordered = behaviours.seconds(.slowDown, default: 0)
    if ordered > 0 {
      behaviours[.slowDown] = JSON(ordered - 1)
    } else if !isEarly || behaviours.isOn(.lenientPolling) {
      return nil
    }
    devices[index].interval += 5
    var members: [(String, JSON)] = [
      ("error", "slow_down"), ("error_description", "wait five seconds more from now on"),
    ]
    if let interval = behaviours[.slowDownInterval] { members.append(("interval", interval)) }
    return .json(400, .object(JSONObject(members)), outcome: "slow_down")
  }

  /// RFC 7636 §4.6: S256, and a verifier exactly if there was a challenge.
  static func verify(_ verifier: ByteText?, _ challenge: ByteText?) -> Reply? {
    guard let challenge else {
      return verifier == nil ? nil : .error(400, "invalid_grant", "a code_verifier without a code_challenge")
    }
    guard let verifier, (43...128).contains(verifier.utf8.count) else {
      return .error(400, "invalid_grant", "code_verifier is missing, or not of 43 to 128 characters")
    }
    let made = Base64URL.encode(Digests.sha256(verifier.utf8))
    return Digests.areEqual(Array(made.utf8), challenge.utf8)
      ? nil : .error(400, "invalid_grant", "code_verifier does not match code_challenge")
  }

  /// `{"error": …, "description": …, "status": …}`
  static func ordered(_ order: JSONObject) -> Reply {
    let code = order["error"]?.text?.string ?? "server_error"
    let status = Int(min(max(order["status"]?.integer ?? 400, 200), 599))
    return .error(status, code, order["description"]?.text?.string ?? "ordered")
  }
}
