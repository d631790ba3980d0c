import Model

/// Writes values without white space (RFC 8259 §4–7).
struct JSONWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ value: JSON) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let bool): bytes += (bool ? "true" : "false").utf8
    case .number(let number): bytes += number.literal.utf8
    case .string(let text): write(text)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        write(element)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let object):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        write(member.key)
        bytes.append(UInt8(ascii: ":"))
        write(member.value)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private mutating func write(_ text: ByteText) {
    bytes.append(UInt8(ascii: "\""))
    var mayStartC1 = false
    for byte in text.utf8 {
      // U+0080…U+009F are the bytes C2 80 … C2 9F; terminals obey some of them.
      if mayStartC1, byte < 0xA0 {
        bytes.removeLast()
        writeEscape(byte)
      } else {
        write(byte)
      }
      mayStartC1 = byte == 0xC2
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func write(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
    case UInt8(ascii: "\n"): bytes += "\\n".utf8
    case UInt8(ascii: "\r"): bytes += "\\r".utf8
    case UInt8(ascii: "\t"): bytes += "\\t".utf8
    case 0..<0x20, 0x7F: writeEscape(byte)
    default: bytes.append(byte)
    }
  }

  private mutating func writeEscape(_ value: UInt8) {
    bytes += "\\u00".utf8
    bytes += hex(value).utf8
  }
}
