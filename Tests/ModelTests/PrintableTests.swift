import Model
import Testing

struct PrintableTests {
  @Test func leavesOrdinaryTextAlone() {
    #expect("Zugriff verweigert: 拒否 😀 é".printable() == "Zugriff verweigert: 拒否 😀 é")
    #expect("".printable() == "")
  }

  @Test func writesOutWhatATerminalObeys() {
    #expect("a\u{1B}[31mb".printable() == "a\\u{1b}[31mb")
    #expect("a\r\nb".printable() == "a\\u{d}\\u{a}b")
    #expect("\u{0}\u{7F}\u{9B}".printable() == "\\u{0}\\u{7f}\\u{9b}")
    #expect("a\u{202E}b\u{2066}\u{200B}\u{FEFF}".printable() == "a\\u{202e}b\\u{2066}\\u{200b}\\u{feff}")
    #expect("\u{2028}\u{2029}\u{E000}\u{AD}".printable() == "\\u{2028}\\u{2029}\\u{e000}\\u{ad}")
    #expect(ByteText("\t").printable() == "\\u{9}")
  }

  @Test func letsNoCharacterThroughThatIsNotForShowing() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse: break
      default: if !scalar.properties.isDefaultIgnorableCodePoint { continue }
      }
      let shown = String(scalar).printable()
      if !shown.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { Issue.record("\(value)") }
    }
  }

  /// Two names that look the same must not be two names.
  @Test func writesOutWhatShowsNothing() {
    #expect("a\u{3164}b\u{115F}\u{34F}\u{FE0F}".printable() == "a\\u{3164}b\\u{115f}\\u{34f}\\u{fe0f}")
  }

  @Test func cutsAtTheLimit() {
    #expect("abcdef".printable(limit: 6) == "abcdef")
    #expect("abcdef".printable(limit: 5) == "abcde…")
    #expect("abc".printable(limit: 0) == "…")
    #expect(String(repeating: "x", count: 1_000_000).printable().count == 201)
    // A cut does not leave half of what was written out.
    #expect("\n\n\n".printable(limit: 2) == "\\u{a}\\u{a}…")
  }
}
