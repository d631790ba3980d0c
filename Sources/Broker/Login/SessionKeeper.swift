import Formats
import Model
import OIDC

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

  /// Which ID token is good enough.
  enum Need {
    /// Valid, and for this many seconds more where that can be had.
    case lasting(Int64)
    /// Valid, and another one than this, which somebody refused, where that can be had.
    case otherThan(UnverifiedToken)
  }

  /// A session as it is now, with its identity read back.
  func current() throws(Failure) -> StoredSession {
    let (record, reference) = try store.require()
    return try stored(record, reference)
  }

  /// A session whose ID token is as needed, refreshed if need be. Where that cannot be done, the present token is
  /// returned as long as it is valid at all.
  func fresh(_ need: Need, until deadline: BootTime) throws(Failure) -> StoredSession {
    let session = try current()
    if try settles(need, session) { return session }
    let earlier = store.failures.current()
    if let earlier { return try valid(session, else: earlier.again) }
    let lock: (any StateLock)?
    do throws(Failure) {
      lock = try self.lock(for: session, until: deadline)
    } catch {
      return try valid(session, else: error)
    }
    defer { lock?.unlock() }
    // Whoever held the lock may have refreshed, and its refresh token is the only one that is still good; or it failed.
    let locked = try current()
    if try settles(need, locked) { return locked }
    // Some providers' tokens never live as long as is wanted: what came while this waited is as good as the next.
    if locked.identity.token != session.identity.token, left(locked) > 0 { return locked }
    if let failure = store.failures.current() { return try valid(locked, else: failure.again) }
    do throws(Setback) {
      let refreshed = try refreshed(locked, until: deadline)
      store.failures.forget()
      return refreshed
    } catch {
      // What became of a session that is gone is nobody's failure to refresh.
      if !error.wasSuperseded { store.failures.record(error) }
      return try valid(locked, else: error.failure)
    }
  }

  private func left(_ session: StoredSession) -> Int64 {
    session.record.secondsLeft(until: session.identity.expiration, surroundings)
  }

  /// Whether a session is what there is to be had without asking the provider: it is as needed, or there is no asking.
  private func settles(_ need: Need, _ session: StoredSession) throws(Failure) -> Bool {
    if session.wasEnded {
      throw store.loginRequired("the session at \(store.key.issuer.printable()) was ended by the provider")
    }
    if isMet(need, by: session) { return true }
    guard !session.canRefresh else { return false }
    guard left(session) > 0 else { throw ended(session) }
    return true
  }

  private func isMet(_ need: Need, by session: StoredSession) -> Bool {
    guard left(session) > 0 else { return false }
    switch need {
    case .lasting(let seconds): return left(session) >= seconds
    case .otherThan(let token): return session.identity.token != token
    }
  }

  private func valid(_ session: StoredSession, else failure: Failure) throws(Failure) -> StoredSession {
    switch failure.kind {
    // Whoever ended the session at the provider did not mean it to go on here for the rest of a token's life.
    case .interrupted, .loginRequired: throw failure
    default: break
    }
    guard left(session) > 0 else { throw failure }
    surroundings.diagnostics.log(.warning, "\(failure.message); going on with the ID token there is")
    return session
  }

  /// Nil where there can be none, and a provider that does not rotate makes it no loss to do without.
  private func lock(for session: StoredSession, until deadline: BootTime) throws(Failure) -> (any StateLock)? {
    do throws(Failure) {
      return try store.lock(until: deadline)
    } catch {
      guard error.kind == .output, session.record.rotates == false else { throw error }
      surroundings.warnOfUnkept(error)
      return nil
    }
  }

  // MARK: Redeeming

  private func refreshed(_ session: StoredSession, until deadline: BootTime) throws(Setback) -> StoredSession {
    guard let refreshToken = session.record.refreshToken else { throw Setback(ended(session)) }
    let provider = Provider(surroundings, profile, store.key)
    let (metadata, client) = try reach(provider, until: deadline)
    if let other = try superseded(session.record) { return other }
    var record = session.record
    let ready = try mark(&record, session.reference)
    let redemption: Redemption
    do throws(RedemptionProblem) {
      redemption = try provider.redeem(
        refreshToken, metadata, client: client, mayRepeat: record.rotates == false, until: deadline)
    } catch {
      if !error.isInterruption, let other = try superseded(session.record) { return other }
      throw setback(error, session)
    }

    // A login or a logout that would not wait any longer for this lock: what was bought is nobody's.
    do throws(Setback) {
      if let other = try superseded(session.record) {
        if redemption.wasRotated { provider.discard(redemption.keep, of: session.identity.subject, metadata) }
        return other
      }
    } catch {
      if redemption.wasRotated { provider.discard(redemption.keep, of: session.identity.subject, metadata) }
      throw error
    }

    // Stored before anything else is done with the answer: the old refresh token may be worthless now.
    let now = surroundings.clocks.wall()
    record.refreshToken = redemption.keep
    record.rotates = redemption.wasRotated || record.rotates == true
    record.redeemingSince = nil
    record.refreshedAt = now
    record.refreshGivesIDToken = redemption.tokens.idToken != nil
    noteRefreshEnd(of: redemption, in: &record)
    keep(record, over: session.record, session.reference, ready)

    guard let idToken = redemption.tokens.idToken else {
      guard left(session) > 0 else { throw Setback(ended(session)) }
      return StoredSession(record, session.identity, session.reference, store.key)
    }
    do throws(Failure) {
      let identity = try provider.verify(
        idToken, metadata, accessToken: redemption.tokens.accessToken, nonce: nil, requestedAt: nil,
        subject: session.identity.subject, until: deadline)
      record.take(idToken, until: identity.expiration, surroundings)
      keep(record, over: session.record, session.reference)
      return StoredSession(record, identity, session.reference, store.key)
    } catch {
      throw Setback(error)
    }
  }

  /// Where the answer does not tell: an end that was told of another refresh token says nothing of this one, and one
  /// that this token has outlived was not its end.
  private func noteRefreshEnd(of redemption: Redemption, in record: inout SessionRecord) {
    let told = redemption.tokens.refreshExpiresIn
    let isOutlived = record.refreshSecondsLeft(surroundings).map { $0 <= 0 } ?? false
    guard told != nil || redemption.wasRotated || isOutlived else { return }
    record.takeRefreshEnd(in: told, surroundings)
  }

  private func reach(
    _ provider: Provider, until deadline: BootTime
  ) throws(Setback) -> (ProviderMetadata, ClientAuthentication) {
    do throws(Failure) {
      let metadata = try provider.metadata(needs: [], until: deadline)
      return (metadata, try provider.client(metadata))
    } catch {
      throw Setback(error)
    }
  }

  /// What the answer to a redemption is stored with. Between the two nothing need be read or found any more: whatever
  /// fails there would cost the session.
  private struct Readiness {
    let key: SealingKey
    let room: any ReservedWrite
  }

  /// Says on disk that a redemption has begun, so that a crash before its answer is stored can be told later, and gets
  /// ready for that answer. Only a provider that does not rotate loses nothing when neither is possible.
  private func mark(_ record: inout SessionRecord, _ reference: KeyReference) throws(Setback) -> Readiness? {
    record.redeemingSince = record.redeemingSince ?? surroundings.clocks.wall()
    // What an older daypass stored does not tell whose it is.
    record.origin = record.origin ?? SessionOrigin(store.key, profile)
    do throws(Failure) {
      let ready = Readiness(key: try store.key(like: reference), room: try store.reserve())
      try store.write(record, under: ready.key, in: nil)
      return ready
    } catch {
      guard error.kind == .output, record.rotates == false else { throw Setback(error) }
      surroundings.warnOfUnkept(error)
      return nil
    }
  }

  /// What cannot be stored now is still good for this run, and the room for it was taken before; a failure here is the
  /// disk's.
  private func keep(
    _ record: SessionRecord, over marked: SessionRecord, _ reference: KeyReference, _ ready: Readiness? = nil
  ) {
    guard standing([marked, record]) == .same else { return }
    do throws(Failure) {
      if let ready {
        try store.write(record, under: ready.key, in: ready.room)
      } else {
        try store.write(record, like: reference)
      }
    } catch {
      surroundings.warnOfUnkept(error)
    }
  }

  /// Keeps what the provider's refusal says about the refresh token.
  private func setback(_ problem: RedemptionProblem, _ session: StoredSession) -> Setback {
    var record = session.record
    if problem.answerMayBeLost { record.redeemingSince = record.redeemingSince ?? surroundings.clocks.wall() }
    switch problem.meaning {
    case .later(let retryAfter):
      keep(record, over: session.record, session.reference)
      return Setback(problem.failure, retryAfter: retryAfter)
    case .failed:
      keep(record, over: session.record, session.reference)
      return Setback(problem.failure)
    case .ended(let hasReason):
      let mayBeLost = record.redeemingSince != nil
      // Later callers shall fail at once, without asking the provider again.
      if hasReason {
        record.refreshToken = nil
        record.wasEnded = true
      }
      record.redeemingSince = nil
      keep(record, over: session.record, session.reference)
      let doubt =
        "; an earlier refresh brought no answer that could be used: if the provider gave one, the refresh token that "
        + "replaced this one was lost with it"
      return Setback(store.loginRequired(problem.failure.message + (mayBeLost ? doubt : "")))
    }
  }

  // MARK: Others

  private enum Standing {
    case same, replaced, removed
  }

  /// What is on disk in the place of a session, which may stand there as any of `records`. A file that cannot be looked
  /// at now is taken for the same: whatever it was, its lock is held here.
  private func standing(_ records: [SessionRecord]) -> Standing {
    guard let reading = try? store.read() else { return .same }
    switch reading {
    case .session(let there, _):
      let isSame = records.contains { $0.loggedInAt == there.loggedInAt && $0.refreshToken == there.refreshToken }
      return isSame ? .same : .replaced
    case .locked: return .same
    case .none: return store.isRemoved ? .removed : .same
    }
  }

  /// The session that a login put in the place of this one without waiting for the lock; nil while this one stands.
  private func superseded(_ record: SessionRecord) throws(Setback) -> StoredSession? {
    do throws(Failure) {
      switch standing([record]) {
      case .same: return nil
      case .removed: throw store.loginRequired("the session was logged out meanwhile")
      case .replaced:
        let other = try current()
        guard left(other) > 0, !other.wasEnded else {
          throw store.loginRequired("another login replaced the session meanwhile")
        }
        return other
      }
    } catch {
      var setback = Setback(error)
      setback.wasSuperseded = true
      throw setback
    }
  }

  // MARK: Words

  func stored(_ record: SessionRecord, _ reference: KeyReference) throws(Failure) -> StoredSession {
    do throws(VerificationError) {
      return StoredSession(record, try VerifiedIdentity.restored(from: record.idToken), reference, store.key)
    } catch {
      surroundings.warnOnce("the stored session is damaged and not used")
      throw store.loginRequired("no usable session for \(store.key.issuer.printable())")
    }
  }

  private func ended(_ session: StoredSession) -> Failure {
    let end = RFC3339.format(session.identity.expiration)
    guard session.refreshGivesNoIDToken else {
      return store.loginRequired("the session ended at \(end) and has no refresh token")
    }
    return Failure(
      .loginRequired, "the ID token expired at \(end), and the provider gives no new one at a refresh",
      hint: "run `\(store.loginCommand)`; or have the provider issue longer ID tokens, or an ID token at each refresh")
  }
}
