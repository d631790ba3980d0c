/// Emphasis for a person's eyes, where colour is wanted; the words carry the meaning by themselves.
struct Style {
  let isOn: Bool

  /// What the eye should find first: a code, a name.
  func strong(_ text: String) -> String { wrapped(text, "1") }
  func good(_ text: String) -> String { wrapped(text, "32") }
  func bad(_ text: String) -> String { wrapped(text, "31") }

  /// SGR (ECMA-48 §8.3.117): only what every theme of 8 colours keeps readable on dark and on light.
  private func wrapped(_ text: String, _ code: String) -> String {
    isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  /// The columns that a text takes: emphasis takes none.
  static func width(of text: String) -> Int {
    var width = 0
    var isEmphasis = false
    for character in text {
      if character == "\u{1B}" { isEmphasis = true }
      if !isEmphasis { width += 1 }
      if character == "m" { isEmphasis = false }
    }
    return width
  }
}
