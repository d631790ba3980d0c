import Glibc
import Model

/// The sandbox's clocks: one that only goes forward, for gaps; one that can be set, for what tokens say.
enum Moments {
  /// CLOCK_MONOTONIC, the clock Python's `time.monotonic()` and every shell tool on this machine read too.
  static func monotonic() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  static func wall() -> WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(seconds: Int64(time.tv_sec))
  }
}

/// A moment in the proleptic Gregorian calendar, UTC.
struct CivilTime: Sendable {
  let year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64
  /// 0 is Sunday.
  let weekday: Int

  /// Days to date by the era of 400 years: 146,097 days, counted from the first of March.
  init(_ time: WallTime) {
    let bounded = min(max(time.seconds, -60_000_000_000), 250_000_000_000)
    let days = Int64((Double(bounded) / 86_400).rounded(.down))
    let rest = bounded - days * 86_400
    (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60)
    weekday = Int(((days + 4) % 7 + 7) % 7)
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// IMF-fixdate (RFC 9110 §5.6.7).
  var httpDate: String {
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let clock = "\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second))"
    return "\(days[weekday]), \(Self.two(day)) \(months[Int(month - 1)]) \(year) \(clock) GMT"
  }

  /// `20260131T235959Z`, the form of `X-Amz-Date`.
  var amzDate: String {
    "\(year)\(Self.two(month))\(Self.two(day))T\(Self.two(hour))\(Self.two(minute))\(Self.two(second))Z"
  }
}
