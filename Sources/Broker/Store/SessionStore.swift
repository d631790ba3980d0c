import Model

/// Sessions on disk: one sealed file each, with a lock beside it for everyone who redeems its refresh token.
struct SessionStore {
  let surroundings: Surroundings
  let key: SessionKey
  /// What a person types to get a session for this profile.
  let loginCommand: String
  private let sealed: SealedStore

  init(_ surroundings: Surroundings, key: SessionKey, profile: Profile) {
    self.surroundings = surroundings
    self.key = key
    loginCommand = profile.name == "default" ? "daypass login" : "daypass login --profile \(profile.name)"
    sealed = SealedStore(surroundings, profile.store)
  }

  enum Reading {
    case none
    case locked(reason: String)
    case session(SessionRecord, KeyReference)
  }

  var name: String { "session-\(digest)" }

  /// What tells this session's files, and those of the credentials bought with it, from others.
  private var digest: String { key.fingerprint.name(surroundings.cryptography) }

  func read() throws(Failure) -> Reading {
    switch try sealed.read(name, kind: .session) {
    case .absent: return .none
    case .locked(let reason): return .locked(reason: reason)
    case .opened(let plaintext, let reference):
      guard let record = SessionRecord(plaintext) else {
        surroundings.diagnostics.log(.warning, "the stored session is damaged and not used")
        return .none
      }
      return .session(record, reference)
    }
  }

  /// The record, or what a person has to do.
  func require() throws(Failure) -> (SessionRecord, KeyReference) {
    switch try read() {
    case .session(let record, let reference): return (record, reference)
    case .none: throw loginRequired("no session for \(key.issuer.printable())")
    case .locked(let reason): throw loginRequired("the session is locked: \(reason)")
    }
  }

  /// Makes sure that a session can be kept here, before a person is asked for one: finds or makes the key, and writes
  /// where it will be written.
  func prepare() throws(Failure) -> KeyReference {
    var existing: KeyReference?
    if case .session(_, let reference) = try read() { existing = reference }
    return try sealed.prepare(existing: existing)
  }

  @discardableResult
  func write(
    _ record: SessionRecord, existing: KeyReference?, in room: (any ReservedWrite)? = nil
  ) throws(Failure) -> KeyReference {
    try sealed.write(
      record.encoded(), to: name, kind: .session, existing: existing, in: room)
  }

  /// Room for the largest session there can be: two tokens of 20,000 bytes and what belongs to them.
  func reserve() throws(Failure) -> any ReservedWrite {
    guard let state = surroundings.state else { throw StateAccess.noPlace }
    do {
      return try state.reserve(name, bytes: 48 * 1024)
    } catch {
      throw Failure(error)
    }
  }

  func remove() throws(Failure) {
    do {
      try surroundings.state?.remove(name)
    } catch {
      throw Failure(error)
    }
  }

  func lock(until deadline: BootTime) throws(Failure) -> any StateLock {
    guard let state = surroundings.state else { throw StateAccess.noPlace }
    do {
      return try state.lock(name, deadline: deadline)
    } catch {
      throw Failure(error)
    }
  }

  func loginRequired(_ reason: String) -> Failure {
    Failure(.loginRequired, reason, hint: "run `\(loginCommand)`")
  }
}
