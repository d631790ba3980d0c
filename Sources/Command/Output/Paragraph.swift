/// Running text for a window: broken at blanks only, so that addresses, codes and names stay whole.
struct Paragraph {
  private var words: [String]

  /// Text that is broken at its blanks.
  init(_ text: String) { words = text.split(separator: " ").map(String.init) }

  mutating func append(_ text: String) { words += Paragraph(text).words }

  /// Text that is never broken, whatever it holds.
  mutating func append(whole text: String) { words.append(text) }

  /// As few lines as it takes; only a word that is wider than `columns` exceeds them.
  ///
  /// - Parameter label: stands before the first line, and as many blanks before each further one.
  func lines(columns: Int, label: String = "") -> [String] {
    let indent = String(repeating: " ", count: label.count)
    var lines: [String] = []
    var line = label
    var width = label.count
    for (index, word) in words.enumerated() {
      let wordWidth = Style.width(of: word)
      if width > label.count, width + 1 + wordWidth > columns {
        lines.append(line)
        (line, width) = (indent + word, label.count + wordWidth)
      } else if index == 0 {
        (line, width) = (label + word, label.count + wordWidth)
      } else {
        (line, width) = (line + " " + word, width + 1 + wordWidth)
      }
    }
    return lines + [line]
  }
}
