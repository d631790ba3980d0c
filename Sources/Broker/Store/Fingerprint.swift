import Model

/// A digest over named values that no other list of values has: each is written with its length, and an absent one
/// differs from an empty one.
struct Fingerprint {
  private(set) var encoded: [UInt8] = []

  mutating func add(_ bytes: (some Collection<UInt8>)?) {
    guard let bytes else {
      encoded.append(0)
      return
    }
    encoded.append(1)
    let count = UInt64(bytes.count)
    for shift in stride(from: 56, through: 0, by: -8) { encoded.append(UInt8(truncatingIfNeeded: count >> UInt64(shift))) }
    encoded.append(contentsOf: bytes)
  }

  mutating func add(_ text: String?) { add(text.map { Array($0.utf8) }) }
  mutating func add(_ text: ByteText?) { add(text?.utf8) }

  mutating func add(_ list: [String]) {
    add(String(list.count))
    for element in list { add(element) }
  }

  /// The first 160 bits of SHA-256, in hexadecimal: a file name.
  func name(_ cryptography: any Cryptography) -> String {
    Hexadecimal.encode(cryptography.digest(.sha256, encoded).prefix(20))
  }
}

enum Hexadecimal {
  static func encode(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
