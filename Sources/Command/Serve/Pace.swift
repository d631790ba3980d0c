import Broker
import Host
import Model

/// When the next attempt is made: ahead of time, and not all at once.
enum Pace {
  /// Attempts at the same time. A provider that hangs holds one for half a minute.
  static let atOnce = 32
  /// Of these, as many as profiles may hold whose last attempt failed: however many hang, the others go on.
  static let failingAtOnce = 16

  /// Seconds until credentials are renewed: within the window in which they may be, by chance, so that many that came
  /// together do not go together; SDKs still never see less than a quarter of an hour of an hour.
  static func renewal(of lease: Lease, _ broker: CredentialBroker) -> Duration {
    let due = broker.renewalDue(lease)
    guard due > 0 else { return retry }
    let window = Windows.renewal(ofLifetime: lease.credentials.expiration - lease.obtainedAt)
    return .seconds(due) + .milliseconds(Int64.random(in: 0...max(0, min(240, window / 5)) * 1000))
  }

  /// After a failure.
  static var retry: Duration { .milliseconds(Int64.random(in: 30_000...60_000)) }
}
