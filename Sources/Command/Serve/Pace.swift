import Broker
import Host
import Model

/// How soon the next attempt is made after a failure.
enum Pace {
  /// After a failure.
  static var retry: Duration { .milliseconds(Int64.random(in: 30_000...60_000)) }

  /// The same, but no sooner than any process may try again, and then soon: two pauses drawn by chance, one after the
  /// other, would be none that anybody asked for.
  static func retry(due: Duration?) -> Duration {
    guard let due else { return retry }
    return max(.zero, due) + .milliseconds(Int64.random(in: 100...1000))
  }
}

/// In which second each profile is renewed: the least taken of some of its window, so that many whose credentials came
/// together drift apart, and fill the whole hour evenly after some rounds. Chance alone would need days for that.
///
/// Where so many came together that their window would be crowded, as at the start of a service with thousands, some are
/// renewed before it is due, once: an STS throttles whoever asks for most of an hour's credentials in a few minutes.
struct Spread {
  struct Plan {
    var pause: Duration
    /// New credentials are wanted although it is not due.
    var isEarly = false
    /// Since the boot, where it was chosen among others.
    fileprivate var second: Int64?
  }

  /// Renewals planned, by second since the boot.
  private var planned: [Int64: Int] = [:]
  private var total: Int64 = 0
  private var pruned: Int64 = 0
  /// Seconds that are compared for each renewal.
  private static let looks = 24

  /// Seconds during which a renewal may begin once it is allowed: two fifths of the time that is left then. SDKs never
  /// see less than 12 minutes of an hour, and several attempts fit before they would mind.
  static func width(lifetime: Int64) -> Int64 { max(0, Windows.renewal(ofLifetime: lifetime)) * 2 / 5 }

  /// - Parameters:
  ///   - due: seconds from `now` until the renewal is allowed.
  ///   - lifetime: of the credentials, in seconds.
  mutating func renewal(due: Int64, lifetime: Int64, now: BootTime) -> Plan {
    guard due > 0 else { return Plan(pause: Pace.retry) }
    let present = now.nanoseconds / 1_000_000_000
    prune(before: present)
    // Credentials may be valid for years where a server says so; nothing is planned that far ahead.
    let due = min(due, 30 * 86_400)
    let width = Self.width(lifetime: min(lifetime, 86_400))
    var (second, taken) = leastTaken(of: (present + due)...(present + due + width))
    var isEarly = false
    if Int64(taken) >= max(2, total * 5 / 4 / (due + width)) {
      let sooner = leastTaken(of: (present + due / 8)...(present + due))
      if sooner.taken < taken { (second, taken, isEarly) = (sooner.second, sooner.taken, true) }
    }
    planned[second] = taken + 1
    total += 1
    return Plan(
      pause: .seconds(second - present) + .milliseconds(Int64.random(in: 0..<1000)), isEarly: isEarly, second: second)
  }

  /// It will not be, because something came before it, or was.
  mutating func withdraw(_ plan: Plan) {
    guard let second = plan.second, let taken = planned[second], taken > 0 else { return }
    planned[second] = taken == 1 ? nil : taken - 1
    total -= 1
  }

  private func leastTaken(of window: ClosedRange<Int64>) -> (second: Int64, taken: Int) {
    var best = (second: window.lowerBound, taken: Int.max)
    for _ in 0..<Self.looks {
      let second = Int64.random(in: window)
      let taken = planned[second] ?? 0
      if taken < best.taken { best = (second, taken) }
    }
    return best
  }

  private mutating func prune(before present: Int64) {
    guard present - pruned > 600 else { return }
    pruned = present
    planned = planned.filter { $0.key >= present }
    total = planned.values.reduce(0) { $0 + Int64($1) }
  }
}
