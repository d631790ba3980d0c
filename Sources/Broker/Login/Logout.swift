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
    /// Whether there was a session file.
    public var hadSession: Bool
    public var revoked: Bool
    /// Why the provider did not revoke the refresh token, if it did not.
    public var revocationProblem: String?
    /// Until when keys already handed out stay valid; AWS cannot take them back.
    public var keysValidUntil: WallTime?
  }

  /// How long the provider may take: a person waits, and the session is deleted here whatever it says.
  private static let patience = Duration.seconds(5)

  public func run() throws(Failure) -> Outcome {
    let key = try LoginFlow.sessionKey(profile)
    let store = SessionStore(surroundings, key: key, profile: profile)
    let keysValidUntil = try CredentialCache.forget(boughtWith: key, surroundings, store: profile.store)
    var outcome = Outcome(hadSession: false, revoked: false, revocationProblem: nil, keysValidUntil: keysValidUntil)
    switch try store.read() {
    case .none: break
    case .locked(let reason):
      outcome.hadSession = true
      outcome.revocationProblem = "the session is locked: \(reason)"
    case .session(let record, _):
      outcome.hadSession = true
      if let refreshToken = record.refreshToken {
        do throws(Failure) {
          try revoke(refreshToken, key)
          outcome.revoked = true
        } catch {
          if case .interrupted = error.kind { throw error }
          outcome.revocationProblem = error.message
        }
      }
    }
    try store.remove()
    return outcome
  }

  private func revoke(_ refreshToken: Secret, _ key: SessionKey) throws(Failure) {
    let deadline = surroundings.clocks.boot() + Logout.patience
    let provider = Provider(surroundings, profile, key)
    let metadata = try provider.metadata(needs: [.revocation], until: deadline)
    guard let endpoint = metadata.revocationEndpoint else {
      throw Failure(.refused, "the provider has no revocation endpoint")
    }
    let request = Revocation.request(refreshToken, endpoint: endpoint, client: try provider.client(metadata))
    switch provider.send(request, until: deadline) {
    case .failure(let failure): throw Failure(failure)
    case .success(let response):
      if case .refused(let reason) = Revocation.outcome(of: response) {
        throw Failure(.refused, "the provider did not revoke the session: \(reason)")
      }
    }
  }
}
