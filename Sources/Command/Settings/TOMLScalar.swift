/// The values that are written without quotes.
enum TOMLScalar {
  static func value(_ text: String) -> TOMLValue? {
    if text == "true" { return .boolean(true) }
    if text == "false" { return .boolean(false) }
    if let number = integer(text) { return .integer(number) }
    if isFloat(text) { return .float }
    if isDateOrTime(text) { return .dateTime }
    return nil
  }

  /// Nil also for what does not fit 64 bits.
  private static func integer(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
      return digits(bytes.dropFirst(2)) { Int64(String($0), radix: radix) }
    }
    let unsigned = bytes.drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
    guard bytes.count - unsigned.count <= 1, unsigned.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: "_") }),
      unsigned.count == 1 || unsigned.first != UInt8(ascii: "0")
    else { return nil }
    let sign = bytes.first == UInt8(ascii: "-") ? "-" : ""
    return digits(unsigned) { Int64(sign + String($0)) }
  }

  /// `text` without its underscores, if each stands between two digits.
  private static func digits(_ text: ArraySlice<UInt8>, _ read: (Substring) -> Int64?) -> Int64? {
    let groups = text.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
    guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isHexDigit) }) else { return nil }
    return read(Substring(String(decoding: groups.joined(), as: UTF8.self)))
  }

  private static func isFloat(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    if rest.elementsEqual("inf".utf8) || rest.elementsEqual("nan".utf8) { return true }

    let parts = rest.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 | 0x20 == UInt8(ascii: "e") }
    if parts.count == 2 {
      let exponent = parts[1].first == UInt8(ascii: "+") || parts[1].first == UInt8(ascii: "-") ? 1 : 0
      guard isDecimal(parts[1].dropFirst(exponent)) else { return false }
    }
    let mantissa = parts[0].split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard isDecimal(mantissa[0]), mantissa[0].count == 1 || mantissa[0].first != UInt8(ascii: "0") else { return false }
    if mantissa.count == 2 { return isDecimal(mantissa[1]) }
    return parts.count == 2
  }

  private static func isDecimal(_ text: ArraySlice<UInt8>) -> Bool {
    text.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }
  }

  static func isDate(_ text: String) -> Bool { shape(text[...]) == "0000-00-00" }

  /// By shape alone: no setting takes a date, so whether February has 30 days does not matter.
  private static func isDateOrTime(_ text: String) -> Bool {
    guard isDate(String(text.prefix(10))) else { return isTime(text[...]) }
    let rest = text.dropFirst(10)
    guard let separator = rest.first else { return true }
    guard separator == "T" || separator == "t" || separator == " " else { return false }
    let time = rest.dropFirst()
    if time.hasSuffix("Z") || time.hasSuffix("z") { return isTime(time.dropLast()) }
    let offset = shape(time.suffix(6))
    return isTime(time) || (offset == "+00:00" || offset == "-00:00") && isTime(time.dropLast(6))
  }

  private static func isTime(_ text: Substring) -> Bool {
    guard shape(text.prefix(8)) == "00:00:00" else { return false }
    let fraction = text.dropFirst(8)
    return fraction.isEmpty
      || fraction.first == "." && fraction.count > 1 && fraction.dropFirst().utf8.allSatisfy(\.isASCIIDigit)
  }

  /// The text with every digit as 0.
  private static func shape(_ text: Substring) -> String {
    String(decoding: text.utf8.map { $0.isASCIIDigit ? UInt8(ascii: "0") : $0 }, as: UTF8.self)
  }
}
