/// What kind of thing went wrong, as far as the next step of a person or a program depends on it. `Command` maps each to
/// an exit code and to the `code` of a JSON error event, in one table.
public enum FailureKind: Hashable, Sendable {
  /// A person must log in: no session, locked, expired, refresh refused.
  case loginRequired
  /// The command line cannot be understood.
  case usage
  /// A token, document or reply is malformed or fails verification.
  case malformed
  /// DNS, TCP, TLS, 5xx, throttling; after retries.
  case unreachable
  /// A bug in daypass.
  case bug
  /// Output or state could not be written and nothing was delivered.
  case output
  /// The device code expired before it was approved.
  case codeExpired
  /// A lock was not free in time.
  case busy
  /// The person said no.
  case denied
  /// The provider, the STS or an `expect_*` setting said no.
  case refused
  /// Configuration: config file, state directory, identity source, parameters the STS does not take.
  case configuration
  /// Stopped by a signal (its number).
  case interrupted(Int32)
}

/// An error that can be shown to a person: what happened, then what to try. Every error enum of every target conforms.
///
/// `message` and `hint` are one line each, without a capital at the start or a period at the end, hold no secret, and name
/// the setting, field or host concerned. Text from outside is only put in through `printable`.
public protocol Explained: Error, Sendable {
  var kind: FailureKind { get }
  var message: String { get }
  var hint: String? { get }
}

extension Explained {
  public var hint: String? { nil }

  /// What happened, then what to try, on one line.
  public var explanation: String { message + (hint.map { "; \($0)" } ?? "") }
}

/// Any explained error, folded to what its receiver needs. `Broker` and `Command` throw this one type.
public struct Failure: Explained, Hashable {
  public var kind: FailureKind
  public var message: String
  public var hint: String?
  /// Seconds that a server asked to be left alone.
  public var retryAfter: Int64?
  /// Somebody's earlier failure, repeated because nobody asks again yet.
  public var isRemembered = false

  public init(_ kind: FailureKind, _ message: String, hint: String? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
  }

  public init(_ error: some Explained) {
    self.init(error.kind, error.message, hint: error.hint)
  }
}
