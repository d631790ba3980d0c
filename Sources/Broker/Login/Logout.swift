public import Model
import OIDC

/// `daypass logout`: tells the provider, then deletes the session and what was bought with it.
public struct Logout {
  let surroundings: Surroundings
  let profile: Profile

  public init(_ surroundings: Surroundings, profile: Profile) {
    self.surroundings = surroundings
    self.profile = profile
  }

  public struct Outcome: Sendable, Equatable {
    /// Whether there was a session file that could be read, or a locked one.
    public var hadSession: Bool
    public var revoked: Bool
    /// Why the provider did not revoke the refresh token, if it did not.
    public var revocationProblem: String?
    /// Until when keys already handed out stay valid; AWS cannot take them back.
    public var keysValidUntil: WallTime?
  }

  /// How long the provider may take, and how long whoever is just refreshing: a person waits, and the session is
  /// deleted here whatever either does.
  static let patience = Duration.seconds(5)

  public func run() throws(Failure) -> Outcome {
    let key = try LoginFlow.sessionKey(profile)
    let store = SessionStore(surroundings, key: key, profile: profile)
    var outcome = Outcome(hadSession: false, revoked: false, revocationProblem: nil, keysValidUntil: nil)
    // Whoever is just refreshing would put the session back.
    let lock = try lock(store)
    defer { lock?.unlock() }
    let session = try store.read()
    switch session {
    case .none: break
    case .locked(let reason, _):
      outcome.hadSession = true
      outcome.revocationProblem = "the session was not revoked at the provider: it is locked: \(reason)"
    case .session(let record, _):
      outcome.hadSession = true
      if let refreshToken = record.refreshToken {
        do throws(Failure) {
          let deadline = surroundings.clocks.boot() + Logout.patience
          try Provider(surroundings, profile, key).revoke(refreshToken, until: deadline)
          outcome.revoked = true
        } catch {
          if case .interrupted = error.kind { throw error }
          outcome.revocationProblem = error.message
        }
      }
    }
    do throws(Failure) {
      try store.forgettingUnusedKeys { () throws(Failure) in
        outcome.keysValidUntil = try delete(session, store)
      }
    } catch {
      throw undeleted(error, outcome)
    }
    return outcome
  }

  /// What the provider did counts for whoever is told that the file is still there.
  private func undeleted(_ failure: Failure, _ outcome: Outcome) -> Failure {
    guard failure.kind == .output else { return failure }
    let first =
      outcome.revoked
      ? "the session was revoked at the provider, but " : outcome.revocationProblem.map { "\($0), and " } ?? ""
    return Failure(.output, first + failure.message, hint: failure.hint)
  }

  /// Returns until when what was bought with it stays valid.
  private func delete(_ session: SessionStore.Reading, _ store: SessionStore) throws(Failure) -> WallTime? {
    // The session first: what it bought cannot be renewed from then on. What is damaged, linked, foreign or open to
    // others counts as absent here too: it was said, nothing was revoked, and whoever looks into it finds it.
    if case .none = session { store.failures.forget() } else { try store.remove() }
    let board = LoginBoard(surroundings, store)
    board.failures.forget()
    // Somebody who is logging in just now goes on; what a killed one left goes.
    _ = board.current()
    let end = try CredentialCache.forget(boughtWith: store.name, surroundings, store: profile.store)
    try FrontAnswers.forget(surroundings)
    return end
  }

  /// Deletes every cached credential that is left, with whatever it was bought, and what was found out about roles.
  /// Returns the latest end of what was still valid.
  public static func forgetCredentials(
    _ surroundings: Surroundings, like profile: Profile
  ) throws(Failure) -> WallTime? {
    try SealingKeys(surroundings: surroundings, choice: profile.store).forgettingUnused { () throws(Failure) in
      let end = try CredentialCache.forgetAll(surroundings, store: profile.store)
      try FrontAnswers.forget(surroundings)
      try LongestDuration.forgetAll(surroundings)
      return end
    }
  }

  /// Nil where there is no place, where nothing can be written, or where nobody lets go of it in time.
  private func lock(_ store: SessionStore) throws(Failure) -> (any StateLock)? {
    guard surroundings.state != nil else { return nil }
    do throws(Failure) {
      return try store.lock(until: surroundings.clocks.boot() + Logout.patience)
    } catch {
      guard error.kind == .output || error.kind == .busy else { throw error }
      if error.kind == .busy {
        surroundings.diagnostics.log(
          .warning, "another process is just refreshing the session, and does not end; it is deleted all the same")
      }
      return nil
    }
  }
}
