import Formats
import Model

/// What a redeemed grant leads to: the token reply, the session behind it, its renewal and its end.
extension State {
  mutating func openSession(user: ByteText, client: ByteText, scopes: [ByteText]) -> Int {
    sessions.append(
      Session(user: user, client: client, scopes: scopes, authenticated: wall, current: Self.newRefreshToken()))
    return sessions.count - 1
  }

  private static func newRefreshToken() -> ByteText { ByteText("sandbox-rt-" + Digests.randomText(43)) }

  mutating func tokens(_ session: Int, nonce: ByteText?, isRefresh: Bool) -> Reply {
    let session = sessions[session]
    let accessToken = "sandbox-at-" + Digests.randomText(43)
    var members: [(String, JSON)] = [
      ("access_token", JSON(accessToken)),
      ("token_type", "Bearer"),
      ("expires_in", JSON(behaviours.seconds(.accessTokenLifetime, default: 3_600))),
      ("scope", .string(ByteText(session.scopes.map(\.string).joined(separator: " ")))),
    ]
    if session.scopes.contains("openid") {
      let token = idToken(session, accessToken: accessToken, nonce: nonce)
      members.append(("id_token", JSON(String(decoding: token, as: UTF8.self))))
      secrets.add(String(decoding: token, as: UTF8.self))
    }
    if session.scopes.contains("offline_access") { members.append(("refresh_token", .string(session.current))) }
    secrets.add(accessToken, session.current.string)
    behaviours.apply(
      set: isRefresh ? .refreshSet : .tokenSet, omit: isRefresh ? .refreshOmit : .tokenOmit, to: &members)
    return .json(200, .object(JSONObject(members)))
  }

  /// RFC 6749 §6; with rotation, a token used twice ends the whole session (RFC 9700 §4.14.2).
  mutating func refresh(_ client: Cast.Client, _ parameters: Parameters) -> Reply {
    guard let token = parameters["refresh_token"] else {
      return .error(400, "invalid_request", "refresh_token is missing")
    }
    if let order = behaviours.take(.refreshError) { return Self.ordered(order) }
    guard let index = session(of: token, for: client) else {
      return .error(400, "invalid_grant", "no such refresh token")
    }
    guard !sessions[index].isRevoked else { return .error(400, "invalid_grant", "the session has been revoked") }
    if sessions[index].used.contains(token), !behaviours.isOn(.reuseLeeway) {
      sessions[index].isRevoked = true
      return .error(400, "invalid_grant", "the refresh token has been used before; the session is revoked")
    }
    let asked = parameters.list("scope")
    if let more = asked.first(where: { !sessions[index].scopes.contains($0) }) {
      return .error(400, "invalid_scope", "\(more.printable()) was not granted")
    }
    sessions[index].refreshes += 1
    if behaviours.isOn(.rotateRefresh) {
      sessions[index].used.insert(token)
      sessions[index].current = Self.newRefreshToken()
    }
    return tokens(index, nonce: nil, isRefresh: true)
  }

  /// RFC 7009: 200 whether or not there was something to revoke.
  mutating func revoke(_ request: Request, _ parameters: Parameters) -> Reply {
    let client: Cast.Client
    switch authenticate(request, parameters) {
    case .failure(let refusal): return refusal.reply
    case .success(let found): client = found
    }
    guard let token = parameters["token"] else { return .error(400, "invalid_request", "token is missing") }
    if let index = session(of: token, for: client) {
      sessions[index].isRevoked = true
      return Reply(status: 200, outcome: "revoked")
    }
    return Reply(status: 200)
  }

  private func session(of token: ByteText, for client: Cast.Client) -> Int? {
    sessions.firstIndex { $0.client == client.id && ($0.current == token || $0.used.contains(token)) }
  }
}
