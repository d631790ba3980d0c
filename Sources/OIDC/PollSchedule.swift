internal import Model

/// When the next poll may go out (RFC 8628 §3.5).
///
/// The gap runs from the end of one exchange to the start of the next. It is the provider's interval, widened by 5 s at
/// each `slow_down` for good, doubled for each failure in a row up to 60 s, and by a tenth (at least 100 ms) on top:
/// clocks of virtual machines run up to 7 % fast, and many servers restart the wait at a poll that comes early.
struct PollSchedule: Sendable {
  static let defaultInterval: Int64 = 5
  static let longestStatedInterval: Int64 = 60
  private static let longestBackoff: Int64 = 60

  /// Seconds; stays far below overflow, since each step of 5 costs at least the interval itself.
  private(set) var interval: Int64
  private var failures = 0

  init(interval: Int64) { self.interval = min(max(interval, 1), Self.longestStatedInterval) }

  /// - Parameter stated: the `interval` that came with `slow_down`; it can only widen.
  mutating func slowDown(stated: Int64?) {
    let wider = interval.addingReportingOverflow(5)
    if !wider.overflow { interval = wider.partialValue }
    if let stated { interval = max(interval, min(stated, Self.longestStatedInterval)) }
    failures = 0
  }

  mutating func answered() { failures = 0 }

  mutating func failed() { failures = min(failures + 1, 16) }

  /// - Parameter retryAfter: seconds the server asked for.
  func gap(retryAfter: Int64? = nil) -> Duration {
    var seconds = interval
    for _ in 0..<failures where seconds < Self.longestBackoff { seconds = min(seconds * 2, Self.longestBackoff) }
    // A day is more than any code lasts, and small enough to calculate with.
    if let retryAfter { seconds = max(seconds, min(retryAfter, 86_400)) }
    let gap = Duration.seconds(seconds)
    return gap + max(gap / 10, .milliseconds(100))
  }
}
