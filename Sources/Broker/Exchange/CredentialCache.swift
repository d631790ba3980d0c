import Model

/// Credentials on disk: one sealed file for each `CredentialKey`, and beside it what is remembered of a failed renewal.
/// Those of a caller who can prove nothing stay in memory.
struct CredentialCache {
  let surroundings: Surroundings
  let name: String
  private let sealed: SealedStore
  private let isOnDisk: Bool

  init(_ surroundings: Surroundings, key: CredentialKey, store: StoreChoice) {
    self.surroundings = surroundings
    sealed = SealedStore(surroundings, store)
    isOnDisk = key.mayBeKept
    let session = key.session.map { SessionStore.prefix + $0.fingerprint.name(surroundings.cryptography) }
    name = CredentialCache.prefix(session) + key.fingerprint.name(surroundings.cryptography)
  }

  /// How the names of all credentials begin that were bought with one session, so that a logout finds them without
  /// knowing for which roles; one for all those that were bought without.
  ///
  /// - Parameter session: the name of its file.
  private static func prefix(_ session: String?) -> String {
    "credentials-\(session.map { $0.dropFirst(SessionStore.prefix.count).prefix(16) } ?? "issued")-"
  }

  /// Renewals that failed.
  var failures: FailureRecord {
    FailureRecord(surroundings: surroundings, name: name, isKept: isOnDisk)
  }

  /// Nil where there is nothing usable, for whatever reason but a state directory that must not be used: buying again
  /// is always possible.
  func read() throws(Failure) -> Lease? {
    guard isOnDisk else { return surroundings.leases[name] }
    do throws(Failure) {
      guard case .opened(let plaintext, _) = try sealed.read(name, kind: .credentials) else { return nil }
      return Lease(plaintext)
    } catch {
      guard error.kind == .output else { throw error }
      surroundings.warnOfUnkept(error)
      return nil
    }
  }

  /// - Parameter like: the key of the session that bought them.
  func write(_ lease: Lease, like: KeyReference?) throws(Failure) {
    guard isOnDisk else {
      surroundings.leases[name] = lease
      return
    }
    try sealed.write(lease.encoded(), to: name, kind: .credentials, like: like)
  }

  /// Nil where there is no place for one, or it cannot be written: no reason to refuse what needs none.
  func lock(until deadline: BootTime) throws(Failure) -> (any StateLock)? {
    guard surroundings.state != nil, isOnDisk else { return nil }
    do throws(Failure) {
      return try surroundings.inState { (state) throws(StateFailure) in try state.lock(name, deadline: deadline) }
    } catch {
      guard error.kind == .output else { throw error }
      surroundings.warnOfUnkept(error)
      return nil
    }
  }

  // MARK: Deleting

  /// Deletes everything bought with a session, as far as it can be deleted. Returns the latest end of what was still
  /// valid.
  static func forget(
    boughtWith session: String, _ surroundings: Surroundings, store: StoreChoice
  ) throws(Failure) -> WallTime? {
    try forget(beginning: prefix(session), surroundings, store: store)
  }

  /// The same of everything that was ever bought.
  static func forgetAll(_ surroundings: Surroundings, store: StoreChoice) throws(Failure) -> WallTime? {
    try forget(beginning: "credentials-", surroundings, store: store)
  }

  /// What is not as it was written here (damaged, linked, foreign, open to others) is said and left alone.
  private static func forget(
    beginning prefix: String, _ surroundings: Surroundings, store: StoreChoice
  ) throws(Failure) -> WallTime? {
    guard surroundings.state != nil else { return nil }
    let sealed = SealedStore(surroundings, store)
    var latest: WallTime?
    var problem: Failure?
    for name in try names(prefix, surroundings) {
      do throws(Failure) {
        if name.hasSuffix(FailureRecord.suffix) {
          guard try surroundings.readState(name) != nil else { continue }
        } else {
          let found = try sealed.read(name, kind: .credentials)
          if case .absent = found { continue }
          if case .opened(let plaintext, _) = found, let lease = Lease(plaintext), lease.secondsLeft(surroundings) > 0 {
            latest = max(latest ?? lease.credentials.expiration, lease.credentials.expiration)
          }
        }
        try surroundings.inState { (state) throws(StateFailure) in try state.remove(name) }
      } catch {
        problem = error
      }
    }
    if let problem { throw problem }
    return latest
  }

  /// Deletes what is remembered of failed renewals of what was bought with a session: a person who logs in anew has
  /// mended what there was to mend.
  static func forgetFailures(boughtWith session: String, _ surroundings: Surroundings) {
    guard let names = try? names(prefix(session), surroundings) else { return }
    for name in names where name.hasSuffix(FailureRecord.suffix) { try? surroundings.state?.remove(name) }
  }

  /// Deletes what was bought with other pre-issued tokens and has expired: each token has a file of its own, and is
  /// soon replaced by the next.
  ///
  /// Not after each purchase: one run may make thousands, and would look at the others' files each time.
  func forgetExpiredOthers(store: StoreChoice) {
    guard surroundings.clearance.isDue(at: surroundings.clocks.boot()),
      let names = try? CredentialCache.names(CredentialCache.prefix(nil), surroundings)
    else { return }
    let all = Set(names)
    for name in names where name != self.name {
      if name.hasSuffix(FailureRecord.suffix) {
        let data = String(name.dropLast(FailureRecord.suffix.count))
        let failure = FailureRecord(surroundings: surroundings, name: data)
        if !all.contains(data), failure.isLongOver { failure.forget() }
        continue
      }
      guard CredentialCache.hasExpired(name, surroundings, store),
        let lock = try? surroundings.state?.lock(name, deadline: surroundings.clocks.boot())
      else { continue }
      defer { lock.unlock() }
      // Whoever held the lock until now may have renewed it.
      guard CredentialCache.hasExpired(name, surroundings, store) else { continue }
      try? surroundings.state?.remove(name)
      FailureRecord(surroundings: surroundings, name: name).forget()
    }
  }

  private static func hasExpired(_ name: String, _ surroundings: Surroundings, _ store: StoreChoice) -> Bool {
    guard let lease = try? lease(name, surroundings, store) else { return false }
    return lease.secondsLeft(surroundings) <= 0
  }

  private static func names(_ prefix: String, _ surroundings: Surroundings) throws(Failure) -> [String] {
    try surroundings.inState { (state) throws(StateFailure) in try state.names() }.filter { $0.hasPrefix(prefix) }
  }

  /// Nil also for what is no sealed file, or not one that opens here.
  private static func lease(
    _ name: String, _ surroundings: Surroundings, _ store: StoreChoice
  ) throws(Failure) -> Lease? {
    guard !name.hasSuffix(FailureRecord.suffix),
      case .opened(let plaintext, _) = try SealedStore(surroundings, store).read(name, kind: .credentials)
    else { return nil }
    return Lease(plaintext)
  }
}
