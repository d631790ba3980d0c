public import Model

/// Why bytes are not a JSON document that is accepted here. Every case names the offset of the byte concerned.
public enum JSONError: Explained, Hashable {
  case unexpectedEnd(at: Int)
  case unexpectedByte(UInt8, at: Int)
  case byteOrderMark
  case malformedNumber(at: Int)
  case malformedEscape(at: Int)
  case loneSurrogate(at: Int)
  case controlCharacter(at: Int)
  case notUTF8(at: Int)
  case duplicateKey(ByteText, at: Int)
  case tooDeep(at: Int)
  case trailingData(at: Int)

  public var offset: Int {
    switch self {
    case .byteOrderMark: 0
    case .unexpectedEnd(let offset), .unexpectedByte(_, let offset), .malformedNumber(let offset),
      .malformedEscape(let offset), .loneSurrogate(let offset), .controlCharacter(let offset), .notUTF8(let offset),
      .duplicateKey(_, let offset), .tooDeep(let offset), .trailingData(let offset):
      offset
    }
  }

  public var kind: FailureKind { .malformed }

  public var message: String {
    switch self {
    case .unexpectedEnd(let offset): "the JSON breaks off after \(offset) bytes"
    case .unexpectedByte(let byte, let offset): "the JSON has an unexpected byte 0x\(hex(byte)) at offset \(offset)"
    case .byteOrderMark: "the JSON starts with a byte order mark"
    case .malformedNumber(let offset): "the JSON has a malformed number at offset \(offset)"
    case .malformedEscape(let offset): "the JSON has a malformed escape at offset \(offset)"
    case .loneSurrogate(let offset): "the JSON has half a surrogate pair at offset \(offset)"
    case .controlCharacter(let offset): "the JSON has a raw control character in a string at offset \(offset)"
    case .notUTF8(let offset): "the JSON is not UTF-8 at offset \(offset)"
    case .duplicateKey(let key, let offset):
      "the JSON has the member \"\(key.printable(limit: 40))\" twice, again at offset \(offset)"
    case .tooDeep(let offset): "the JSON is nested too deeply at offset \(offset)"
    case .trailingData(let offset): "the JSON ends, but more follows at offset \(offset)"
    }
  }
}

func hex(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16)
}
