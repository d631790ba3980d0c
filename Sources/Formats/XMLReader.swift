import Model

/// Reads the part of XML 1.0 that `XMLElement.parse` describes. The recursion is 16 deep and no deeper.
struct XMLReader {
  private static let limit = 1 << 20
  private static let maximumDepth = 16

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(XMLError) -> XMLElement {
    guard bytes.count <= XMLReader.limit else { throw .tooLarge(limit: XMLReader.limit) }
    guard ByteText(validating: bytes) != nil else { throw .notUTF8 }
    try declaration()
    skipWhiteSpace()
    let root = try element(depth: 1)
    skipWhiteSpace()
    guard position == bytes.count else {
      try refuseMarkup()
      throw .trailingData(at: position)
    }
    return root
  }

  /// `<?xml version="1.0" encoding="UTF-8"?>`, at the very start or not at all.
  private mutating func declaration() throws(XMLError) {
    guard skip("<?xml"), position < bytes.count, isWhiteSpace(bytes[position]) else {
      position = 0
      return
    }
    var names: [String] = []
    while try !closes("?>") {
      let (name, value) = try attribute()
      names.append(String(decoding: name, as: UTF8.self))
      if names.last == "encoding" {
        guard value.map(lowercased).elementsEqual("utf-8".utf8) else { throw .unsupportedEncoding }
      }
    }
    switch names {
    case ["version"], ["version", "encoding"], ["version", "standalone"], ["version", "encoding", "standalone"]: break
    default: throw .processingInstruction(at: 0)
    }
  }

  // MARK: Elements

  private mutating func element(depth: Int) throws(XMLError) -> XMLElement {
    try refuseMarkup()
    let start = position
    try expect("<")
    guard depth <= XMLReader.maximumDepth else { throw .tooDeep(at: start) }
    let name = try qualifiedName()
    var names = NameSet()
    var attributes: [XMLElement.Attribute] = []
    while true {
      if try closes("/>") {
        return XMLElement(name: localPart(name), children: [], text: "", attributes: attributes)
      }
      if skip(">") { break }
      let place = position
      let (attribute, value) = try attribute()
      guard names.insert(attribute) else { throw .repeatedAttribute(at: place) }
      attributes.append(
        XMLElement.Attribute(name: localPart(attribute), value: String(decoding: value, as: UTF8.self)))
    }

    var children: [XMLElement] = []
    var text = try characters()
    while !startsWith("</") {
      // Whatever text there is stands before the first child or after another one.
      guard text.allSatisfy(isWhiteSpace) else { throw .mixedContent(at: position) }
      children.append(try element(depth: depth + 1))
      text = try characters()
    }
    guard children.isEmpty || text.allSatisfy(isWhiteSpace) else { throw .mixedContent(at: position) }

    let end = position
    try expect("</")
    guard skip(name), position < bytes.count, isWhiteSpace(bytes[position]) || bytes[position] == UInt8(ascii: ">")
    else { throw position < bytes.count ? .mismatchedTag(at: end) : .unexpectedEnd(at: position) }
    skipWhiteSpace()
    try expect(">")
    return XMLElement(
      name: localPart(name), children: children, text: children.isEmpty ? String(decoding: text, as: UTF8.self) : "",
      attributes: attributes)
  }

  /// Past white space (which must stand before an attribute) and, if it comes next, `end`.
  private mutating func closes(_ end: String) throws(XMLError) -> Bool {
    let start = position
    skipWhiteSpace()
    if skip(end) { return true }
    let byte = try peek()
    guard position > start || byte == UInt8(ascii: ">") else { throw .unexpectedByte(byte, at: position) }
    return false
  }

  private mutating func attribute() throws(XMLError) -> (name: [UInt8], value: [UInt8]) {
    let name = try qualifiedName()
    skipWhiteSpace()
    try expect("=")
    skipWhiteSpace()
    let quote = try peek()
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { throw .unexpectedByte(quote, at: position) }
    position += 1
    var value: [UInt8] = []
    while try peek() != quote {
      guard bytes[position] != UInt8(ascii: "<") else { throw .unexpectedByte(bytes[position], at: position) }
      try character(into: &value)
    }
    position += 1
    return (name, value)
  }

