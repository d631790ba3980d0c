import Formats
import Model

/// The device authorization endpoint (RFC 8628 §3.1, §3.2), with PKCE as it is used there (RFC 7636).
extension State {
  mutating func authorizeDevice(_ request: Request, _ parameters: Parameters) -> Reply {
    let client: Cast.Client
    switch authenticate(request, parameters) {
    case .failure(let refusal): return refusal.reply
    case .success(let found): client = found
    }
    let scopes = parameters.list("scope")
    if let unknown = scopes.first(where: { !cast.scopes.contains($0) }) {
      return .error(400, "invalid_scope", "this client may not ask for \(unknown.printable())")
    }
    let challenge = parameters["code_challenge"]
    if challenge == nil, behaviours.isOn(.requirePKCE) {
      return .error(400, "invalid_request", "code_challenge is required")
    }
    if challenge != nil, parameters["code_challenge_method"] != ByteText("S256") {
      return .error(400, "invalid_request", "code_challenge_method must be S256")
    }
    let now = Moments.monotonic()
    devices.removeAll { $0.expires + .seconds(3_600) < now }
    let lifetime = behaviours.seconds(.expiresIn, default: 600)
    var grant = DeviceGrant(
      deviceCode: ByteText(Digests.randomText(40)), userCode: ByteText(Self.newUserCode()), client: client.id,
      scopes: scopes, challenge: challenge, interval: min(max(behaviours.seconds(.interval, default: 5), 0), 3_600),
      issued: now, expires: now + .seconds(min(max(lifetime, 0), 86_400)))
    if let user = behaviours[.autoApprove]?.text { grant.status = .approved(user) }
    if let shown = behaviours[.deviceSet]?.object?["user_code"]?.text { grant.userCode = shown }
    devices.append(grant)
    secrets.add(grant.deviceCode.string)
    return .json(200, deviceReply(grant, lifetime: lifetime))
  }

  private func deviceReply(_ grant: DeviceGrant, lifetime: Int64) -> JSON {
    let page = place.url(.device)
    let name = behaviours.isOn(.verificationURL) ? "verification_url" : "verification_uri"
    var members: [(String, JSON)] = [
      ("device_code", .string(grant.deviceCode)),
      ("user_code", .string(grant.userCode)),
      (name, JSON(page)),
      ("verification_uri_complete", JSON(page + "?user_code=" + FormEncoding.percentEncode(grant.userCode.utf8))),
      ("expires_in", JSON(lifetime)),
      ("interval", JSON(behaviours.seconds(.interval, default: 5))),
    ]
    behaviours.apply(set: .deviceSet, omit: .deviceOmit, to: &members)
    return .object(JSONObject(members))
  }

  /// Consonants only, without those that look or sound like another: no words, nothing to mistake (RFC 8628 §6.1).
  private static func newUserCode() -> String {
    let letters = "BCDFGHJKLMNPQRSTVWXZ"
    return Digests.randomText(4, from: letters) + "-" + Digests.randomText(4, from: letters)
  }
}
