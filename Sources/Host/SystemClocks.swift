internal import Glibc
public import Model

/// The machine's own clocks: civil time from CLOCK_REALTIME, deadlines from CLOCK_BOOTTIME, waits on CLOCK_MONOTONIC.
public struct SystemClocks: Clocks {
  public init() {}

  public func wall() -> WallTime {
    WallTime(seconds: Int64(time(of: CLOCK_REALTIME).tv_sec))
  }

  public func boot() -> BootTime {
    BootTime(nanoseconds: nanoseconds(of: CLOCK_BOOTTIME))
  }

  /// Leaves the interrupt's byte where it is: everybody who waits shall see it.
  public func sleep(_ duration: Duration) throws(Interrupted) {
    let length = max(0, duration.saturatedNanoseconds)
    let (sum, overflow) = nanoseconds(of: CLOCK_MONOTONIC).addingReportingOverflow(length)
    let end = overflow ? Int64.max : sum
    while true {
      try Interrupts.check()
      let left = end - nanoseconds(of: CLOCK_MONOTONIC)
      if left <= 0 { return }
      var watched = pollfd(fd: Interrupts.descriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&watched, 1, milliseconds(toCover: left))
    }
  }

  private func time(of clock: clockid_t) -> timespec {
    var now = timespec()
    clock_gettime(clock, &now)
    return now
  }

  private func nanoseconds(of clock: clockid_t) -> Int64 {
    let now = time(of: clock)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }
}

/// For `poll`: rounded up, so that a wait never ends early, and cut to what fits.
func milliseconds(toCover nanoseconds: Int64) -> Int32 {
  Int32(clamping: max(0, nanoseconds) / 1_000_000 + (nanoseconds % 1_000_000 > 0 ? 1 : 0))
}
