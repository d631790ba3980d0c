import Model

/// Sessions on disk: one sealed file each, with a lock beside it for everyone who redeems its refresh token.
struct SessionStore {
  let surroundings: Surroundings
  let key: SessionKey
  /// What a person types to get a session for this profile.
  let loginCommand: String
  let name: String
  private let sealed: SealedStore

  init(_ surroundings: Surroundings, key: SessionKey, profile: Profile) {
    self.surroundings = surroundings
    self.key = key
    loginCommand =
      profile.name == "default" ? "daypass login" : "daypass login --profile \(profile.name.printable())"
    name = "\(SessionStore.prefix)\(key.fingerprint.name(surroundings.cryptography))"
    sealed = SealedStore(surroundings, profile.store)
  }

  static let prefix = "session-"

  /// Whether a file in the state directory is one, by its name.
  static func isSession(_ name: String) -> Bool {
    let digits = name.utf8.dropFirst(prefix.utf8.count)
    return name.hasPrefix(prefix) && digits.count == 40 && digits.allSatisfy(Hexadecimal.isDigit)
  }

  enum Reading {
    case none
    case locked(reason: String, KeyReference?)
    case session(SessionRecord, KeyReference)
  }

  /// Redemptions that failed.
  var failures: FailureRecord { FailureRecord(surroundings: surroundings, name: name) }

  func read() throws(Failure) -> Reading {
    switch try sealed.read(name, kind: .session) {
    case .absent: return .none
    case .locked(let reason, let key): return .locked(reason: reason, key)
    case .opened(let plaintext, let reference):
      guard let record = SessionRecord(plaintext) else {
        surroundings.warnOnce("the stored session is damaged and not used")
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
    case .locked(let reason, _): throw loginRequired("the session is locked: \(reason)")
    }
  }

  /// A place that is ready for a session.
  struct Place {
    /// Nil where one will be made with the session.
    let key: SealingKey?
    /// For a key file that will be made.
    let keyRoom: (any ReservedWrite)?
    let room: any ReservedWrite
    /// What is there now, where it can be read.
    let earlier: SessionRecord?
  }

  /// Makes sure that a session can be kept here, before a person is asked for one: looks for the key, and takes the
  /// room on the disk. A key that is missing is made only with the session, so that a login that is given up leaves
  /// nothing behind.
  func prepare() throws(Failure) -> Place {
    let room = try reserve()
    var earlier: (record: SessionRecord, reference: KeyReference)?
    if case .session(let record, let reference) = try read() { earlier = (record, reference) }
    let key = try sealed.keys.chosen(existing: earlier?.reference)
    return Place(
      key: key, keyRoom: key == nil ? try sealed.keys.reserve() : nil, room: room, earlier: earlier?.record)
  }

  /// Stores a session where it was made ready for. The key may have been removed meanwhile, and then there is another;
  /// but one that only cannot be read now is no reason to lose what a person has approved.
  func write(_ record: SessionRecord, in place: Place) throws(Failure) -> KeyReference {
    let key: SealingKey
    do throws(Failure) {
      key = try sealed.keys.key(place.key?.reference, in: place.keyRoom)
    } catch {
      guard error.kind == .output, let known = place.key else { throw error }
      key = known
    }
    try write(record, under: key, in: place.room)
    return key.reference
  }

  @discardableResult
  func write(
    _ record: SessionRecord, like: KeyReference?, in room: (any ReservedWrite)? = nil
  ) throws(Failure) -> KeyReference {
    try sealed.write(record.encoded(), to: name, kind: .session, like: like, in: room)
  }

  /// The same under a key that is at hand.
  func write(_ record: SessionRecord, under key: SealingKey, in room: (any ReservedWrite)?) throws(Failure) {
    try sealed.write(record.encoded(), to: name, kind: .session, under: key, in: room)
  }

  func reserve() throws(Failure) -> any ReservedWrite { try sealed.reserve(name) }

  /// The key that `reference` names while it can be reached, else a chosen one.
  func key(like reference: KeyReference) throws(Failure) -> SealingKey { try sealed.keys.key(reference) }

  /// Whether there is no file of this name. One that cannot be looked at is there.
  var isRemoved: Bool { (try? surroundings.state?.read(name)) == .absent }

  /// Removes the file and what is remembered of it.
  func remove() throws(Failure) {
    failures.forget()
    guard let state = surroundings.state else { return }
    do throws(StateFailure) {
      try state.remove(name)
    } catch {
      guard case .unwritable(_, let reason) = error else { throw Failure(error) }
      let path = "\(state.path)/\(name)".printable()
      throw Failure(
        .output, "\(path) cannot be deleted: \(reason)", hint: "make its directory writable, and log out again")
    }
  }

  /// Deletes the keys that nothing needs any more after `body`.
  func forgettingUnusedKeys<Value>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    try sealed.keys.forgettingUnused(body)
  }

  func lock(until deadline: BootTime) throws(Failure) -> any StateLock {
    try surroundings.inState { (state) throws(StateFailure) in try state.lock(name, deadline: deadline) }
  }

  func loginRequired(_ reason: String) -> Failure {
    Failure(.loginRequired, reason, hint: "run `\(loginCommand)`")
  }
}
