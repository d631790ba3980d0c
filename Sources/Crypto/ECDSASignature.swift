/// An ECDSA signature as JWS carries it: r ‖ s, each as long as a coordinate, big-endian (RFC 7518 §3.4).
struct ECDSASignature {
  private let r: ArraySlice<UInt8>
  private let s: ArraySlice<UInt8>

  /// Nil unless the length is exact and neither number is zero: r = s = 0 has passed for valid in other libraries.
  init?(raw: [UInt8], coordinateSize: Int) {
    guard raw.count == 2 * coordinateSize else { return nil }
    r = raw.prefix(coordinateSize).drop { $0 == 0 }
    s = raw.suffix(coordinateSize).drop { $0 == 0 }
    guard !r.isEmpty, !s.isEmpty else { return nil }
  }

  /// `ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 §2.2.3) in DER, which libcrypto verifies.
  var der: [UInt8] { ECDSASignature.element(0x30, ECDSASignature.integer(r) + ECDSASignature.integer(s)) }

  private static func integer(_ number: ArraySlice<UInt8>) -> [UInt8] {
    // A leading 1 bit would make it negative.
    let sign: [UInt8] = number.first.map { $0 >= 0x80 } == true ? [0] : []
    return element(0x02, sign + number)
  }

  private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    // Two coordinates of at most 66 bytes stay below 256.
    let length = UInt8(truncatingIfNeeded: content.count)
    return [tag] + (length < 0x80 ? [length] : [0x81, length]) + content
  }
}
