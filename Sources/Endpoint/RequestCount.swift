internal import Synchronization

/// Answers given since the start, by status.
public final class RequestCount: Sendable {
  /// Indexed by status.
  private let values = Mutex([Int](repeating: 0, count: 600))

  public init() {}

  func add(_ status: Response.Status) { values.withLock { $0[status.rawValue] += 1 } }

  var counts: [(code: Int, count: Int)] {
    values.withLock { $0 }.enumerated().filter { $0.element > 0 }.map { ($0.offset, $0.element) }
  }
}
