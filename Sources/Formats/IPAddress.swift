/// IP addresses in the forms that URLs hold (RFC 3986 §3.2.2).
public enum IPAddress {
  /// 64:ff9b::/96, behind which IPv4 is reached from IPv6 (RFC 6052 §2.1).
  static let nat64Prefix: [UInt8] = [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]

  /// The 4 bytes of a dotted quad: four decimal numbers to 255 without leading zeros, which some read as octal.
  public static func v4(_ text: some Collection<UInt8>) -> [UInt8]? {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var address: [UInt8] = []
    for part in parts {
      guard let value = decimal(part, atMost: 3), let byte = UInt8(exactly: value) else { return nil }
      guard part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
      address.append(byte)
    }
    return address
  }

  /// The 16 bytes of an IPv6 address in any form of RFC 4291 §2.2, without a zone.
  public static func v6(_ text: some Collection<UInt8>) -> [UInt8]? {
    var groups = Array(text).split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    // A "::" at either end leaves two empty groups there; one of them is the edge of the text.
    guard groups.count >= 3 else { return nil }
    if groups[0].isEmpty {
      guard groups[1].isEmpty else { return nil }
      groups.removeFirst()
    }
    if groups[groups.count - 1].isEmpty {
      guard groups[groups.count - 2].isEmpty else { return nil }
      groups.removeLast()
    }

    var head: [UInt8] = []
    var tail: [UInt8]?
    for (index, group) in groups.enumerated() {
      if group.isEmpty {
        guard tail == nil else { return nil }
        tail = []
        continue
      }
      guard let bytes = sixteenBits(group) ?? (index == groups.count - 1 ? v4(group) : nil) else { return nil }
      if tail == nil { head += bytes } else { tail?.append(contentsOf: bytes) }
    }
    guard let tail else { return head.count == 16 ? head : nil }
    // "::" stands for one group of zeros at least.
    let zeros = 16 - head.count - tail.count
    return zeros >= 2 ? head + Array(repeating: 0, count: zeros) + tail : nil
  }

  private static func sixteenBits(_ group: ArraySlice<UInt8>) -> [UInt8]? {
    guard group.count <= 4 else { return nil }
    var value: UInt16 = 0
    for character in group {
      guard let digit = hexDigit(character) else { return nil }
      value = value << 4 | UInt16(digit)
    }
    return [UInt8(value >> 8), UInt8(value & 0xFF)]
  }
}