  /// ASCII only: a name decides what a value means, and ASCII has one spelling for each. One colon at most, inside.
  private mutating func qualifiedName() throws(XMLError) -> [UInt8] {
    let start = position
    while position < bytes.count, isNameByte(bytes[position]) { position += 1 }
    let name = Array(bytes[start..<position])
    let parts = name.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ $0.first.map(isNameStart) ?? false }) else {
      position = start
      throw .unexpectedByte(try peek(), at: start)
    }
    return name
  }

  private func localPart(_ name: [UInt8]) -> String {
    String(decoding: name.split(separator: UInt8(ascii: ":")).last ?? [], as: UTF8.self)
  }

  private func isNameStart(_ byte: UInt8) -> Bool { isLetter(byte) || byte == UInt8(ascii: "_") }

  private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "."): true
    default: isNameStart(byte) || isDigit(byte)
    }
  }

  // MARK: Text

  /// Up to the next `<`.
  private mutating func characters() throws(XMLError) -> [UInt8] {
    var text: [UInt8] = []
    while try peek() != UInt8(ascii: "<") {
      guard bytes[position] != UInt8(ascii: "]") || !startsWith("]]>") else {
        throw .unexpectedByte(bytes[position], at: position)
      }
      try character(into: &text)
    }
    return text
  }

  /// One byte or one reference, onto `text`.
  private mutating func character(into text: inout [UInt8]) throws(XMLError) {
    let byte = try peek()
    switch byte {
    case UInt8(ascii: "&"): text += try reference()
    case 0x0D:
      // Every line end is LF (XML 1.0 §2.11).
      position += 1
      if !startsWith("\n") { text.append(0x0A) }
    case 0x09, 0x0A, 0x20...:
      // U+FFFE and U+FFFF are not characters of XML: EF BF BE, EF BF BF.
      guard byte != 0xEF || !(startsWith([0xEF, 0xBF, 0xBE]) || startsWith([0xEF, 0xBF, 0xBF])) else {
        throw .unexpectedByte(byte, at: position)
      }
      text.append(byte)
      position += 1
    default: throw .unexpectedByte(byte, at: position)
    }
  }

  private mutating func reference() throws(XMLError) -> [UInt8] {
    let start = position
    position += 1
    if skip("#") { return try characterReference(at: start) }
    for (name, byte): (String, UInt8) in [
      ("lt;", UInt8(ascii: "<")), ("gt;", UInt8(ascii: ">")), ("amp;", UInt8(ascii: "&")),
      ("quot;", UInt8(ascii: "\"")), ("apos;", UInt8(ascii: "'")),
    ] where skip(name) {
      return [byte]
    }
    throw .malformedReference(at: start)
  }

  private mutating func characterReference(at start: Int) throws(XMLError) -> [UInt8] {
    let radix: UInt32 = skip("x") ? 16 : 10
    var value: UInt32 = 0
    let first = position
    while let digit = hexDigit(try peek()), digit < radix, value <= 0x10FFFF {
      value = value * radix + UInt32(digit)
      position += 1
    }
    guard position > first, try peek() == UInt8(ascii: ";"), let scalar = Unicode.Scalar(value), isCharacter(value)
    else { throw .malformedReference(at: start) }
    position += 1
    return Array(String(scalar).utf8)
  }

  /// XML 1.0 §2.2, surrogates aside.
  private func isCharacter(_ value: UInt32) -> Bool {
    switch value {
    case 0x09, 0x0A, 0x0D, 0x20...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }

  // MARK: Bytes

  private func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  private mutating func skipWhiteSpace() {
    while position < bytes.count, isWhiteSpace(bytes[position]) { position += 1 }
  }

  private func refuseMarkup() throws(XMLError) {
    if startsWith("<!") { throw .markupDeclaration(at: position) }
    if startsWith("<?") { throw .processingInstruction(at: position) }
  }

  private func peek() throws(XMLError) -> UInt8 {
    guard position < bytes.count else { throw .unexpectedEnd(at: position) }
    return bytes[position]
  }

  private mutating func expect(_ word: String) throws(XMLError) {
    guard skip(word) else { throw .unexpectedByte(try peek(), at: position) }
  }

  private mutating func skip(_ word: String) -> Bool { skip(Array(word.utf8)) }

  private mutating func skip(_ word: [UInt8]) -> Bool {
    guard startsWith(word) else { return false }
    position += word.count
    return true
  }

  private func startsWith(_ word: String) -> Bool { startsWith(word.utf8) }

  private func startsWith(_ word: some Collection<UInt8>) -> Bool { bytes[position...].starts(with: word) }
}

/// The names seen in one tag. Nearly all tags have few, where looking is cheaper than hashing; with many it would take
/// quadratic time.
private struct NameSet {
  private var few: [[UInt8]] = []
  private var many: Set<[UInt8]> = []

  /// False if it is there already.
  mutating func insert(_ name: [UInt8]) -> Bool {
    if few.count == 16 {
      if many.isEmpty { many = Set(few) }
      return many.insert(name).inserted
    }
    if few.contains(name) { return false }
    few.append(name)
    return true
  }
}
