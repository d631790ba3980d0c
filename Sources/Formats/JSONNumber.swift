/// A JSON number by its digits (RFC 8259 §6): nothing is rounded until somebody asks.
public struct JSONNumber: Sendable, Equatable {
  /// As written; always of the grammar of RFC 8259.
  public let literal: String

  public init(_ integer: Int64) { literal = String(integer) }

  /// Nil for infinities and NaN, which JSON cannot write.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    literal = value.description
  }

  /// `literal` must be of the grammar.
  init(validated literal: String) { self.literal = literal }

  /// The nearest double; nil beyond its range.
  public var double: Double? {
    guard let value = Double(literal), value.isFinite else { return nil }
    return value
  }

  /// The exact value if it is an integer that fits, however it is written: `10`, `1.0`, `10e2`, `-0`. Never by way of
  /// `Double`, which has no room for the last digits of large integers.
  public var integer: Int64? {
    let parts = DecimalParts(literal.utf8)
    guard !parts.significantDigits.isEmpty else { return 0 }
    // A negative power of the last digit leaves a fraction; 19 zeros behind it are more than fit.
    guard parts.power >= 0, parts.power < 19 else { return nil }
    var value: Int64 = 0
    for digit in Array(parts.significantDigits) + Array(repeating: UInt8(ascii: "0"), count: parts.power) {
      // Towards the sign, because the least integer has no positive counterpart.
      let step = Int64(digit & 0x0F)
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) =
        parts.isNegative ? product.subtractingReportingOverflow(step) : product.addingReportingOverflow(step)
      guard !overflow, !carry else { return nil }
      value = sum
    }
    return value
  }
}
