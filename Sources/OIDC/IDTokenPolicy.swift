public import Model

/// What an ID token must be to be believed (OIDC Core §3.1.3.7, RFC 8725).
public struct IDTokenPolicy: Sendable {
  /// Audiences that AWS needs beside the client.
  public static let awsAudiences: [ByteText] = ["sts.amazonaws.com", "sts.amazonaws.com.cn"]

  public var issuer: ByteText
  public var clientID: ByteText
  /// Accepted in `aud` beside the client, if `azp` is the client; anything else there is refused.
  public var extraAudiences: [ByteText]
  /// What the request sent; nil for the device grant, which cannot send one.
  public var nonce: ByteText?
  public var now: WallTime
  /// Seconds by which the clocks may differ.
  public var leeway: Int64 = 60
  /// When the login began: an older token is a replay. Nil at a refresh, which may return the token it has.
  public var requestedAt: WallTime?
  /// The session's subject at a refresh (OIDC Core §12.2).
  public var subject: ByteText?
  /// The access token that came along, for `at_hash`.
  public var accessToken: Secret?

  public init(
    issuer: ByteText, clientID: ByteText, extraAudiences: [ByteText] = awsAudiences, nonce: ByteText? = nil,
    now: WallTime,
    requestedAt: WallTime? = nil, subject: ByteText? = nil, accessToken: Secret? = nil
  ) {
    self.issuer = issuer
    self.clientID = clientID
    self.extraAudiences = extraAudiences
    self.nonce = nonce
    self.now = now
    self.requestedAt = requestedAt
    self.subject = subject
    self.accessToken = accessToken
  }
}
