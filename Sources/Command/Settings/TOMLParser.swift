import Model

/// Bytes to a table, strictly: TOML 1.0 and nothing beside it. Ends on any input, and recurses no deeper than
/// `maximumDepth`.
struct TOMLParser {
  static let maximumDepth = 16

  let bytes: [UInt8]
  var position = 0
  private(set) var line = 1
  private let root = TOMLNode(.header)
  /// The table of the last header.
  private var section: TOMLNode

  static func parse(_ bytes: [UInt8]) throws(TOMLError) -> TOMLTable {
    if let line = firstLineNotUTF8(bytes) {
      throw TOMLError(line: line, column: 1, reason: "the line is not UTF-8")
    }
    var parser = TOMLParser(bytes)
    return try parser.document()
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    section = root
  }

  private static func firstLineNotUTF8(_ bytes: [UInt8]) -> Int? {
    if String(validating: bytes, as: UTF8.self) != nil { return nil }
    // A line feed is never part of another character, so the lines can be judged one by one.
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0) + 1
  }

  // MARK: Lines

  private mutating func document() throws(TOMLError) -> TOMLTable {
    while true {
      skipBlanks()
      switch peek {
      case nil: return root.table
      case UInt8(ascii: "["): try header()
      case UInt8(ascii: "#"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
      default: try keyAndValue(into: section)
      }
      try endOfLine()
    }
  }

  private mutating func header() throws(TOMLError) {
    let isArray = bytes[position...].starts(with: [UInt8(ascii: "["), UInt8(ascii: "[")])
    position += isArray ? 2 : 1
    let line = self.line
    let path = try dottedKey()
    for _ in 0..<(isArray ? 2 : 1) {
      guard take(UInt8(ascii: "]")) else { throw error("the header must end with \(isArray ? "\"]]\"" : "\"]\"")") }
    }
    guard let name = path.last else { return }
    let parent = try walk(path.dropLast(), line: line)
    section = isArray ? try appended(name, to: parent, line: line) : try opened(name, in: parent, line: line)
  }

  /// The table that a header's path leads to; what is missing on the way is implied.
  private func walk(_ path: ArraySlice<ByteText>, line: Int) throws(TOMLError) -> TOMLNode {
    var node = root
    for key in path {
      switch node[key] {
      case nil:
        let next = TOMLNode(.implied)
        node.set(key, line: line, .table(next))
        node = next
      case .table(let next) where next.origin != .inline: node = next
      case .tables(let nodes): node = nodes.last
      case .table, .value: throw error("\(quoted(key)) is already a value", line: line)
      }
    }
    return node
  }

  private func opened(_ name: ByteText, in parent: TOMLNode, line: Int) throws(TOMLError) -> TOMLNode {
    switch parent[name] {
    case nil:
      let node = TOMLNode(.header)
      parent.set(name, line: line, .table(node))
      return node
    case .table(let node) where node.origin == .implied:
      node.origin = .header
      return node
    default: throw twice(name, in: parent, line: line)
    }
  }

  private func appended(_ name: ByteText, to parent: TOMLNode, line: Int) throws(TOMLError) -> TOMLNode {
    let node = TOMLNode(.header)
    switch parent[name] {
    case nil: parent.set(name, line: line, .tables(TOMLNodes(node)))
    case .tables(let nodes): nodes.append(node)
    default: throw twice(name, in: parent, line: line)
    }
    return node
  }

  // MARK: Keys

  mutating func keyAndValue(into table: TOMLNode, depth: Int = 0) throws(TOMLError) {
    let line = self.line
    let path = try dottedKey()
    guard take(UInt8(ascii: "=")) else { throw error("\"=\" must follow the key") }
    guard let name = path.last else { return }
    var node = table
    for key in path.dropLast() {
      switch node[key] {
      case nil:
        let next = TOMLNode(.dotted)
        node.set(key, line: line, .table(next))
        node = next
      case .table(let next) where next.origin == .dotted: node = next
      default: throw twice(key, in: node, line: line)
      }
    }
    // Before the value is read, so that the error stands where the eye looks for it.
    if node[name] != nil { throw twice(name, in: node, line: line) }
    skipBlanks()
    node.set(name, line: line, try value(depth: depth))
  }

  private mutating func dottedKey() throws(TOMLError) -> [ByteText] {
    var path: [ByteText] = []
    repeat {
      skipBlanks()
      path.append(try simpleKey())
      if path.count > Self.maximumDepth { throw error("the key has more than \(Self.maximumDepth) parts") }
      skipBlanks()
    } while take(UInt8(ascii: "."))
    return path
  }

  private mutating func simpleKey() throws(TOMLError) -> ByteText {
    switch peek {
    case UInt8(ascii: "\""):
      position += 1
      return ByteText(try basicString())
    case UInt8(ascii: "'"):
      position += 1
      return ByteText(try literalString())
    default:
      let name = takeWhile { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
      guard !name.isEmpty else { throw error("a key is expected, \(found)") }
      return ByteText(String(decoding: name, as: UTF8.self))
    }
  }

  // MARK: Bytes

  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  /// Takes `word` if it comes next.
  mutating func take(_ word: StaticString) -> Bool {
    let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
    if matches { position += word.utf8CodeUnitCount }
    return matches
  }

  mutating func takeWhile(_ accepts: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let start = position
    while let byte = peek, accepts(byte) { position += 1 }
    return bytes[start..<position]
  }

  mutating func skipBlanks() {
    while peek == UInt8(ascii: " ") || peek == UInt8(ascii: "\t") { position += 1 }
  }

  /// Every line break is taken here, so that lines are counted.
  mutating func takeLineBreak() -> Bool {
    guard take(UInt8(ascii: "\n")) || take("\r\n") else { return false }
    line += 1
    return true
  }

  mutating func skipComment() throws(TOMLError) {
    guard take(UInt8(ascii: "#")) else { return }
    while let byte = peek, !byte.isControl { position += 1 }
  }

  /// Blanks, a comment, and the end of the line or of the file.
  private mutating func endOfLine() throws(TOMLError) {
    skipBlanks()
    try skipComment()
    guard peek == nil || takeLineBreak() else { throw error("the end of the line is expected, \(found)") }
  }

  // MARK: Errors

  func error(_ reason: String, line: Int? = nil) -> TOMLError {
    let start = bytes[..<position].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    // Bytes 10xxxxxx continue a character.
    let column = bytes[start..<position].count { $0 & 0xC0 != 0x80 } + 1
    return TOMLError(line: line ?? self.line, column: line == nil ? column : 1, reason: reason)
  }

  private func twice(_ key: ByteText, in node: TOMLNode, line: Int) -> TOMLError {
    let before = node.line(of: key).map { ", first in line \($0)" } ?? ""
    return error("\(quoted(key)) is defined twice\(before)", line: line)
  }

  private func quoted(_ key: ByteText) -> String { "\"\(key.printable(limit: 60))\"" }

  /// For messages that say what is expected.
  var found: String { "not \(foundCharacter)" }

  /// What stands at the position.
  var foundCharacter: String {
    guard let byte = peek else { return "the end of the file" }
    if byte == UInt8(ascii: "\n") { return "the end of the line" }
    let character = String(decoding: bytes[position...].prefix(4), as: UTF8.self).unicodeScalars.prefix(1)
    return "\"\(String(character).printable())\""
  }
}

extension UInt8 {
  var isASCIIDigit: Bool { UInt8(ascii: "0") <= self && self <= UInt8(ascii: "9") }
  var isASCIILetter: Bool {
    UInt8(ascii: "a") <= self && self <= UInt8(ascii: "z") || UInt8(ascii: "A") <= self && self <= UInt8(ascii: "Z")
  }
  /// What TOML text may not hold: controls other than the tab.
  var isControl: Bool { self < 0x20 && self != UInt8(ascii: "\t") || self == 0x7F }
}
