import Model

/// A digest over named values that no other list of values has: each is written with its length, and an absent one
/// differs from an empty one. File names are made of it, so that what is written never depends on the compiler.
struct Fingerprint {
  private(set) var encoded: [UInt8] = []

  mutating func add(_ bytes: (some Collection<UInt8>)?) {
    guard let bytes else {
      encoded.append(0)
      return
    }
    encoded.append(1)
    let count = UInt64(bytes.count)
    for shift in stride(from: 56, through: 0, by: -8) {
      encoded.append(UInt8(truncatingIfNeeded: count >> UInt64(shift)))
    }
    encoded.append(contentsOf: bytes)
  }

  mutating func add(_ text: String?) { add(text.map { Array($0.utf8) }) }
  mutating func add(_ text: ByteText?) { add(text?.utf8) }
  /// In decimal.
  mutating func add(_ number: Int?) { add(number.map { String($0) }) }

  mutating func add<Element>(_ list: [Element], _ element: (inout Fingerprint, Element) -> Void) {
    add(list.count)
    for value in list { element(&self, value) }
  }

  mutating func add(_ list: [String]) { add(list) { $0.add($1) } }
  mutating func add(_ list: [ByteText]) { add(list) { $0.add($1) } }

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

  static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
