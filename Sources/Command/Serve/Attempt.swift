import Broker
import Host
import Model

/// One try at credentials, on a thread of its own: it blocks for at most half a minute, and holds up nobody else.
struct Attempt: Sendable {
  enum Outcome: Sendable {
    /// `problem`: they are not to be renewed, and why. `notice`: when the last ones end, where nothing can be renewed.
    case lease(Lease, needsLogin: Bool, problem: String?, notice: String?)
    case failure(Failure)
  }

  static let patience = Duration.seconds(30)

  private let profile: Profile
  private let broker: CredentialBroker
  private let clocks: SystemClocks
  /// Whether a person is still to be told how long it will go well.
  private let isFirst: Bool

  init(_ profile: Profile, _ broker: CredentialBroker, _ clocks: SystemClocks, isFirst: Bool) {
    self.profile = profile
    self.broker = broker
    self.clocks = clocks
    self.isFirst = isFirst
  }

  func run() -> Outcome {
    do throws(Failure) {
      let lease = try broker.lease(.atLeast(0), until: clocks.boot() + Self.patience)
      // Those there were, because a renewal failed: whether a person is needed is known before they end.
      guard broker.renewalDue(lease) <= 0, let status = try? broker.status() else {
        return .lease(lease, needsLogin: false, problem: nil, notice: isFirst ? notice(lease) : nil)
      }
      return .lease(
        lease, needsLogin: status.state == .loginRequired || status.state == .locked, problem: status.reason,
        notice: nil)
    } catch {
      return .failure(error)
    }
  }

  private func notice(_ lease: Lease) -> String? {
    guard let status = try? broker.status() else { return nil }
    return LastCredentials(status, profile)?.notice(lease, now: clocks.wall())
  }
}
