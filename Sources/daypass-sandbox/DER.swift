/// The few DER structures that stand between libcrypto and JOSE.
enum DER {
  static func sequence(_ content: [UInt8]) -> [UInt8] { wrap(0x30, content) }

  /// An unsigned big-endian number as INTEGER.
  static func integer(_ magnitude: [UInt8]) -> [UInt8] {
    var bytes = Array(magnitude.drop { $0 == 0 })
    if bytes.isEmpty || bytes[0] >= 0x80 { bytes.insert(0, at: 0) }
    return wrap(0x02, bytes)
  }

  static func bitString(_ content: [UInt8]) -> [UInt8] { wrap(0x03, [0] + content) }

  /// r ‖ s (RFC 7518 §3.4) as ECDSA-Sig-Value (RFC 3279 §2.2.3).
  static func ecdsaSignature(_ raw: [UInt8]) -> [UInt8] {
    let half = raw.count / 2
    return sequence(integer(Array(raw.prefix(half))) + integer(Array(raw.dropFirst(half))))
  }

  /// ECDSA-Sig-Value as r ‖ s, each `width` bytes; nil if that is not what the bytes are.
  static func rawECDSA(_ signature: [UInt8], width: Int) -> [UInt8]? {
    var input = signature[...]
    guard var content = element(0x30, &input), input.isEmpty,
      let r = element(0x02, &content), let s = element(0x02, &content), content.isEmpty,
      let left = padded(r, to: width), let right = padded(s, to: width)
    else { return nil }
    return left + right
  }

  /// SubjectPublicKeyInfo of an RSA key (RFC 3279 §2.3.1).
  static func rsaPublicKeyInfo(modulus: [UInt8], exponent: [UInt8]) -> [UInt8] {
    let rsaEncryption: [UInt8] = [
      0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]
    return sequence(rsaEncryption + bitString(sequence(integer(modulus) + integer(exponent))))
  }

  private static func wrap(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    if content.count < 0x80 { return [tag, UInt8(content.count)] + content }
    var length: [UInt8] = []
    var rest = content.count
    while rest > 0 {
      length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
      rest >>= 8
    }
    return [tag, 0x80 | UInt8(length.count)] + length + content
  }

  /// Takes one element of less than 64 kB off the front.
  private static func element(_ tag: UInt8, _ input: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard input.popFirst() == tag, let first = input.popFirst() else { return nil }
    var length = Int(first)
    if first >= 0x80 {
      guard first == 0x81 || first == 0x82 else { return nil }
      length = 0
      for _ in 0..<(first & 0x7f) {
        guard let byte = input.popFirst() else { return nil }
        length = length << 8 | Int(byte)
      }
    }
    guard input.count >= length else { return nil }
    defer { input = input.dropFirst(length) }
    return input.prefix(length)
  }

  private static func padded(_ integer: ArraySlice<UInt8>, to width: Int) -> [UInt8]? {
    let bytes = Array(integer.drop { $0 == 0 })
    guard bytes.count <= width else { return nil }
    return [UInt8](repeating: 0, count: width - bytes.count) + bytes
  }
}
