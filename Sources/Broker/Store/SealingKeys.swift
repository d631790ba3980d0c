import Model

/// Finds the key that opens a file, and chooses the one that seals a new one.
///
/// `auto`: the service manager's credential; else the key an existing session names; else the kernel's user keyring,
/// if a key put there can be read back by a later login; else a 0600 file beside the data.
struct SealingKeys {
  let surroundings: Surroundings
  let choice: StoreChoice

  static let fileName = "key"
  private static let credentialName = "daypass.key"

  enum Search {
    case found(SealingKey)
    case unreachable(Unreachable)
  }

  enum Unreachable: Hashable {
    case credential
    case keyring
    case otherMachine
    case file
    case unusable(SealingPlace, reason: String)
    case replaced(SealingPlace)

    var reason: String {
      switch self {
      case .credential: "its key was given as $CREDENTIALS_DIRECTORY/daypass.key, which is not here"
      case .keyring: "its key was in the kernel's keyring and is gone (a restart, another user namespace)"
      case .otherMachine: "it was sealed on another machine with a key in that machine's keyring"
      case .file: "its key file is missing from the state directory"
      case .unusable(let place, let reason): "the key in its \(place.rawValue) cannot be used: \(reason)"
      case .replaced(let place): "the key in its \(place.rawValue) is not the one that sealed it"
      }
    }
  }

  /// The key that a file names.
  func find(_ file: SealedFile) throws(Failure) -> Search {
    if let machine = file.machine, machine != machineMark { return .unreachable(.otherMachine) }
    return try find(file.key)
  }

  private func find(_ reference: KeyReference) throws(Failure) -> Search {
    let kept: Kept
    switch reference.place {
    case .credential: kept = credentialKey()
    case .keyring: kept = keyringKey(reference.id)
    case .file:
      if let key = surroundings.keyMemory?.key(reference) { return .found(key) }
      kept = try fileKey()
      if case .key(let key) = kept { surroundings.keyMemory?.remember(key) }
    }
    switch kept {
    case .key(let key) where key.reference == reference: return .found(key)
    case .key: return .unreachable(.replaced(reference.place))
    case .unusable(_, let reason): return .unreachable(.unusable(reference.place, reason: reason))
    case .nothing:
      switch reference.place {
      case .credential: return .unreachable(.credential)
      case .keyring: return .unreachable(.keyring)
      case .file: return .unreachable(.file)
      }
    }
  }

  /// The key that `reference` names while it can be reached, else a chosen one.
  ///
  /// - Parameter room: what was reserved for a key file.
  func key(_ reference: KeyReference?, in room: (any ReservedWrite)? = nil) throws(Failure) -> SealingKey {
    if let reference, case .found(let key) = try find(reference) { return key }
    // It comes before whatever was chosen earlier.
    if choice == .auto, let key = try credential() { return key }
    return try surroundings.chosenKeys.key(
      choice, at: surroundings.clocks.boot(), usable: usable, choose: { () throws(Failure) in try choose(in: room) })
  }

  /// The key that `reference` names, nil while it cannot be reached.
  func reachable(_ reference: KeyReference) throws(Failure) -> SealingKey? {
    if case .found(let key) = try find(reference) { key } else { nil }
  }

  /// Takes the room for a key file, where one will be made.
  func reserve() throws(Failure) -> (any ReservedWrite)? {
    guard choice == .file || (choice == .auto && !surroundings.keyRing.isLasting) else { return nil }
    return try surroundings.inState { (state) throws(StateFailure) in
      try state.reserve(SealingKeys.fileName, bytes: SealingKey.byteCount)
    }
  }

  /// The key for something new; made where there is none.
  private func choose(in room: (any ReservedWrite)?) throws(Failure) -> SealingKey {
    if let key = try chosen(existing: nil) { return key }
    if choice != .file, surroundings.keyRing.isLasting, let key = try newKeyringKey() { return key }
    if choice == .keyring { throw SealingKeys.noKeyring }
    return try file(in: room)
  }

