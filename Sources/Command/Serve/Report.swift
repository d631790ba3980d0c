import Model
import Synchronization

/// How an attempt ended, on its way to the main thread.
struct Report: Sendable {
  let profile: String
  /// Which profile of that name: one from before a reload is another.
  let number: SerialNumber
  let slot: AttemptSlots.ID
  let outcome: Attempt.Outcome
}

/// Of one object among all that there ever were in this process. Not its address: the memory of one that is gone is
/// given to the next, and keys of an old role would be taken for the new one's.
struct SerialNumber: Sendable, Hashable {
  private static let last = Atomic<UInt64>(0)

  private let value = last.wrappingAdd(1, ordering: .relaxed).newValue
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
