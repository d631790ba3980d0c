import Broker
import Host
import Model

/// One try at credentials, on a thread of its own: it blocks for at most half a minute, and holds up nobody else.
struct Attempt: Sendable {
  enum Outcome: Sendable {
    /// `problem`: they are not to be renewed, and why.
    case lease(Lease, needsLogin: Bool, problem: String?)
    case failure(Failure)
  }

  static let patience = Duration.seconds(30)

  let broker: CredentialBroker
  let clocks: SystemClocks

  func run() -> Outcome {
    do throws(Failure) {
      let lease = try broker.lease(.atLeast(0), until: clocks.boot() + Self.patience)
      // Those there were, because a renewal failed: whether a person is needed is known before they end.
      guard broker.renewalDue(lease) <= 0, let status = try? broker.status() else {
        return .lease(lease, needsLogin: false, problem: nil)
      }
      return .lease(
        lease, needsLogin: status.state == .loginRequired || status.state == .locked, problem: status.reason)
    } catch {
      return .failure(error)
    }
  }
}
