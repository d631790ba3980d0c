import Model

/// Whether what is bought can be kept: the state directory, room in it, and the key that seals.
struct StoreCheck {
  /// Where it is and which key seals, or why it cannot be used.
  let outcome: Result<(path: String, key: SealingPlace), Failure>
  /// Whether a session must be kept there, and is lost if it cannot be.
  let isNeeded: Bool

  var verdict: Verdict {
    switch outcome {
    case .success(let store):
      return .ok("\(store.path.printable()), key: \(store.key.rawValue)")
    case .failure(let failure):
      // What only keeps a cache from being written costs time and nothing else.
      let isCost = failure.kind == .output || failure.kind == .configuration
      return isNeeded || !isCost ? .fault(failure) : Verdict.fault(failure).asWarning
    }
  }
}

extension Evidence {
  var judgedStore: Verdict {
    if let lacksIdentity { return lacksIdentity }
    // Read first, so that what is wrong with the session is said of the session.
    if isLogin {
      let isNeeded = !isKeptElsewhere
      return StoreCheck(outcome: Result(catching: sessionPlace), isNeeded: isNeeded).verdict
    }
    guard let source = try? source.get(), Caller(source, surroundings.cryptography).mayBeKept || source.isAtHand else {
      return .skipped("nothing proves who asks, so credentials are kept in memory only")
    }
    return StoreCheck(outcome: Result(catching: cachePlace), isNeeded: false).verdict
  }

  /// As before a login: room is taken and given back.
  private func sessionPlace() throws(Failure) -> (path: String, key: SealingPlace) {
    let place = try SessionKeeper(surroundings, profile: profile).store.prepare()
    let path = try surroundings.stateOrFailure().path
    return (path, place.key?.reference.place ?? (place.keyRoom == nil ? .keyring : .file))
  }

  private func cachePlace() throws(Failure) -> (path: String, key: SealingPlace) {
    let sealed = SealedStore(surroundings, profile.store)
    let path = try surroundings.stateOrFailure().path
    _ = try sealed.reserve("credentials-doctor")
    let key = try sealed.keys.chosen(existing: nil)
    return (path, key?.reference.place ?? (profile.store != .file && surroundings.keyRing.isLasting ? .keyring : .file))
  }

  /// A session whose provider does not rotate its refresh token goes on where nothing can be written.
  private var isKeptElsewhere: Bool {
    guard case .person(let session)? = try? person.get() else { return false }
    return session.record.rotates == false
  }
}
