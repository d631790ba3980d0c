import Broker
import Host
import Model

/// One try at credentials, on a thread of its own: it blocks for at most half a minute, and holds up nobody else.
struct Attempt: Sendable {
  struct Outcome: Sendable {
    enum Result: Sendable {
      /// `problem`: why they are not renewed, although that is due. `notice`: when the last ones end, where nothing can be
      /// renewed.
      case lease(Lease, needsLogin: Bool, problem: String?, notice: String?)
      case failure(Failure)
    }

    var result: Result
    /// Nobody was asked, because of a failure of a moment ago.
    var isRemembered = false
    /// After a failure, until the next try is due, in whichever process; nil where that is not written down.
    var retryDue: Duration?
  }

  static let patience = Duration.seconds(30)

  private let profile: Profile
  private let broker: CredentialBroker
  private let clocks: SystemClocks
  /// Whether a person is still to be told how long it will go well.
  private let isFirst: Bool
  /// Somebody wants it made at once, whatever failed a moment ago.
  private let isUrged: Bool
  /// Those that will do, and are to be replaced all the same.
  private let replaced: Lease?

  init(
    _ profile: Profile, _ broker: CredentialBroker, _ clocks: SystemClocks, isFirst: Bool, isUrged: Bool,
    replacing replaced: Lease? = nil
  ) {
    self.profile = profile
    self.broker = broker
    self.clocks = clocks
    self.isFirst = isFirst
    self.isUrged = isUrged
    self.replaced = replaced
  }

  func run() -> Outcome {
    if isUrged { broker.forgetFailures() }
    do throws(Failure) {
      let younger = replaced.map { max(0, $0.credentials.expiration - clocks.wall()) + 1 } ?? 0
      let supply = try broker.supply(.atLeast(younger), until: clocks.boot() + Self.patience)
      // Those there were, because a renewal failed: whether a person is needed is known before they end.
      guard broker.renewalDue(supply.lease) <= 0, let status = try? broker.status() else {
        let notice = isFirst ? notice(supply.lease) : nil
        return Outcome(result: .lease(supply.lease, needsLogin: false, problem: nil, notice: notice))
      }
      let problem = status.reason ?? supply.setback.map { "\($0.message); going on with the credentials there are" }
      return Outcome(
        result: .lease(
          supply.lease, needsLogin: status.state == .loginRequired || status.state == .locked, problem: problem,
          notice: nil),
        isRemembered: supply.setback?.isRemembered ?? false, retryDue: problem == nil ? nil : broker.retryDue())
    } catch {
      return Outcome(result: .failure(error), isRemembered: error.isRemembered, retryDue: broker.retryDue())
    }
  }

  private func notice(_ lease: Lease) -> String? {
    guard let status = try? broker.status() else { return nil }
    return LastCredentials(status, profile)?.notice(lease, now: clocks.wall())
  }
}
