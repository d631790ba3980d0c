import Formats
import Model
import OIDC

/// What is kept of a login, sealed. Tokens are only put in after `OIDC.verify` accepted them.
struct SessionRecord: Sendable {
  var idToken: UnverifiedToken
  var refreshToken: Secret?
  var loggedInAt: WallTime
  /// The last successful redemption of a refresh token.
  var refreshedAt: WallTime?
  /// Where the provider told (`refresh_expires_in`), when the refresh token ends unless it is used.
  private(set) var refreshExpiresAt: WallTime?
  /// The same moment on a clock that nobody sets; nil where nothing tells boots apart, and in what an older daypass
  /// stored.
  private(set) var refreshEnd: BootMoment?
  /// Whether redeeming a refresh token gave a new one; nil before the first.
  var rotates: Bool?
  /// Whether a refresh answer held an ID token; nil before the first.
  var refreshGivesIDToken: Bool?
  /// When a redemption of `refreshToken` was begun whose answer is not stored yet.
  var redeemingSince: WallTime?
  /// When the ID token ends, on a clock that nobody sets; nil where nothing tells boots apart.
  var idTokenEnd: BootMoment?
  /// Whose it is and how to reach who gave it; nil in what an older daypass stored.
  var origin: SessionOrigin?
  /// The provider said that the session is over: nothing new is bought with it, whatever is left of the ID token.
  var wasEnded = false

  func encoded() -> Secret {
    var members: [(String, JSON)] = [
      ("id_token", .string(ByteText(idToken.raw.exposedText()))),
      ("logged_in_at", JSON(loggedInAt.seconds)),
    ]
    if let refreshToken { members.append(("refresh_token", .string(ByteText(refreshToken.exposedText())))) }
    if let refreshedAt { members.append(("refreshed_at", JSON(refreshedAt.seconds))) }
    if let refreshExpiresAt { members.append(("refresh_expires_at", JSON(refreshExpiresAt.seconds))) }
    if let refreshEnd {
      members.append(("refresh_boot", .string(ByteText(refreshEnd.boot))))
      members.append(("refresh_ends_at_boot_ns", JSON(refreshEnd.time.nanoseconds)))
    }
    if let rotates { members.append(("rotates", .bool(rotates))) }
    if let refreshGivesIDToken { members.append(("refresh_gives_id_token", .bool(refreshGivesIDToken))) }
    if let redeemingSince { members.append(("redeeming_since", JSON(redeemingSince.seconds))) }
    if let idTokenEnd {
      members.append(("id_token_boot", .string(ByteText(idTokenEnd.boot))))
      members.append(("id_token_ends_at_boot_ns", JSON(idTokenEnd.time.nanoseconds)))
    }
    members += origin?.members ?? []
    if wasEnded { members.append(("was_ended", .bool(true))) }
    return Secret(JSON.object(JSONObject(members)).serialized())
  }

  /// Nil if it is not what `encoded` writes.
  init?(_ plaintext: Secret) {
    guard let object = try? JSON.parse(plaintext.exposedBytes()).object,
      let idToken = object["id_token"]?.text, let loggedInAt = object["logged_in_at"]?.integer
    else { return nil }
    self.idToken = UnverifiedToken(Secret(idToken.utf8))
    self.loggedInAt = WallTime(seconds: loggedInAt)
    refreshToken = object["refresh_token"]?.text.map { Secret($0.utf8) }
    refreshedAt = object["refreshed_at"]?.integer.map { WallTime(seconds: $0) }
    refreshExpiresAt = object["refresh_expires_at"]?.integer.map { WallTime(seconds: $0) }
    refreshEnd = BootMoment(boot: object["refresh_boot"], nanoseconds: object["refresh_ends_at_boot_ns"])
    rotates = object["rotates"]?.bool
    refreshGivesIDToken = object["refresh_gives_id_token"]?.bool
    redeemingSince = object["redeeming_since"]?.integer.map { WallTime(seconds: $0) }
    idTokenEnd = BootMoment(boot: object["id_token_boot"], nanoseconds: object["id_token_ends_at_boot_ns"])
    origin = SessionOrigin(object)
    wasEnded = object["was_ended"]?.bool ?? false
  }

  init(idToken: UnverifiedToken, refreshToken: Secret?, loggedInAt: WallTime) {
    self.idToken = idToken
    self.refreshToken = refreshToken
    self.loggedInAt = loggedInAt
  }
}

extension SessionRecord {
  /// Takes an ID token that has just come, verified.
  mutating func take(_ token: UnverifiedToken, until expiration: WallTime, _ surroundings: Surroundings) {
    idToken = token
    idTokenEnd = surroundings.moment(in: expiration - surroundings.clocks.wall())
  }

  /// Takes what was told just now of the refresh token's end.
  ///
  /// - Parameter seconds: until then; nil where nobody knows.
  mutating func takeRefreshEnd(in seconds: Int64?, _ surroundings: Surroundings) {
    refreshExpiresAt = seconds.map { surroundings.clocks.wall() + $0 }
    refreshEnd = seconds.flatMap { surroundings.moment(in: $0) }
  }

  /// Seconds left of an ID token that ends then.
  func secondsLeft(until expiration: WallTime, _ surroundings: Surroundings) -> Int64 {
    surroundings.secondsLeft(until: expiration, idTokenEnd)
  }

  /// Seconds left of the refresh token; nil where nobody knows.
  func refreshSecondsLeft(_ surroundings: Surroundings) -> Int64? {
    refreshExpiresAt.map { surroundings.secondsLeft(until: $0, refreshEnd) }
  }
}
