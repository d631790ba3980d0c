extension AWSConfigText {
  /// Where a section stands; line numbers from 0.
  struct Section {
    var header: Int
    var options: [Option] = []
    /// Behind its last line.
    var end: Int
  }

  struct Option {
    /// In lower case.
    var key: String
    /// With the lines that go on with it.
    var lines: Range<Int>
  }

  func sections(of profile: String) -> [Section] {
    var found: [Section] = []
    var isInside = false
    var option: (index: Int, indent: Int)?
    for (index, line) in lines.enumerated() {
      let indent = line.prefix(while: AWSConfigText.isIndent).count
      guard AWSConfigText.says(line) else { continue }
      if let current = option, indent > current.indent {
        if isInside, let last = found.indices.last {
          found[last].options[current.index].lines = found[last].options[current.index].lines.lowerBound..<(index + 1)
        }
      } else if line.dropFirst(indent).first == UInt8(ascii: "["), let name = AWSConfigText.headerName(line) {
        if isInside, let last = found.indices.last { found[last].end = index }
        isInside = isHeader(name, of: profile)
        option = nil
        if isInside { found.append(Section(header: index, end: lines.count)) }
      } else if let key = AWSConfigText.key(of: line) {
        let last = found.indices.last
        option = (isInside ? last.map { found[$0].options.count } ?? 0 : 0, indent)
        if isInside, let last { found[last].options.append(Option(key: key, lines: index..<(index + 1))) }
      } else {
        // No reader takes such a file. What it is, and what is below it, is not ours to replace.
        option = nil
      }
    }
    return found
  }

  private func isHeader(_ name: String, of profile: String) -> Bool {
    let trimmed = AWSConfigText.trimmed(name.utf8)
    if kind == .credentials { return trimmed.utf8.elementsEqual(profile.utf8) }
    if trimmed == "default" { return profile == "default" }
    // For botocore blanks before the word make it something else.
    guard name.hasPrefix("profile") else { return false }
    let words = AWSConfigText.words(name)
    return words.count == 2 && words[0] == "profile" && words[1].utf8.elementsEqual(profile.utf8)
  }

  /// What is between the brackets, with the blanks that are there.
  private static func headerName(_ line: [UInt8]) -> String? {
    let inner = line.drop(while: isIndent).dropFirst()
    guard let end = inner.lastIndex(of: UInt8(ascii: "]")), end > inner.startIndex else { return nil }
    return String(decoding: inner[..<end], as: UTF8.self)
  }

  private static func key(of line: [UInt8]) -> String? {
    guard let end = line.firstIndex(where: isDelimiter) else { return nil }
    let key = trimmed(line[..<end]).lowercased()
    return key.isEmpty ? nil : key
  }

  /// Split at blanks, with quotes of either kind around what holds some.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        word = word ?? ""
      } else if character == " " || character == "\t" {
        if let whole = word { words.append(whole) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  // MARK: Bytes

  static func isBlank(_ line: [UInt8]) -> Bool { line.allSatisfy { [0x20, 0x09, 0x0D, 0x0A].contains($0) } }
  /// Whether it is more than a blank line or a comment, which neither begin nor end anything.
  static func says(_ line: [UInt8]) -> Bool {
    let first = line.drop(while: isIndent).first
    return !isBlank(line) && first != UInt8(ascii: "#") && first != UInt8(ascii: ";")
  }
  static func isIndent(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
  static func isDelimiter(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") }

  static func trimmed(_ bytes: some BidirectionalCollection<UInt8>) -> String {
    func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0D, 0x0A].contains(byte) }
    var bytes = Array(bytes.drop(while: isSpace))
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
