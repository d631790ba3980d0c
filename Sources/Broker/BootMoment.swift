import Formats
import Model

/// A moment of one boot of one machine.
struct BootMoment: Sendable, Hashable {
  var boot: String
  var time: BootTime
}

extension BootMoment {
  /// As it is kept; nil in what an older daypass kept.
  init?(boot: JSON?, nanoseconds: JSON?) {
    guard let boot = boot?.text?.string, let nanoseconds = nanoseconds?.integer else { return nil }
    self.init(boot: boot, time: BootTime(nanoseconds: nanoseconds))
  }
}

extension Surroundings {
  /// Nil where nothing tells boots apart.
  func moment(in seconds: Int64) -> BootMoment? {
    bootID.map { BootMoment(boot: $0, time: clocks.boot() + .seconds(min(max(0, seconds), 1 << 32))) }
  }

  /// Seconds until a moment, by the clock that nobody sets; nil in another boot than its own.
  func secondsLeft(until moment: BootMoment) -> Int64? {
    moment.boot == bootID ? (moment.time - clocks.boot()).components.seconds : nil
  }

  /// Seconds until then: the less of what both clocks say, so that a wall clock that was set back revives nothing.
  func secondsLeft(until end: WallTime, _ moment: BootMoment?) -> Int64 {
    let left = end - clocks.wall()
    return moment.flatMap { secondsLeft(until: $0) }.map { min(left, $0) } ?? left
  }
}
