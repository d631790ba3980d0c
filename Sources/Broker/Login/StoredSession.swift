public import Model
public import OIDC

/// A session on disk with the identity it holds.
public struct StoredSession: Sendable {
  var record: SessionRecord
  public var identity: VerifiedIdentity
  let reference: KeyReference
  let key: SessionKey

  init(_ record: SessionRecord, _ identity: VerifiedIdentity, _ reference: KeyReference, _ key: SessionKey) {
    self.record = record
    self.identity = identity
    self.reference = reference
    self.key = key
  }
}

extension StoredSession {
  public var sealedBy: SealingPlace { reference.place }

  /// Whether there is a refresh token that is not known to be useless.
  public var canRefresh: Bool { record.refreshToken != nil && !refreshGivesNoIDToken }
  /// Whether the provider said that it is over; only a login helps.
  public var wasEnded: Bool { record.wasEnded }
  /// Whether a refresh was seen to bring no ID token: the session then ends with the present one.
  public var refreshGivesNoIDToken: Bool { record.refreshGivesIDToken == false }
  /// When the refresh token ends: as the provider told, else as `session_lifetime` says; the ID token's end where there
  /// is nothing to refresh it with.
  public func end(_ profile: Profile) -> WallTime? {
    guard canRefresh else { return identity.expiration }
    return record.refreshExpiresAt ?? profile.sessionLifetime.map { record.loggedInAt + $0.components.seconds }
  }

  /// Seconds to that end, by the less of both clocks; nil where nobody told it, whatever `session_lifetime` says.
  func secondsLeft(_ surroundings: Surroundings) -> Int64? {
    canRefresh
      ? record.refreshSecondsLeft(surroundings) : record.secondsLeft(until: identity.expiration, surroundings)
  }

  /// The login counts as the first.
  var refreshedAt: WallTime { record.refreshedAt ?? record.loggedInAt }

  /// Seconds from its last renewal, or from the login where nothing renews it, to its end; nil where nobody knows.
  func length(_ profile: Profile) -> Int64? {
    let isRenewed = !canRefresh || record.refreshExpiresAt != nil
    return end(profile).map { max(0, $0 - (isRenewed ? refreshedAt : record.loggedInAt)) }
  }
}