  /// The same without making one: nil where there is none yet. What would keep one from being made is thrown here.
  ///
  /// - Parameter existing: the key of the session that is replaced.
  func chosen(existing: KeyReference?) throws(Failure) -> SealingKey? {
    switch choice {
    case .credential:
      if let key = try credential() { return key }
      throw Failure(
        .configuration, "store = \"credential\", but there is no $CREDENTIALS_DIRECTORY/\(SealingKeys.credentialName)",
        hint: "give the service LoadCredential=\(SealingKeys.credentialName):PATH with 32 random bytes")
    case .keyring:
      guard surroundings.keyRing.isLasting else { throw SealingKeys.noKeyring }
      return try inUse(existing, by: SealedFile.Kind.data, in: [.keyring])
    case .file:
      return try usableFileKey()
    case .auto:
      if let key = try credential() { return key }
      if let key = try inUse(existing, by: [.session], in: [.keyring, .file]) { return key }
      guard surroundings.keyRing.isLasting else { return try usableFileKey() }
      return try inUse(nil, by: SealedFile.Kind.data, in: [.keyring])
    }
  }

  private static let noKeyring = Failure(
    .configuration, "store = \"keyring\", but the kernel's user keyring does not keep a key here",
    hint: "use store = \"file\"")

  /// A digest of the machine's id; the id itself is nobody's business.
  var machineMark: String? {
    surroundings.machineID.map {
      Hexadecimal.encode(surroundings.cryptography.digest(.sha256, Array("daypass machine \($0)".utf8)).prefix(8))
    }
  }

  /// Deletes a key of the keyring that no file names any more.
  func forget(_ reference: KeyReference) throws(Failure) {
    let name = SealingKeys.keyringName(reference.id)
    // After a restart it is gone already, and thousands of files name it that are sealed anew one after the other: the
    // directory is not looked through for each.
    guard reference.place == .keyring, surroundings.keyRing.key(name) != nil, !(try isNamed(reference)) else { return }
    surroundings.keyRing.remove(name)
  }

