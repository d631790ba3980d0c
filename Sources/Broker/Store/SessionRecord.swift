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
  var refreshExpiresAt: WallTime?
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
    rotates = object["rotates"]?.bool
    refreshGivesIDToken = object["refresh_gives_id_token"]?.bool
    redeemingSince = object["redeeming_since"]?.integer.map { WallTime(seconds: $0) }
    if let boot = object["id_token_boot"]?.text?.string, let end = object["id_token_ends_at_boot_ns"]?.integer {
      idTokenEnd = BootMoment(boot: boot, time: BootTime(nanoseconds: end))
    }
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
    let left = Duration.seconds(min(max(0, expiration - surroundings.clocks.wall()), 1 << 32))
    idTokenEnd = surroundings.bootID.map { BootMoment(boot: $0, time: surroundings.clocks.boot() + left) }
  }

  /// Seconds left of an ID token that ends then: the less of what both clocks say, so that a wall clock that was set
  /// back revives nothing.
  func secondsLeft(until expiration: WallTime, _ surroundings: Surroundings) -> Int64 {
    let left = expiration - surroundings.clocks.wall()
    guard let idTokenEnd, idTokenEnd.boot == surroundings.bootID else { return left }
    return min(left, (idTokenEnd.time - surroundings.clocks.boot()).components.seconds)
  }
}
