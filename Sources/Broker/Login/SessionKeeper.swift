import Formats
public import Model
public import OIDC

/// Keeps a session's ID token valid by its refresh token, one redemption at a time across all processes.
struct SessionKeeper {
  let surroundings: Surroundings
  let profile: Profile
  let store: SessionStore

  init(_ surroundings: Surroundings, profile: Profile) throws(Failure) {
    self.surroundings = surroundings
    self.profile = profile
    store = SessionStore(surroundings, key: try LoginFlow.sessionKey(profile), profile: profile)
  }

  /// A session as it is now, with its identity read back.
  func current() throws(Failure) -> StoredSession {
    let (record, reference) = try store.require()
    return try stored(record, reference)
  }

  /// A session whose ID token lasts for `minimumTTL` seconds more, refreshed if need be. Where that fails for a passing
  /// reason, or the provider gives nothing newer, the present token is returned as long as it is valid at all.
  func fresh(minimumTTL: Int64, until deadline: BootTime) throws(Failure) -> StoredSession {
    let session = try current()
    if left(session) >= minimumTTL { return session }
    guard session.record.refreshToken != nil else {
      guard left(session) > 0 else { throw ended(session, nil) }
      return session
    }
    let lock = try store.lock(until: deadline)
    defer { lock.unlock() }
    // Whoever held the lock may have refreshed; its refresh token is the only one that is still good.
    let locked = try current()
    if left(locked) >= minimumTTL { return locked }
    do throws(Failure) {
      return try refreshed(locked, until: deadline)
    } catch {
      guard left(locked) > 0, error.kind == .unreachable || error.kind == .loginRequired else { throw error }
      surroundings.diagnostics.log(.warning, "\(error.message); going on with the ID token there is")
      return locked
    }
  }

  private func left(_ session: StoredSession) -> Int64 { session.identity.expiration - surroundings.clocks.wall() }

  private func refreshed(_ session: StoredSession, until deadline: BootTime) throws(Failure) -> StoredSession {
    var record = session.record
    guard let refreshToken = record.refreshToken else { throw ended(session, nil) }
    let answerWasLost = record.redeemingSince != nil
    let provider = Provider(surroundings, profile, store.key)
    let metadata = try provider.metadata(needs: [], until: deadline)
    let client = try provider.client(metadata)
    let room = try mark(&record, session.reference)

    let redemption: Redemption
    do throws(RedemptionProblem) {
      redemption = try provider.redemption(of: refreshToken, metadata, client: client, until: deadline)
    } catch {
      guard case .ended(let reason) = error else { throw error.failure }
      // Later callers shall fail at once, without asking the provider again.
      record.refreshToken = nil
      record.redeemingSince = nil
      _ = try? store.write(record, existing: session.reference)
      throw ended(session, answerWasLost ? "a new refresh token was lost on the way" : reason.message)
    }

    // Stored before anything else is done with the answer: the old refresh token may be worthless now.
    let now = surroundings.clocks.wall()
    record.refreshToken = redemption.keep
    record.rotates = redemption.wasRotated || record.rotates == true
    record.redeemingSince = nil
    record.refreshedAt = now
    record.refreshGivesIDToken = redemption.tokens.idToken != nil
    if let seconds = redemption.tokens.refreshExpiresIn { record.refreshExpiresAt = now + seconds }
    try keep(record, session.reference, in: room)

    guard let idToken = redemption.tokens.idToken else {
      guard left(session) > 0 else {
        throw Failure(
          .loginRequired, "the ID token expired and the provider gives no new one at a refresh",
          hint: "run `\(store.loginCommand)`; or have the provider issue longer ID tokens")
      }
      return try stored(record, session.reference)
    }
    let identity = try provider.verify(
      idToken, metadata, accessToken: redemption.tokens.accessToken, nonce: nil, requestedAt: nil,
      subject: session.identity.subject, until: deadline)
    record.idToken = idToken
    try keep(record, session.reference, in: nil)
    return StoredSession(record, identity, session.reference, store.key)
  }

  /// Says on disk that a redemption has begun, so that a crash before its answer is stored can be told later, and takes
  /// the room for that answer. Only a provider that does not rotate loses nothing when neither is possible.
  private func mark(_ record: inout SessionRecord, _ reference: KeyReference) throws(Failure) -> (any ReservedWrite)? {
    record.redeemingSince = surroundings.clocks.wall()
    do throws(Failure) {
      try store.write(record, existing: reference)
      return try store.reserve()
    } catch {
      guard record.rotates == false else { throw error }
      surroundings.diagnostics.log(.warning, error.message)
      return nil
    }
  }

  private func keep(_ record: SessionRecord, _ reference: KeyReference, in room: (any ReservedWrite)?) throws(Failure) {
    do throws(Failure) {
      try store.write(record, existing: reference, in: room)
    } catch {
      guard record.rotates == false else { throw error }
      surroundings.diagnostics.log(.warning, error.message)
    }
  }

  private func stored(_ record: SessionRecord, _ reference: KeyReference) throws(Failure) -> StoredSession {
    do throws(VerificationError) {
      return StoredSession(record, try VerifiedIdentity.restored(from: record.idToken), reference, store.key)
    } catch {
      surroundings.diagnostics.log(.warning, "the stored session is damaged and not used")
      throw store.loginRequired("no usable session for \(store.key.issuer.printable())")
    }
  }

  private func ended(_ session: StoredSession, _ reason: String?) -> Failure {
    store.loginRequired(
      reason ?? "the session ended at \(RFC3339.format(session.identity.expiration)) and has no refresh token")
  }
}

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

  public var canRefresh: Bool { record.refreshToken != nil }
  /// Whether a refresh was seen to bring no ID token: the session then ends with the present one.
  public var refreshGivesNoIDToken: Bool { record.refreshGivesIDToken == false }
  /// When the refresh token ends, where the provider tells; the ID token's end where there is no refresh token.
  public var endsAt: WallTime? { canRefresh ? record.refreshExpiresAt : identity.expiration }
}
