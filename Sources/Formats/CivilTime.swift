import Model

/// Date and time of the proleptic Gregorian calendar in UTC, years 0000 to 9999, without leap seconds.
struct CivilTime: Equatable {
  let year: Int
  let month: Int
  let day: Int
  let hour: Int
  let minute: Int
  let second: Int

  /// Nil for what no calendar or clock shows: month 13, 30 February, 24:00, second 60.
  init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    guard (0...9999).contains(year), (1...12).contains(month) else { return nil }
    guard day >= 1, day <= CivilTime.days(in: month, of: year) else { return nil }
    guard (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second) else { return nil }
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// The nearest moment that has a year of four digits.
  init(clamping time: WallTime) {
    let seconds = Int(min(max(time.seconds, CivilTime.first), CivilTime.last) - CivilTime.first)
    let days = seconds / 86_400
    // Too late by at most one year: leap days come early in a cycle of 400 years.
    var year = days * 400 / 146_097
    while CivilTime.days(before: year + 1) <= days { year += 1 }
    while CivilTime.days(before: year) > days { year -= 1 }
    var rest = days - CivilTime.days(before: year)
    var month = 1
    while rest >= CivilTime.days(in: month, of: year) {
      rest -= CivilTime.days(in: month, of: year)
      month += 1
    }
    self.year = year
    self.month = month
    day = rest + 1
    hour = seconds % 86_400 / 3600
    minute = seconds % 3600 / 60
    second = seconds % 60
  }

  var wallTime: WallTime {
    var days = CivilTime.days(before: year) + day - 1
    for earlier in 1..<month { days += CivilTime.days(in: earlier, of: year) }
    return WallTime(seconds: CivilTime.first + Int64(((days * 24 + hour) * 60 + minute) * 60 + second))
  }

  /// 0 is Sunday.
  var weekday: Int {
    let days = (wallTime.seconds - CivilTime.first) / 86_400
    // 0000-01-01 was a Saturday.
    return Int((days + 6) % 7)
  }

  static func isRepresentable(_ time: WallTime) -> Bool { (first...last).contains(time.seconds) }

  /// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
  private static let first: Int64 = -62_167_219_200
  private static let last: Int64 = 253_402_300_799

  /// From 0000-01-01 to the first of January of `year`, which is not negative.
  private static func days(before year: Int) -> Int {
    year * 365 + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: isLeap(year) ? 29 : 28
    default: 31
    }
  }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }
}
