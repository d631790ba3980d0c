/// Base64 with the URL-safe alphabet and without padding (RFC 4648 §5, as RFC 7515 §2 uses it).
public enum Base64URL {
  /// Nil for everything that `encode` would not write: padding, white space, `+`, `/`, bits left over that are not
  /// zero.
  public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? { Alphabet.url.decode(text) }

  public static func encode(_ bytes: [UInt8]) -> String { Alphabet.url.encode(bytes, padded: false) }
}

/// Base64 with the standard alphabet and padding (RFC 4648 §4), for HTTP Basic authentication (RFC 7617 §2).
public enum Base64 {
  /// Nil for everything that `encode` would not write: missing padding, white space, bits left over that are not zero.
  public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    var body = Array(text)
    while body.count > text.count - 2, body.last == UInt8(ascii: "=") { body.removeLast() }
    return Alphabet.standard.decode(body)
  }

  public static func encode(_ bytes: [UInt8]) -> String { Alphabet.standard.encode(bytes, padded: true) }
}

private struct Alphabet {
  static let standard = Alphabet(last: (UInt8(ascii: "+"), UInt8(ascii: "/")))
  static let url = Alphabet(last: (UInt8(ascii: "-"), UInt8(ascii: "_")))

  /// The characters of 62 and 63.
  let last: (UInt8, UInt8)

  /// Nil for what is not of the alphabet, padding included, and for bits left over that are not zero.
  func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.count / 4 * 3 + 3)
    var pending: UInt32 = 0
    var bits: UInt32 = 0
    for character in text {
      guard let value = sixBits(character) else { return nil }
      pending = pending << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        result.append(UInt8(truncatingIfNeeded: pending >> bits))
        pending &= (1 << bits) - 1
      }
    }
    // Six bits left over are a character that carries no whole byte.
    guard bits < 6, pending == 0 else { return nil }
    return result
  }

  private func sixBits(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case last.0: 62
    case last.1: 63
    default: nil
    }
  }

  func encode(_ bytes: [UInt8], padded: Bool) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count / 3 * 4 + 4)
    var pending: UInt32 = 0
    var bits: UInt32 = 0
    for byte in bytes {
      pending = pending << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        result.append(character(pending >> bits & 0x3F))
      }
      pending &= (1 << bits) - 1
    }
    if bits > 0 { result.append(character(pending << (6 - bits) & 0x3F)) }
    while padded, result.count % 4 != 0 { result.append(UInt8(ascii: "=")) }
    return String(decoding: result, as: UTF8.self)
  }

  private func character(_ value: UInt32) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: value)
    return switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + (value - 26)
    case 52..<62: UInt8(ascii: "0") + (value - 52)
    case 62: last.0
    default: last.1
    }
  }
}
