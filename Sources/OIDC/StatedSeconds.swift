internal import Formats
internal import Model

/// A number of seconds as servers write it: an integer, or its digits as a string ("900"). Anything else is `unusable`.
enum StatedSeconds: Equatable {
  /// Also for what no Int64 holds: `.max`, for the caller to cap.
  case seconds(Int64)
  case unusable

  init(_ value: JSON) {
    switch value {
    case .number(let number):
      if let integer = number.integer {
        self = .seconds(integer)
      } else if let double = number.double, double >= 0x1p62 {
        self = .seconds(.max)
      } else {
        self = .unusable
      }
    case .string(let text):
      let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
      guard !text.isEmpty, text.utf8.count <= 20, text.utf8.allSatisfy(digits.contains) else {
        self = .unusable
        return
      }
      self = .seconds(Int64(text.string) ?? .max)
    default: self = .unusable
    }
  }
}
