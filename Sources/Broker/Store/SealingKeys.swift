import Model

/// Finds the key that opens a file, and chooses the one that seals a new one (docs/decisions/0002).
///
/// `auto`: the service manager's credential; else the key an existing session names; else the kernel's user keyring, if a
/// key put there can be read back by a later login; else a 0600 file beside the data.
struct SealingKeys {
  let surroundings: Surroundings
  let choice: StoreChoice

  static let credentialName = "daypass.key"
  static let fileName = "key"

  enum Unreachable: Error, Hashable {
    case credentialMissing
    case keyringMissing
    case otherMachine
    case fileMissing
    case replaced(SealingPlace)

    var reason: String {
      switch self {
      case .credentialMissing: "its key was given by $CREDENTIALS_DIRECTORY/daypass.key, which is not here"
      case .keyringMissing: "its key was in the kernel's keyring and is gone (a restart, another user namespace)"
      case .otherMachine: "it was sealed on another machine with a key in that machine's keyring"
      case .fileMissing: "its key file is missing from the state directory"
      case .replaced(let place): "the key in its \(place.rawValue) is not the one that sealed it"
      }
    }
  }

  /// The key that a file names.
  func find(_ file: SealedFile) throws(Unreachable) -> SealingKey {
    if let machine = file.machine, machine != machineMark { throw .otherMachine }
    let key: SealingKey?
    let missing: Unreachable
    switch file.key.place {
    case .credential: (key, missing) = (credentialKey(), .credentialMissing)
    case .keyring: (key, missing) = (keyringKey(file.key.id), .keyringMissing)
    case .file: (key, missing) = (fileKey(), .fileMissing)
    }
    guard let key else { throw missing }
    guard key.reference == file.key else { throw .replaced(file.key.place) }
    return key
  }

  /// The key for something new; made where there is none.
  func choose(existing: KeyReference?) throws(Failure) -> SealingKey {
    switch choice {
    case .credential:
      guard let key = credentialKey() else {
        throw Failure(
          .configuration, "store = \"credential\", but $CREDENTIALS_DIRECTORY/daypass.key is not a key of 32 bytes",
          hint: "give the service LoadCredential=daypass.key:PATH with 32 random bytes")
      }
      return key
    case .keyring:
      if let key = try keyring(existing) { return key }
      throw Failure(
        .configuration, "store = \"keyring\", but the kernel's user keyring does not keep a key here",
        hint: "use store = \"file\"")
    case .file:
      return try file()
    case .auto:
      if let key = credentialKey() { return key }
      if existing?.place == .file, let key = fileKey(), key.reference == existing { return key }
      if let key = try keyring(existing) { return key }
      return try file()
    }
  }

  /// A digest of the machine's id; the id itself is nobody's business.
  var machineMark: String? {
    surroundings.machineID.map {
      Hexadecimal.encode(surroundings.cryptography.digest(.sha256, Array("daypass machine \($0)".utf8)).prefix(8))
    }
  }

  // MARK: The three places

  private func credentialKey() -> SealingKey? {
    guard let directory = surroundings.environment["CREDENTIALS_DIRECTORY"], directory.hasPrefix("/") else { return nil }
    guard let secret = try? surroundings.readFile("\(directory)/\(SealingKeys.credentialName)", SealingKey.byteCount) else {
      return nil
    }
    return SealingKey(secret, place: .credential, surroundings.cryptography)
  }

  private func keyringKey(_ id: String) -> SealingKey? {
    surroundings.keyRing.key("daypass:\(id)").flatMap { SealingKey($0, place: .keyring, surroundings.cryptography) }
  }

  private func keyring(_ existing: KeyReference?) throws(Failure) -> SealingKey? {
    guard surroundings.keyRing.isLasting else { return nil }
    if let existing, existing.place == .keyring, let key = keyringKey(existing.id) { return key }
    let secret = try random()
    guard let key = SealingKey(secret, place: .keyring, surroundings.cryptography),
      surroundings.keyRing.store(secret, as: "daypass:\(key.reference.id)")
    else { return nil }
    return key
  }

  private func fileKey() -> SealingKey? {
    guard let state = surroundings.state, case .present(let bytes)? = try? state.read(SealingKeys.fileName) else {
      return nil
    }
    return SealingKey(Secret(bytes), place: .file, surroundings.cryptography)
  }

  private func file() throws(Failure) -> SealingKey {
    guard let state = surroundings.state else { throw StateAccess.noPlace }
    if let key = fileKey() { return key }
    do {
      // Two first logins at once must end with one key: whoever comes second reads the other's.
      let lock = try state.lock(SealingKeys.fileName, deadline: surroundings.clocks.boot() + .seconds(5))
      defer { lock.unlock() }
      if let key = fileKey() { return key }
      let secret = try random()
      try state.write(secret.exposedBytes(), to: SealingKeys.fileName)
      guard let key = SealingKey(secret, place: .file, surroundings.cryptography) else {
        throw Failure(CryptographyFailure.unusableKey)
      }
      return key
    } catch let failure as StateFailure {
      throw Failure(failure)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.bug, "unexpected error while making a key")
    }
  }

  private func random() throws(Failure) -> Secret {
    do {
      return Secret(try surroundings.cryptography.randomBytes(SealingKey.byteCount))
    } catch {
      throw Failure(error)
    }
  }
}

enum StateAccess {
  static let noPlace = Failure(
    .configuration, "there is no state directory: HOME is not set and this user has no passwd entry",
    hint: "set DAYPASS_HOME to a directory of your own")
}
