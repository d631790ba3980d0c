/// A number literal of RFC 8259's grammar, taken apart.
struct DecimalParts {
  let isNegative: Bool
  /// All digits before the exponent, without the point, without zeros at either end.
  let significantDigits: ArraySlice<UInt8>
  /// The power of ten of the last significant digit; saturates.
  let power: Int

  private enum Place { case whole, fraction, exponent }

  init(_ literal: some Collection<UInt8>) {
    var digits: [UInt8] = []
    var fraction = 0
    var exponent = 0
    var isNegative = false, isExponentNegative = false
    var place = Place.whole

    for byte in literal {
      switch (byte, place) {
      case (UInt8(ascii: "."), _): place = .fraction
      case (UInt8(ascii: "e"), _), (UInt8(ascii: "E"), _): place = .exponent
      case (UInt8(ascii: "-"), .exponent): isExponentNegative = true
      case (UInt8(ascii: "-"), _): isNegative = true
      case (UInt8(ascii: "+"), _): break
      case (_, .exponent):
        // Far beyond any count of digits that fits into memory; enough to saturate.
        if exponent < 1 << 48 { exponent = exponent * 10 + Int(byte & 0x0F) }
      case (_, .fraction):
        fraction += 1
        digits.append(byte)
      case (_, .whole): digits.append(byte)
      }
    }

    let zero = UInt8(ascii: "0")
    let end = digits.lastIndex { $0 != zero }.map { $0 + 1 } ?? 0
    self.isNegative = isNegative
    significantDigits = digits[..<end].drop { $0 == zero }
    power = (isExponentNegative ? -exponent : exponent) - fraction + (digits.count - end)
  }
}
