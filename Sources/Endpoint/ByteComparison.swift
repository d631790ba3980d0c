/// Bytes of a request, sharing the memory they were received in.
typealias RequestBytes = ArraySlice<UInt8>

/// Comparisons with words of our own, without a copy of either side.
extension ArraySlice<UInt8> {
  func equals(_ word: StaticString) -> Bool {
    count == word.utf8CodeUnitCount && starts(with: word)
  }

  func starts(with word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard count >= length else { return false }
    return withUnsafeBufferPointer { bytes in
      for index in 0..<length where bytes[index] != word.utf8Start[index] { return false }
      return true
    }
  }

  /// - Parameter word: in lower case. ASCII alone has two cases here.
  func equalsIgnoringCase(_ word: StaticString) -> Bool {
    count == word.utf8CodeUnitCount && startsIgnoringCase(with: word)
  }

  func startsIgnoringCase(with word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard count >= length else { return false }
    return withUnsafeBufferPointer { bytes in
      for index in 0..<length where Octet.lowercased(bytes[index]) != word.utf8Start[index] { return false }
      return true
    }
  }

  /// - Parameter word: in lower case.
  func equalsIgnoringCase(_ word: [UInt8]) -> Bool {
    guard count == word.count else { return false }
    return withUnsafeBufferPointer { bytes in
      for index in word.indices where Octet.lowercased(bytes[index]) != word[index] { return false }
      return true
    }
  }

  func ends(with suffix: [UInt8]) -> Bool {
    count >= suffix.count && self.suffix(suffix.count).elementsEqual(suffix)
  }
}

enum Octet {
  static let tab = UInt8(ascii: "\t"), carriageReturn = UInt8(ascii: "\r"), lineFeed = UInt8(ascii: "\n")
  static let space = UInt8(ascii: " "), slash = UInt8(ascii: "/"), question = UInt8(ascii: "?")
  static let zero = UInt8(ascii: "0"), colon = UInt8(ascii: ":"), comma = UInt8(ascii: ",")

  static func isDigit(_ byte: UInt8) -> Bool { (zero...UInt8(ascii: "9")).contains(byte) }

  static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  /// RFC 9110 §5.6.2.
  static func isOfToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), zero...UInt8(ascii: "9"),
      UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
      UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

  static func isOfValue(_ byte: UInt8) -> Bool { byte == tab || (byte >= 0x20 && byte != 0x7F) }
}
