public import Model
public import OIDC

/// What happens during a login, for whoever shows it: a terminal, a stream of JSON lines, a log.
public enum LoginEvent: Sendable {
  case code(LoginCode)
  /// The address that a browser on this machine has to open.
  case browser(url: String)
  /// Another process waits for this person's approval already, and this one waits with it. Its code follows, if it has
  /// one.
  case joined(LoginInProgress)
  /// That one ended without a session, or hangs: this one asks for a code of its own.
  case ownTurn
  /// Nothing is wrong and nobody has approved yet. Once, right after the code, then after each change.
  case pending
  case slowDown(interval: Duration)
  case retrying(reason: String, delay: Duration)
  case authorized(VerifiedIdentity)
  case credentials(Lease)
}

/// What a person needs to approve a device (RFC 8628 §3.2).
public struct LoginCode: Sendable, Hashable {
  public var verificationURI: String
  /// Only where it has the same origin as `verificationURI`.
  public var verificationURIComplete: String?
  public var userCode: String
  public var expiresAt: WallTime
  public var interval: Duration

  public init(
    verificationURI: String, verificationURIComplete: String?, userCode: String, expiresAt: WallTime, interval: Duration
  ) {
    self.verificationURI = verificationURI
    self.verificationURIComplete = verificationURIComplete
    self.userCode = userCode
    self.expiresAt = expiresAt
    self.interval = interval
  }
}

/// The seam to whoever shows a login.
public protocol LoginPresenter: AnyObject {
  /// Throws where the person cannot be told what to approve, which ends the login.
  func present(_ event: LoginEvent) throws(Failure)
  /// Called about once a second while a person is awaited.
  func waiting(_ left: Duration)
}
