import Model

/// Reads RFC 8259 from bytes, each byte once. The recursion is as deep as `maximumDepth` and no deeper.
struct JSONReader {
  private let bytes: [UInt8]
  private let maximumDepth: Int
  private var position = 0
  private var depth = 0

  init(_ bytes: [UInt8], maximumDepth: Int) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
  }

  mutating func document() throws(JSONError) -> JSON {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw .byteOrderMark }
    let result = try value()
    skipWhiteSpace()
    guard position == bytes.count else { throw .trailingData(at: position) }
    return result
  }

  private mutating func value() throws(JSONError) -> JSON {
    skipWhiteSpace()
    switch try peek() {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    case UInt8(ascii: "t"): return try keyword("true", .bool(true))
    case UInt8(ascii: "f"): return try keyword("false", .bool(false))
    case UInt8(ascii: "n"): return try keyword("null", .null)
    default: throw unexpected()
    }
  }

  // MARK: Structure

  private mutating func object() throws(JSONError) -> JSON {
    try enter()
    var members: [JSONObject.Member] = []
    var keys = KeySet()
    if try !endsAtOnce(with: UInt8(ascii: "}")) {
      repeat {
        skipWhiteSpace()
        let start = position
        guard try peek() == UInt8(ascii: "\"") else { throw unexpected() }
        let key = try string()
        guard keys.insert(key, after: members) else { throw .duplicateKey(key, at: start) }
        skipWhiteSpace()
        guard try peek() == UInt8(ascii: ":") else { throw unexpected() }
        position += 1
        members.append(JSONObject.Member(key: key, value: try value()))
      } while try continues(until: UInt8(ascii: "}"))
    }
    depth -= 1
    return .object(JSONObject(members: members))
  }

  private mutating func array() throws(JSONError) -> JSON {
    try enter()
    var elements: [JSON] = []
    if try !endsAtOnce(with: UInt8(ascii: "]")) {
      repeat { elements.append(try value()) } while try continues(until: UInt8(ascii: "]"))
    }
    depth -= 1
    return .array(elements)
  }

  /// Past the opening bracket.
  private mutating func enter() throws(JSONError) {
    guard depth < maximumDepth else { throw .tooDeep(at: position) }
    depth += 1
    position += 1
  }

  private mutating func endsAtOnce(with bracket: UInt8) throws(JSONError) -> Bool {
    skipWhiteSpace()
    guard try peek() == bracket else { return false }
    position += 1
    return true
  }

  /// Past a comma (true) or the closing bracket (false).
  private mutating func continues(until bracket: UInt8) throws(JSONError) -> Bool {
    skipWhiteSpace()
    let byte = try peek()
    guard byte == UInt8(ascii: ",") || byte == bracket else { throw unexpected() }
    position += 1
    return byte != bracket
  }

  private mutating func keyword(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
    for byte in word.utf8 {
      guard try peek() == byte else { throw unexpected() }
      position += 1
    }
    return value
  }

  // MARK: Numbers

  private mutating func number() throws(JSONError) -> JSONNumber {
    let start = position
    if try peek() == UInt8(ascii: "-") { position += 1 }
    if try peek() == UInt8(ascii: "0") {
      position += 1
    } else {
      try digits(of: start)
    }
    if next(is: UInt8(ascii: ".")) {
      position += 1
      try digits(of: start)
    }
    if next(is: UInt8(ascii: "e")) || next(is: UInt8(ascii: "E")) {
      position += 1
      if next(is: UInt8(ascii: "+")) || next(is: UInt8(ascii: "-")) { position += 1 }
      try digits(of: start)
    }
    // A digit can only stand here after a leading zero.
    if position < bytes.count, isDigit(bytes[position]) { throw .malformedNumber(at: start) }
    return JSONNumber(validated: String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func digits(of start: Int) throws(JSONError) {
    guard isDigit(try peek()) else { throw .malformedNumber(at: start) }
    while position < bytes.count, isDigit(bytes[position]) { position += 1 }
  }

  // MARK: Strings

  private mutating func string() throws(JSONError) -> ByteText {
    let start = position
    position += 1
    var content: [UInt8] = []
    while true {
      let run = position
      while position < bytes.count, isPlain(bytes[position]) { position += 1 }
      content += bytes[run..<position]
      switch try peek() {
      case UInt8(ascii: "\""):
        position += 1
        // Escapes yield whole characters, so only the raw runs can be at fault here.
        guard let text = ByteText(validating: content) else { throw .notUTF8(at: start) }
        return text
      case UInt8(ascii: "\\"):
        try escape(into: &content)
      default:
        throw .controlCharacter(at: position)
      }
    }
  }

  private func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
    let start = position
    position += 1
    let letter = try peek()
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"): content += try character(escapedAt: start)
    default: throw .malformedEscape(at: start)
    }
  }

  private mutating func character(escapedAt start: Int) throws(JSONError) -> UTF8.EncodedScalar {
    let unit = try codeUnit(escapedAt: start)
    var value = UInt32(unit)
    if UTF16.isLeadSurrogate(unit) {
      for byte in [UInt8(ascii: "\\"), UInt8(ascii: "u")] {
        guard try peek() == byte else { throw .loneSurrogate(at: start) }
        position += 1
      }
      let trail = try codeUnit(escapedAt: start)
      guard UTF16.isTrailSurrogate(trail) else { throw .loneSurrogate(at: start) }
      value = 0x10000 + ((UInt32(unit) & 0x3FF) << 10) + (UInt32(trail) & 0x3FF)
    }
    guard let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) else { throw .loneSurrogate(at: start) }
    return encoded
  }

  private mutating func codeUnit(escapedAt start: Int) throws(JSONError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = hexDigit(try peek()) else { throw .malformedEscape(at: start) }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }

  // MARK: Bytes

  private mutating func skipWhiteSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private func next(is byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

  private func peek() throws(JSONError) -> UInt8 {
    guard position < bytes.count else { throw .unexpectedEnd(at: position) }
    return bytes[position]
  }

  /// The byte at `position`, which is known to be there.
  private func unexpected() -> JSONError {
    position < bytes.count ? .unexpectedByte(bytes[position], at: position) : .unexpectedEnd(at: position)
  }
}

/// The names seen in one object. Most objects are small, where looking is cheaper than hashing; in large ones looking
/// would take quadratic time.
private struct KeySet {
  private var hashed: Set<ByteText> = []

  /// False if `key` is one of `members`, the members inserted before.
  mutating func insert(_ key: ByteText, after members: [JSONObject.Member]) -> Bool {
    if members.count < 16 { return !members.contains { $0.key == key } }
    if hashed.isEmpty { hashed = Set(members.map(\.key)) }
    return hashed.insert(key).inserted
  }
}
