/// UTF-8 text that is equal only to the same bytes.
///
/// Swift's `String` compares by canonical equivalence: "K" (U+004B) equals the Kelvin sign (U+212A), NFC equals NFD, ";"
/// equals U+037E. An issuer, audience, client, subject or key id that is "equal" in that sense is somebody else's, so
/// everything that decides trust is of this type.
public struct ByteText: Hashable, Sendable, ExpressibleByStringLiteral {
  public let utf8: [UInt8]

  public init(_ text: String) { utf8 = Array(text.utf8) }
  public init(stringLiteral text: String) { self.init(text) }

  /// Nil if the bytes are not well-formed UTF-8; nothing is repaired.
  public init?(validating bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    utf8 = bytes
  }

  public var string: String { String(decoding: utf8, as: UTF8.self) }
  public var isEmpty: Bool { utf8.isEmpty }

  public static func == (left: ByteText, right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
}

extension ByteText: CustomStringConvertible {
  public var description: String { string }
}
