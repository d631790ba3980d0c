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
    case locked(reason: String)
  }

  func read(_ name: String, kind: SealedFile.Kind) throws(Failure) -> Reading {
    guard let state = surroundings.state else { return .absent }
    let bytes: [UInt8]
    do {
      switch try state.read(name) {
      case .absent: return .absent
      case .unacceptable(let path, let reason):
        warn("\(path.printable()) is not read: \(reason)")
        return .absent
      case .present(let content): bytes = content
      }
    } catch {
      throw Failure(error)
    }
    switch SealedFile.read(bytes, kind: kind) {
    case .corrupt:
      warn("\(state.path.printable())/\(name) is damaged and not used")
      return .absent
    case .newer(let version):
      return .locked(reason: "a newer daypass wrote it (format \(version))")
    case .sealed(let file):
      let key: SealingKey
      do {
        key = try keys.find(file)
      } catch {
        return .locked(reason: error.reason)
      }
      guard let plaintext = file.open(key, name: name, surroundings.cryptography) else {
        warn("\(state.path.printable())/\(name) is damaged and not used")
        return .absent
      }
      return .opened(plaintext, file.key)
    }
  }

  /// Seals under the key that `existing` names while it can be reached, else under a chosen one. Returns the key used.
  @discardableResult
  func write(
    _ plaintext: Secret, to name: String, kind: SealedFile.Kind, existing: KeyReference?,
    in room: (any ReservedWrite)? = nil
  ) throws(Failure) -> KeyReference {
    guard let state = surroundings.state else { throw StateAccess.noPlace }
    let key = try keys.choose(existing: existing)
    do {
      let machine = key.reference.place == .keyring ? keys.machineMark : nil
      let bytes = try SealedFile.write(
        plaintext, kind: kind, name: name, key: key, machine: machine, surroundings.cryptography)
      if let room { try room.commit(bytes) } else { try state.write(bytes, to: name) }
    } catch let failure as StateFailure {
      throw Failure(failure)
    } catch let failure as CryptographyFailure {
      throw Failure(failure)
    } catch {
      throw Failure(.bug, "unexpected error while sealing")
    }
    return key.reference
  }

  /// The key that `write` would use. Making one, or trying the lock, shows whether the directory can be written.
  func prepare(existing: KeyReference?) throws(Failure) -> KeyReference {
    guard let state = surroundings.state else { throw StateAccess.noPlace }
    let key = try keys.choose(existing: existing)
    do throws(StateFailure) {
      try state.write([], to: SealedStore.probe)
      try state.remove(SealedStore.probe)
    } catch {
      throw Failure(error)
    }
    return key.reference
  }

  private static let probe = "probe"

  private func warn(_ message: String) { surroundings.diagnostics.log(.warning, message) }
}
