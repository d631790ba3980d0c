public import Model

/// A session in the state directory that no profile in sight belongs to.
public struct StraySession: Sendable {
  /// Of its file.
  let name: String
  /// What it takes to revoke it; nil where it cannot be opened, or does not tell.
  public var profile: Profile?
  /// Why there is no profile.
  public var problem: String

  /// All but those of `known`. What is damaged counts as absent, here as everywhere.
  public static func all(
    besides known: Set<SessionKey>, _ surroundings: Surroundings, like profile: Profile
  ) throws(Failure) -> [StraySession] {
    guard surroundings.state != nil else { return [] }
    let sealed = SealedStore(surroundings, profile.store)
    let knownNames = Set(known.map { SessionStore(surroundings, key: $0, profile: profile).name })
    var strays: [StraySession] = []
    for name in try surroundings.inState({ (state) throws(StateFailure) in try state.names() }) {
      guard SessionStore.isSession(name), !knownNames.contains(name) else { continue }
      switch try sealed.read(name, kind: .session) {
      case .absent: continue
      case .locked(let reason, _): strays.append(StraySession(name: name, profile: nil, problem: reason))
      case .opened(let plaintext, _):
        var stray = StraySession(name: name, profile: nil, problem: "it does not tell its provider")
        let owner = SessionRecord(plaintext)?.origin?.profile(like: profile)
        if let owner, let key = SessionKey(owner),
          SessionStore(surroundings, key: key, profile: owner).name == name
        {
          stray.profile = owner
        }
        strays.append(stray)
      }
    }
    return strays
  }

  /// Deletes it and what was bought with it, without a word to its provider.
  public func delete(_ surroundings: Surroundings, like profile: Profile) throws(Failure) -> WallTime? {
    let lock = try lock(surroundings)
    defer { lock?.unlock() }
    return try SealingKeys(surroundings: surroundings, choice: profile.store).forgettingUnused { () throws(Failure) in
      try surroundings.inState { (state) throws(StateFailure) in
        for suffix in ["", FailureRecord.suffix, LoginBoard.suffix, LoginBoard.suffix + FailureRecord.suffix] {
          try state.remove(name + suffix)
        }
      }
      return try CredentialCache.forget(boughtWith: name, surroundings, store: profile.store)
    }
  }

  /// Nil where none can be had in time; whoever is told to end meanwhile deletes nothing.
  private func lock(_ surroundings: Surroundings) throws(Failure) -> (any StateLock)? {
    let deadline = surroundings.clocks.boot() + Logout.patience
    do throws(Failure) {
      return try surroundings.inState { (state) throws(StateFailure) in try state.lock(name, deadline: deadline) }
    } catch {
      guard error.kind == .output || error.kind == .busy else { throw error }
      return nil
    }
  }
}
