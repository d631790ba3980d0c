/// A moment of civil time, in whole seconds since 1970-01-01T00:00:00Z. For what servers say: `exp`, `iat`, `Expiration`.
public struct WallTime: Hashable, Comparable, Sendable {
  public var seconds: Int64

  public init(seconds: Int64) { self.seconds = seconds }

  public static func < (left: WallTime, right: WallTime) -> Bool { left.seconds < right.seconds }

  /// Saturates instead of trapping: either side can come from a server.
  public static func + (time: WallTime, seconds: Int64) -> WallTime {
    let (sum, overflow) = time.seconds.addingReportingOverflow(seconds)
    return WallTime(seconds: overflow ? (seconds > 0 ? .max : .min) : sum)
  }

  /// Seconds from `earlier` to `later`; saturates.
  public static func - (later: WallTime, earlier: WallTime) -> Int64 {
    let (difference, overflow) = later.seconds.subtractingReportingOverflow(earlier.seconds)
    return overflow ? (later.seconds > earlier.seconds ? .max : .min) : difference
  }
}

/// A moment on a clock that nobody sets and that goes on while the machine sleeps (CLOCK_BOOTTIME), in nanoseconds. For
/// deadlines and waits. Meaningless in another boot.
public struct BootTime: Hashable, Comparable, Sendable {
  public var nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  public static func < (left: BootTime, right: BootTime) -> Bool { left.nanoseconds < right.nanoseconds }

  public static func + (time: BootTime, duration: Duration) -> BootTime {
    let added = duration.saturatedNanoseconds
    let (sum, overflow) = time.nanoseconds.addingReportingOverflow(added)
    return BootTime(nanoseconds: overflow ? (added > 0 ? .max : .min) : sum)
  }

  public static func - (later: BootTime, earlier: BootTime) -> Duration {
    let (difference, overflow) = later.nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
    return .nanoseconds(overflow ? (later > earlier ? .max : .min) : difference)
  }
}

extension Duration {
  public var saturatedNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds > 0 ? .max : .min }
    let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    return carry ? (seconds > 0 ? .max : .min) : sum
  }

  /// Seconds with fraction, for showing and for JSON.
  public var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}

/// The seam to the machine's clocks.
public protocol Clocks: Sendable {
  func wall() -> WallTime
  func boot() -> BootTime
  /// Waits; ends early only by a signal that ends the program.
  func sleep(_ duration: Duration) throws(Interrupted)
}

/// A signal asked the program to end (SIGINT, SIGTERM, SIGHUP). What is running cleans up and lets it pass.
public struct Interrupted: Explained, Hashable {
  public let signal: Int32
  public init(signal: Int32) { self.signal = signal }
  public var kind: FailureKind { .interrupted(signal) }
  public var message: String { "interrupted" }
}
