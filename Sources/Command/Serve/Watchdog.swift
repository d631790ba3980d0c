import Endpoint
import Host
import Model
import Synchronization

/// Tells the service manager that we live: only where both loops that matter turn, the main thread's, which asks, and
/// the endpoint's, which answers.
final class Watchdog {
  private let interval: Duration
  private let manager: ServiceManager
  private let server: CredentialServer
  private let hasAnswered = Flag()
  private var due = BootTime(nanoseconds: 0)

  init(_ interval: Duration, _ manager: ServiceManager, _ server: CredentialServer) {
    self.interval = interval
    self.manager = manager
    self.server = server
  }

  func tick(_ now: BootTime) {
    if hasAnswered.value.exchange(false, ordering: .acquiringAndReleasing) { manager.alive() }
    guard now >= due else { return }
    due = now + interval
    server.ping { [hasAnswered] in hasAnswered.value.store(true, ordering: .releasing) }
  }

  private final class Flag: Sendable {
    let value = Atomic(false)
  }
}
