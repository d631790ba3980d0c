import Synchronization

/// Credentials that are kept for the length of a run, because nothing would prove to the next one who it is.
final class LeaseMemory: Sendable {
  private let leases = Mutex<[String: Lease]>([:])

  subscript(name: String) -> Lease? {
    get { leases.withLock { $0[name] } }
    set { leases.withLock { $0[name] = newValue } }
  }
}
