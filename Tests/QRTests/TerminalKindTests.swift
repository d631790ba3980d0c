import QR
import Testing

@Suite struct TerminalKindTests {
  @Test(arguments: [
    "xterm", "xterm-256color", "screen", "screen-256color", "tmux", "tmux-256color", "xterm-kitty", "alacritty", "foot",
    "rxvt-unicode-256color", "st-256color", "xterm-direct", "somebody-256color", "screen.xterm-256color",
  ])
  func indexedColoursWhereTheNameVouchesForThem(_ term: String) {
    #expect(TerminalQR.Form.automatic(term: term, colorTerm: nil, isUTF8: true) == .halfBlocks(.indexed))
    #expect(TerminalQR.Form.automatic(term: term, colorTerm: nil, isUTF8: false) == .spaces(.indexed))
  }

  @Test(arguments: [
    "linux", "ansi", "cons25", "xterm-color", "xterm-16color", "rxvt-88color", "cygwin", "never-heard-of",
  ])
  func basicColoursElsewhere(_ term: String) {
    #expect(TerminalQR.Form.automatic(term: term, colorTerm: nil, isUTF8: true) == .halfBlocks(.basic))
    #expect(TerminalQR.Form.automatic(term: term, colorTerm: "", isUTF8: false) == .spaces(.basic))
  }

  @Test func aTerminalMaySayThatItCanDoMore() {
    #expect(TerminalQR.Form.automatic(term: "linux", colorTerm: "truecolor", isUTF8: true) == .halfBlocks(.indexed))
    #expect(TerminalQR.Form.automatic(term: "unheard", colorTerm: "24bit", isUTF8: true) == .halfBlocks(.indexed))
    #expect(TerminalQR.Form.automatic(term: "unheard", colorTerm: "yes", isUTF8: true) == .halfBlocks(.basic))
  }

  @Test(arguments: [nil, "", "dumb", "unknown", "vt100", "vt220"])
  func nothingWithoutColours(_ term: String?) {
    #expect(TerminalQR.Form.automatic(term: term, colorTerm: "truecolor", isUTF8: true) == nil)
    #expect(TerminalQR.Form.automatic(term: term, colorTerm: nil, isUTF8: false) == nil)
  }
}
