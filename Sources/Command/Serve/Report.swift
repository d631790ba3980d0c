import Model
import Synchronization

/// How an attempt ended, on its way to the main thread.
struct Report: Sendable {
  let profile: String
  /// Which profile of that name: one from before a reload is another.
  let identity: ObjectIdentifier
  let wasFailing: Bool
  let outcome: Attempt.Outcome
}

final class Reports: Sendable {
  private let contents = Mutex<[Report]>([])

  func add(_ report: Report) { contents.withLock { $0.append(report) } }

  func take() -> [Report] {
    contents.withLock { contents in
      defer { contents = [] }
      return contents
    }
  }
}
