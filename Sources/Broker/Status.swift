public import Model
import Formats
import OIDC
import STS

/// What is known of one profile without asking anyone.
public struct ProfileStatus: Sendable {
  public enum State: String, Sendable {
    case ok
    case loginRequired = "login_required"
    case locked
    /// No identity is configured or detected.
    case none
  }

  public var name: String
  /// The identity's source, or why there is none.
  public var source: String
  public var state: State
  public var issuer: ByteText?
  public var subject: ByteText?
  /// For a person: who it is in words a person knows.
  public var label: ByteText?
  public var identityExpiresAt: WallTime?
  public var sessionExpiresAt: WallTime?
  /// Seconds to that end where the provider told it: less than the wall clock says if that was set back.
  public var sessionSecondsLeft: Int64?
  /// The last of the chain, where there is one: whose credentials are handed out.
  public var roleARN: String?
  public var credentialsExpireAt: WallTime?
  public var key: SealingPlace?
  public var canRefresh = false
  /// The provider said that the session is over.
  public var wasEnded = false
  /// Whether the source can give a newer token later, by `IdentitySource.isRenewable`.
  public var isRenewable = true
  /// A refresh brings no ID token, so the session ends with the present one.
  public var refreshGivesNoIDToken = false
  /// How long a session lasts in all, in seconds, where that is known.
  public var sessionLength: Int64?
  /// The session's end is what `session_lifetime` says: the provider may see it otherwise.
  public var isEndConfigured = false
  /// The last successful refresh of the session; the login counts as the first.
  public var refreshedAt: WallTime?
  /// A renewal of the session or of its credentials that failed, and none has succeeded since.
  public var failure: RecordedFailure?
  /// A login that a person is asked for now.
  public var login: LoginInProgress?
  /// Why it is not `ok`, in one line.
  public var reason: String?
}

extension CredentialBroker {
  public func status() throws(Failure) -> ProfileStatus {
    let source: IdentitySource
    do throws(Failure) {
      source = try IdentitySource.select(profile, surroundings)
    } catch {
      return ProfileStatus(
        name: profile.name, source: "none", state: .none, roleARN: profile.chain.last?.roleARN ?? profile.roleARN,
        reason: error.explanation)
    }
    var status = ProfileStatus(name: profile.name, source: source.name, state: .ok, issuer: profile.issuer)
    status.roleARN = (try? Role.handedOut(profile, source: source))?.arn.text.string
    status.isRenewable = source.isRenewable
    let reader = IdentityReader(surroundings, profile, source)
    let caller: Caller
    if source.isLogin {
      status.login = loginInProgress
      guard let session = try session(&status) else { return status }
      caller = reader.caller(.person(session))
    } else {
      do throws(Failure) {
        let presented = try reader.present()
        caller = reader.caller(presented)
        describe(presented, in: &status)
      } catch {
        status.state = .none
        status.reason = error.explanation
        return status
      }
    }
    guard let cache = cache(source, caller) else { return status }
    status.failure = [status.failure, cache.failures.last()].compactMap { $0 }.max { $0.failedAt < $1.failedAt }
    if let lease = try? cache.read(), lease.secondsLeft(surroundings) > 0 {
      status.credentialsExpireAt = lease.credentials.expiration
    }
    return status
  }

  /// A token that is not there yet says nothing.
  private func describe(_ presented: PresentedIdentity, in status: inout ProfileStatus) {
    guard case .found(let identity, let problem) = presented else { return }
    status.issuer = identity.issuer
    status.subject = identity.subject
    status.identityExpiresAt = identity.expiration
    if let problem {
      status.state = .none
      status.reason = problem.message
    }
  }

  /// Nil where there is none that can be used, said in `status`.
  private func session(_ status: inout ProfileStatus) throws(Failure) -> StoredSession? {
    let keeper = try SessionKeeper(surroundings, profile: profile)
    let session: StoredSession
    switch try keeper.store.read() {
    case .none:
      status.state = .loginRequired
      status.reason = "no session"
      return nil
    case .locked(let reason, let key):
      status.state = .locked
      status.reason = reason
      status.key = key?.place
      return nil
    case .session(let record, let reference):
      // Of the record just read: a logout may come at any moment. One that cannot be used hides no other profile.
      do throws(Failure) {
        session = try keeper.stored(record, reference)
      } catch {
        status.state = .loginRequired
        status.reason = error.message
        return nil
      }
    }
    status.subject = session.identity.subject
    status.label = session.identity.email ?? session.identity.preferredUsername ?? session.identity.name
    status.identityExpiresAt = session.identity.expiration
    status.sessionExpiresAt = session.end(profile)
    status.sessionSecondsLeft = session.secondsLeft(surroundings)
    status.sessionLength = session.length(profile)
    status.refreshedAt = session.refreshedAt
    status.failure = keeper.store.failures.last()
    status.key = session.sealedBy
    status.canRefresh = session.canRefresh
    status.wasEnded = session.wasEnded
    status.refreshGivesNoIDToken = session.refreshGivesNoIDToken
    status.isEndConfigured = session.canRefresh && session.record.refreshExpiresAt == nil && session.end(profile) != nil
    if session.wasEnded {
      status.state = .loginRequired
      status.reason = "the provider ended the session"
    } else if let left = status.sessionSecondsLeft, left <= 0, let end = status.sessionExpiresAt {
      status.state = .loginRequired
      status.reason = "the session ended at \(RFC3339.format(end))\(doubt(end))"
    }
    return session
  }

  /// For a person who sees a moment that has yet to come.
  private func doubt(_ end: WallTime) -> String {
    end - surroundings.clocks.wall() > 60 ? "; this machine's clock was set back since" : ""
  }

  func cache(_ source: IdentitySource, _ caller: Caller) -> CredentialCache? {
    guard let settings = try? ExchangeSettings(surroundings, profile, source) else { return nil }
    let terms = ExchangeTerms(settings, profile, caller)
    return CredentialCache(surroundings, key: terms.key, store: profile.store)
  }
}
