internal import Synchronization

/// Answers given since the start, by status.
public final class RequestCount: Sendable {
  private let values = Mutex<[Int: Int]>([:])

  public init() {}

  func add(_ status: Response.Status) { values.withLock { $0[status.rawValue, default: 0] += 1 } }

  var counts: [(code: Int, count: Int)] {
    values.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