  /// Deletes the keys of the keyring that files named before `body` and that none names after it.
  func forgettingUnused<Value>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    var before: Set<KeyReference> = []
    for name in try names() {
      if let reference = try reference(in: name, SealedFile.Kind.data) { before.insert(reference) }
    }
    let value = try body()
    for reference in before { try forget(reference) }
    return value
  }

  // MARK: Keys in use

  /// The first key that can be reached of those that files in the state directory name. Without this, everything that
  /// is written would put another key into the keyring, which holds a small number of them.
  private func inUse(
    _ existing: KeyReference?, by kinds: [SealedFile.Kind], in places: Set<SealingPlace>
  ) throws(Failure) -> SealingKey? {
    if let existing, places.contains(existing.place), let key = try usable(existing) { return key }
    var tried: [KeyReference] = []
    // One after the other: with thousands of files the first nearly always tells.
    for name in try names() {
      guard let reference = try reference(in: name, kinds), places.contains(reference.place), !tried.contains(reference)
      else { continue }
      if let key = try usable(reference) { return key }
      tried.append(reference)
    }
    return nil
  }

  /// Nil also for one that is in the keyring, and would not be there for a later login.
  private func usable(_ reference: KeyReference) throws(Failure) -> SealingKey? {
    guard reference.place != .keyring || surroundings.keyRing.isLasting else { return nil }
    return try reachable(reference)
  }

  private func isNamed(_ reference: KeyReference) throws(Failure) -> Bool {
    let kinds = SealedFile.Kind.data
    for name in try names() where try self.reference(in: name, kinds) == reference { return true }
    return false
  }

  private func names() throws(Failure) -> [String] {
    guard surroundings.state != nil else { return [] }
    return try surroundings.inState { (state) throws(StateFailure) in try state.names() }
  }

  /// The key that a file names; nil where it is no sealed file of this machine.
  private func reference(in name: String, _ kinds: [SealedFile.Kind]) throws(Failure) -> KeyReference? {
    guard let kind = kinds.first(where: { name.hasPrefix("\($0.rawValue)-") }), !name.hasSuffix(FailureRecord.suffix),
      !name.hasSuffix(LoginBoard.suffix), let bytes = try surroundings.readState(name),
      case .sealed(let file) = SealedFile.read(bytes, kind: kind), file.machine == nil || file.machine == machineMark
    else { return nil }
    return file.key
  }

  // MARK: The three places

  private enum Kept {
    case key(SealingKey)
    case unusable(path: String, reason: String)
    case nothing
  }

  private static func keyringName(_ id: String) -> String { "daypass:\(id)" }

  private func kept(_ secret: Secret, _ place: SealingPlace, path: String) -> Kept {
    if let key = SealingKey(secret, place: place, surroundings.cryptography) { return .key(key) }
    return .unusable(path: path, reason: "it has \(secret.count) bytes instead of \(SealingKey.byteCount)")
  }

  private func credentialKey() -> Kept {
    guard let directory = surroundings.environment["CREDENTIALS_DIRECTORY"], directory.hasPrefix("/") else {
      return .nothing
    }
    let path = "\(directory)/\(SealingKeys.credentialName)"
    do throws(InputFailure) {
      return kept(try surroundings.readFile(path, SealingKey.byteCount), .credential, path: path)
    } catch {
      return error.cause == .absent ? .nothing : .unusable(path: path, reason: error.reason)
    }
  }

  private func keyringKey(_ id: String) -> Kept {
    guard let secret = surroundings.keyRing.key(SealingKeys.keyringName(id)) else { return .nothing }
    return kept(secret, .keyring, path: "")
  }

  private func fileKey() throws(Failure) -> Kept {
    guard surroundings.state != nil else { return .nothing }
    switch try surroundings.inState({ (state) throws(StateFailure) in try state.read(SealingKeys.fileName) }) {
    case .absent: return .nothing
    case .unacceptable(let path, let reason): return .unusable(path: path, reason: reason)
    case .present(let bytes):
      return kept(Secret(bytes), .file, path: "\(surroundings.state?.path ?? "")/\(SealingKeys.fileName)")
    }
  }

  /// Nil where the service manager gives none. A broken one is no reason to keep a session less safely than its owner
  /// wants it kept.
  private func credential() throws(Failure) -> SealingKey? {
    switch credentialKey() {
    case .key(let key): return key
    case .nothing: return nil
    case .unusable(let path, let reason):
      throw Failure(
        .configuration, "\(path.printable()) ($CREDENTIALS_DIRECTORY) is not a key: \(reason)",
        hint: "it must hold 32 random bytes: head -c 32 /dev/urandom")
    }
  }

  /// Nil where the kernel does not keep it after all.
  private func newKeyringKey() throws(Failure) -> SealingKey? {
    let secret = try random()
    guard let key = SealingKey(secret, place: .keyring, surroundings.cryptography),
      surroundings.keyRing.store(secret, as: SealingKeys.keyringName(key.reference.id))
    else { return nil }
    return key
  }

  private func file(in room: (any ReservedWrite)?) throws(Failure) -> SealingKey {
    if let key = try usableFileKey() { return key }
    // Two first logins at once must end with one key: whoever comes second reads the other's. One that hangs there is
    // not waited for, and a disk without room for a lock is no reason to stop where there is room for the key: a person
    // may have approved what is to be sealed.
    let deadline = surroundings.clocks.boot() + .seconds(5)
    let lock: (any StateLock)?
    do throws(Failure) {
      lock = try surroundings.inState { (state) throws(StateFailure) in
        try state.lock(SealingKeys.fileName, deadline: deadline)
      }
    } catch {
      guard error.kind == .busy || (error.kind == .output && room != nil) else { throw error }
      lock = nil
    }
    defer { lock?.unlock() }
    if let key = try usableFileKey() { return key }
    let secret = try random()
    guard let key = SealingKey(secret, place: .file, surroundings.cryptography) else {
      throw Failure(CryptographyFailure.unusableKey)
    }
    let bytes = secret.exposedBytes()
    if let room, (try? room.commit(bytes)) != nil { return key }
    try surroundings.inState { (state) throws(StateFailure) in try state.write(bytes, to: SealingKeys.fileName) }
    return key
  }

  /// Nil where there is none yet. One that cannot be used is not replaced: other sessions may need it.
  private func usableFileKey() throws(Failure) -> SealingKey? {
    switch try fileKey() {
    case .key(let key): return key
    case .nothing: return nil
    case .unusable(let path, let reason):
      throw Failure(
        .configuration, "the key file \(path.printable()) cannot be used: \(reason)",
        hint: "if it is yours, run `chmod 600 \(path.printable())`; or remove it, and log in to every provider again")
    }
  }

  private func random() throws(Failure) -> Secret {
    do throws(CryptographyFailure) {
      return Secret(try surroundings.cryptography.randomBytes(SealingKey.byteCount))
    } catch {
      throw Failure(error)
    }
  }
}
