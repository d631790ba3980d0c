/// `90`, `90s`, `15m`, `12h`; where days make sense also `30d`.
enum TimeSpan {
  /// Nil unless it is digits and at most one unit; also where the seconds do not fit.
  static func seconds(_ text: String, days: Bool = false) -> Int? {
    var digits = Array(text.utf8)[...]
    var unit = 1
    switch digits.last {
    case UInt8(ascii: "s"): digits = digits.dropLast()
    case UInt8(ascii: "m"): (digits, unit) = (digits.dropLast(), 60)
    case UInt8(ascii: "h"): (digits, unit) = (digits.dropLast(), 3600)
    case UInt8(ascii: "d") where days: (digits, unit) = (digits.dropLast(), 86_400)
    default: break
    }
    guard !digits.isEmpty, digits.allSatisfy(\.isASCIIDigit), let number = Int(String(decoding: digits, as: UTF8.self))
    else { return nil }
    let (seconds, overflow) = number.multipliedReportingOverflow(by: unit)
    return overflow ? nil : seconds
  }
}
