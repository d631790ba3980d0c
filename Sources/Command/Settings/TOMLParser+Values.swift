import Model

extension TOMLParser {
  /// `depth` counts the arrays and inline tables around it.
  mutating func value(depth: Int) throws(TOMLError) -> TOMLNode.Content {
    guard depth < Self.maximumDepth else { throw error("nested more than \(Self.maximumDepth) deep") }
    guard let byte = peek else { throw error("a value is expected, \(found)") }
    switch byte {
    case UInt8(ascii: "\""): return .value(.string(try take("\"\"\"") ? multilineBasicString() : quotedBasicString()))
    case UInt8(ascii: "'"): return .value(.string(try take("'''") ? multilineLiteralString() : quotedLiteralString()))
    case UInt8(ascii: "["): return .value(.array(try array(depth: depth)))
    case UInt8(ascii: "{"): return .table(try inlineTable(depth: depth))
    default: return .value(try bareValue())
    }
  }

  // MARK: Arrays and inline tables

  private mutating func array(depth: Int) throws(TOMLError) -> [TOMLValue] {
    position += 1
    var values: [TOMLValue] = []
    while true {
      try skipBlanksAndLines()
      if take(UInt8(ascii: "]")) { return values }
      switch try value(depth: depth + 1) {
      case .value(let value): values.append(value)
      case .table(let node): values.append(.table(node.table))
      case .tables: break
      }
      try skipBlanksAndLines()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "]")) else { throw error("\",\" or \"]\" is expected in the array, \(found)") }
      return values
    }
  }

  private mutating func skipBlanksAndLines() throws(TOMLError) {
    repeat {
      skipBlanks()
      try skipComment()
    } while takeLineBreak()
  }

  private mutating func inlineTable(depth: Int) throws(TOMLError) -> TOMLNode {
    position += 1
    let node = TOMLNode(.inline)
    skipBlanks()
    if take(UInt8(ascii: "}")) { return node }
    repeat {
      try keyAndValue(into: node, depth: depth + 1)
      skipBlanks()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw error("\",\" or \"}\" is expected in the inline table, \(found)") }
    return node
  }

  // MARK: Strings

  private mutating func quotedBasicString() throws(TOMLError) -> String {
    position += 1
    return try basicString()
  }

  private mutating func quotedLiteralString() throws(TOMLError) -> String {
    position += 1
    return try literalString()
  }

  /// Behind the opening quote.
  mutating func basicString() throws(TOMLError) -> String {
    var text: [UInt8] = []
    while let byte = peek, !byte.isControl {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escape()
      default: text.append(byte)
      }
    }
    throw unterminated("\"")
  }

  /// Behind the opening quote.
  mutating func literalString() throws(TOMLError) -> String {
    let text = takeWhile { $0 != UInt8(ascii: "'") && !$0.isControl }
    guard take(UInt8(ascii: "'")) else { throw unterminated("'") }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func multilineBasicString() throws(TOMLError) -> String {
    _ = takeLineBreak()
    var text: [UInt8] = []
    while let byte = peek {
      if takeLineBreak() {
        text.append(UInt8(ascii: "\n"))
      } else if byte == UInt8(ascii: "\"") {
        if closes(with: byte, &text) { return String(decoding: text, as: UTF8.self) }
      } else if byte == UInt8(ascii: "\\") {
        position += 1
        if try !skipLineContinuation() { text += try escape() }
      } else if byte.isControl {
        break
      } else {
        position += 1
        text.append(byte)
      }
    }
    throw unterminated("\"\"\"")
  }

  private mutating func multilineLiteralString() throws(TOMLError) -> String {
    _ = takeLineBreak()
    var text: [UInt8] = []
    while let byte = peek {
      if takeLineBreak() {
        text.append(UInt8(ascii: "\n"))
      } else if byte == UInt8(ascii: "'") {
        if closes(with: byte, &text) { return String(decoding: text, as: UTF8.self) }
      } else if byte.isControl {
        break
      } else {
        position += 1
        text.append(byte)
      }
    }
    throw unterminated("'''")
  }

  /// A run of quotes: below three it is content; of three to five the last three close, and the others are content.
  private mutating func closes(with quote: UInt8, _ text: inout [UInt8]) -> Bool {
    var count = 0
    while count < 5, take(quote) { count += 1 }
    text += Array(repeating: quote, count: count < 3 ? count : count - 3)
    return count >= 3
  }

  /// Behind a backslash: blanks up to the end of the line, and then all blanks and line breaks.
  private mutating func skipLineContinuation() throws(TOMLError) -> Bool {
    let start = position
    skipBlanks()
    guard takeLineBreak() else {
      guard position == start else { throw error("only the end of the line may follow a backslash and blanks") }
      return false
    }
    repeat { skipBlanks() } while takeLineBreak()
    return true
  }

  /// Behind a backslash.
  private mutating func escape() throws(TOMLError) -> [UInt8] {
    guard let byte = peek else { throw unterminated("\"") }
    position += 1
    switch byte {
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return [byte]
    case UInt8(ascii: "u"): return try codePoint(digits: 4)
    case UInt8(ascii: "U"): return try codePoint(digits: 8)
    default:
      position -= 1
      throw error("no such escape: a backslash before \(foundCharacter); '…' takes backslashes as they are")
    }
  }

  private mutating func codePoint(digits: Int) throws(TOMLError) -> [UInt8] {
    var left = digits
    let text = takeWhile { byte in
      defer { left -= 1 }
      return left > 0 && byte.isHexDigit
    }
    guard text.count == digits, let number = UInt32(String(decoding: text, as: UTF8.self), radix: 16),
      let scalar = Unicode.Scalar(number)
    else { throw error("\\\(digits == 4 ? "u" : "U") must be followed by \(digits) hexadecimal digits of a character") }
    return Array(String(Character(scalar)).utf8)
  }

  private func unterminated(_ quote: String) -> TOMLError {
    guard let byte = peek, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") else {
      return error("the string is not closed: \(quote) is missing")
    }
    return error("a control character in a string: \(foundCharacter)")
  }

  // MARK: Numbers, booleans, dates

  private mutating func bareValue() throws(TOMLError) -> TOMLValue {
    let start = position
    var text = String(decoding: takeWhile(\.isOfBareValue), as: UTF8.self)
    // "1979-05-27 07:32:00": the one blank inside a value.
    if text.utf8.count == 10, TOMLScalar.isDate(text), peek == UInt8(ascii: " "),
      position + 1 < bytes.count, bytes[position + 1].isASCIIDigit
    {
      position += 1
      text += " " + String(decoding: takeWhile(\.isOfBareValue), as: UTF8.self)
    }
    if let value = TOMLScalar.value(text) { return value }
    position = start
    guard !text.isEmpty else { throw error("a value is expected, \(found)") }
    throw error("\"\(text.printable(limit: 40))\" is no value; text must be in quotes")
  }
}

extension UInt8 {
  var isHexDigit: Bool {
    isASCIIDigit || UInt8(ascii: "a") <= self && self <= UInt8(ascii: "f")
      || UInt8(ascii: "A") <= self && self <= UInt8(ascii: "F")
  }

  fileprivate var isOfBareValue: Bool {
    isASCIIDigit || isASCIILetter || self == UInt8(ascii: "+") || self == UInt8(ascii: "-")
      || self == UInt8(ascii: ".") || self == UInt8(ascii: ":") || self == UInt8(ascii: "_")
  }
}
