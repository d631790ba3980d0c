/// A command written as one string.
enum CommandLineText {
  /// Split on blanks; what is in double quotes stays together, and in them `\"` and `\\` stand for `"` and `\`. Nothing
  /// else is special. Nil where a quote is not closed.
  static func words(_ text: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var isQuoted = false
    var characters = text.unicodeScalars.makeIterator()
    while let character = characters.next() {
      switch character {
      case "\"":
        isQuoted.toggle()
        word = word ?? ""
      case " " where !isQuoted, "\t" where !isQuoted:
        if let complete = word { words.append(complete) }
        word = nil
      case "\\" where isQuoted:
        guard let next = characters.next() else { return nil }
        if next != "\"" && next != "\\" { word = (word ?? "") + "\\" }
        word = (word ?? "") + String(next)
      default: word = (word ?? "") + String(character)
      }
    }
    if isQuoted { return nil }
    if let complete = word { words.append(complete) }
    return words
  }
}
