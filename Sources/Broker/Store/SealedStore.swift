import Model

/// Sealed files in the state directory: reading, opening, and what is said of those that cannot be.
struct SealedStore {
  let surroundings: Surroundings
  let keys: SealingKeys

  init(_ surroundings: Surroundings, _ choice: StoreChoice) {
    self.surroundings = surroundings
    keys = SealingKeys(surroundings: surroundings, choice: choice)
  }

  enum Reading {
    case absent
    case opened(Secret, KeyReference)
    /// The file is whole as far as can be seen, but its key is not here, or a newer daypass wrote it.
    case locked(reason: String, KeyReference?)
  }

  func read(_ name: String, kind: SealedFile.Kind) throws(Failure) -> Reading {
    guard let bytes = try surroundings.readState(name) else { return .absent }
    switch SealedFile.read(bytes, kind: kind) {
    case .corrupt: return damaged(name)
    case .newer(let version):
      return .locked(reason: "a newer daypass wrote it (format \(version)); use that one, or log in again", nil)
    case .sealed(let file):
      switch try keys.find(file) {
      case .unreachable(let why): return .locked(reason: why.reason, file.key)
      case .found(let key):
        guard let plaintext = file.open(key, name: name, surroundings.cryptography) else { return damaged(name) }
        surroundings.openedKey.note(file.key)
        return .opened(plaintext, file.key)
      }
    }
  }

  private func damaged(_ name: String) -> Reading {
    surroundings.warnOfDamage(name)
    return .absent
  }

  /// Seals under the key that `like` names while it can be reached, so that a rewritten file opens for whoever could
  /// open it before; else under a chosen one. Returns the key used.
  ///
  /// - Parameter room: what was reserved for it.
  @discardableResult
  func write(
    _ plaintext: Secret, to name: String, kind: SealedFile.Kind, like: KeyReference?,
    in room: (any ReservedWrite)? = nil
  ) throws(Failure) -> KeyReference {
    _ = try surroundings.stateOrFailure()
    let key = try keys.key(like)
    try write(plaintext, to: name, kind: kind, under: key, in: room)
    return key.reference
  }

  /// Seals under a key that is at hand, so that nothing need be read first. A key of the keyring that only the file in its
  /// place named goes with that one: the keyring holds few, and nobody would find it there.
  func write(
    _ plaintext: Secret, to name: String, kind: SealedFile.Kind, under key: SealingKey, in room: (any ReservedWrite)?
  ) throws(Failure) {
    let bytes: [UInt8]
    do throws(CryptographyFailure) {
      bytes = try SealedFile.write(
        plaintext, kind: kind, name: name, key: key,
        machine: key.reference.place == .keyring ? keys.machineMark : nil, surroundings.cryptography)
    } catch {
      throw Failure(error)
    }
    let earlier = reference(in: name, kind: kind)
    // The room may have gone with a directory that was replaced meanwhile.
    if room.map({ (try? $0.commit(bytes)) == nil }) ?? true {
      try surroundings.inState { (state) throws(StateFailure) in try state.write(bytes, to: name, kind.durability) }
    }
    if let earlier, earlier != key.reference { try? keys.forget(earlier) }
  }

  /// The key that a file names, whether it is here or not.
  private func reference(in name: String, kind: SealedFile.Kind) -> KeyReference? {
    guard case .present(let bytes)? = try? surroundings.state?.read(name),
      case .sealed(let file) = SealedFile.read(bytes, kind: kind)
    else { return nil }
    return file.key
  }

  /// Takes room for the largest session there can be: two tokens of 20,000 bytes and what belongs to them.
  func reserve(_ name: String) throws(Failure) -> any ReservedWrite {
    try surroundings.inState { (state) throws(StateFailure) in try state.reserve(name, bytes: 48 * 1024) }
  }
}
