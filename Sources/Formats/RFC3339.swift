public import Model

/// Date and time as RFC 3339 §5.6 writes them. <https://www.rfc-editor.org/rfc/rfc3339#section-5.6>
public enum RFC3339 {
  /// `2026-11-22T14:00:00Z`, with `t` and `z`, a fraction of any length (dropped) or an offset if need be. Nil for
  /// everything else: days the calendar lacks, leap seconds, a missing offset, years beyond 0000…9999 in UTC.
  public static func parse(_ text: some Collection<UInt8>) -> WallTime? {
    var scanner = Scanner(text)
    guard
      let year = scanner.digits(4), scanner.skip("-"), let month = scanner.digits(2), scanner.skip("-"),
      let day = scanner.digits(2), scanner.skip("T", "t"),
      let hour = scanner.digits(2), scanner.skip(":"), let minute = scanner.digits(2), scanner.skip(":"),
      let second = scanner.digits(2),
      let civil = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    else { return nil }
    if scanner.skip(".") {
      guard scanner.skipDigits() > 0 else { return nil }
    }
    guard let offset = scanner.offset(), scanner.isAtEnd else { return nil }
    let time = civil.wallTime + -offset
    return CivilTime.isRepresentable(time) ? time : nil
  }

  /// Whether a moment lies in the years 0000 to 9999, which are all that can be written.
  public static func canExpress(_ time: WallTime) -> Bool { CivilTime.isRepresentable(time) }

  /// `2026-11-22T14:00:00Z`. What lies before the year 0000 or after 9999 is written as the nearest end of that range.
  public static func format(_ time: WallTime) -> String {
    let civil = CivilTime(clamping: time)
    return padded(civil.year, 4) + "-" + padded(civil.month, 2) + "-" + padded(civil.day, 2) + "T"
      + padded(civil.hour, 2) + ":" + padded(civil.minute, 2) + ":" + padded(civil.second, 2) + "Z"
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension Scanner {
  /// `Z` or `+hh:mm`, in seconds east of UTC. `-00:00` (offset unknown) is UTC.
  fileprivate mutating func offset() -> Int64? {
    if skip("Z", "z") { return 0 }
    let isWest = skip("-")
    guard isWest || skip("+"), let hours = digits(2), skip(":"), let minutes = digits(2), hours < 24, minutes < 60
    else { return nil }
    let seconds = Int64(hours * 3600 + minutes * 60)
    return isWest ? -seconds : seconds
  }
}
