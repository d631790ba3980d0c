public import Model

/// The dates of HTTP (RFC 9110 §5.6.7).
public enum HTTPDate {
  /// `Sun, 06 Nov 1994 08:49:37 GMT`, and the two obsolete forms that recipients must still read: `Sunday, 06-Nov-94
  /// 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`. Years of two digits are 1970 to 2069. Nil for everything else, also
  /// where the day of the week is not that of the date.
  public static func parse(_ text: String) -> WallTime? {
    var scanner = Scanner(text.utf8)
    // The long names first: each starts with its short one.
    if let weekday = scanner.index(of: longDays) { return twoDigitYear(&scanner, weekday) }
    guard let weekday = scanner.index(of: shortDays) else { return nil }
    return scanner.skip(", ") ? fixedDate(&scanner, weekday) : asctime(&scanner, weekday)
  }

  private static func fixedDate(_ scanner: inout Scanner, _ weekday: Int) -> WallTime? {
    guard
      let day = scanner.digits(2), scanner.skip(" "), let month = scanner.index(of: months), scanner.skip(" "),
      let year = scanner.digits(4), scanner.skip(" "), let clock = Clock(&scanner), scanner.skip(" GMT")
    else { return nil }
    return moment(year, month, day, clock, weekday, scanner)
  }

  private static func twoDigitYear(_ scanner: inout Scanner, _ weekday: Int) -> WallTime? {
    guard
      scanner.skip(", "), let day = scanner.digits(2), scanner.skip("-"), let month = scanner.index(of: months),
      scanner.skip("-"), let year = scanner.digits(2), scanner.skip(" "), let clock = Clock(&scanner),
      scanner.skip(" GMT")
    else { return nil }
    return moment(year < 70 ? 2000 + year : 1900 + year, month, day, clock, weekday, scanner)
  }

  private static func asctime(_ scanner: inout Scanner, _ weekday: Int) -> WallTime? {
    guard scanner.skip(" "), let month = scanner.index(of: months), scanner.skip(" ") else { return nil }
    let width = scanner.skip(" ") ? 1 : 2
    guard
      let day = scanner.digits(width), scanner.skip(" "), let clock = Clock(&scanner), scanner.skip(" "),
      let year = scanner.digits(4)
    else { return nil }
    return moment(year, month, day, clock, weekday, scanner)
  }

  private static func moment(
    _ year: Int, _ month: Int, _ day: Int, _ clock: Clock, _ weekday: Int, _ scanner: Scanner
  ) -> WallTime? {
    let civil = CivilTime(
      year: year, month: month + 1, day: day, hour: clock.hour, minute: clock.minute, second: clock.second)
    guard scanner.isAtEnd, let civil, civil.weekday == weekday else { return nil }
    return civil.wallTime
  }

  private struct Clock {
    let hour: Int
    let minute: Int
    let second: Int

    init?(_ scanner: inout Scanner) {
      guard
        let hour = scanner.digits(2), scanner.skip(":"), let minute = scanner.digits(2), scanner.skip(":"),
        let second = scanner.digits(2)
      else { return nil }
      self.hour = hour
      self.minute = minute
      self.second = second
    }
  }

  private static let longDays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
  private static let shortDays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}

/// The header that says how long to wait (RFC 9110 §10.2.3).
public enum RetryAfter {
  /// Seconds from `now`, 0 to 2^31; the caller holds them against its own deadline. A date in the past is 0. Nil for
  /// everything that is neither digits nor a date.
  public static func parse(_ header: String, now: WallTime) -> Int64? {
    let longest: Int64 = 1 << 31
    if !header.isEmpty, header.utf8.allSatisfy(isDigit) {
      // Too many digits for a number are still a very long time (RFC 9111 §1.2.2).
      return min(Int64(header) ?? longest, longest)
    }
    guard let date = HTTPDate.parse(header) else { return nil }
    return min(max(date - now, 0), longest)
  }
}
