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
  /// When the refresh token ends, where the provider tells; the ID token's end where there is nothing to refresh it
  /// with.
  public var endsAt: WallTime? { canRefresh ? record.refreshExpiresAt : identity.expiration }
}
