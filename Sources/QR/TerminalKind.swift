/// Which form a terminal of this name can show.
extension TerminalQR.Form {
  /// Nil where colours cannot be expected (no TERM, `dumb`, the vt family): only text is right there.
  ///
  /// - Parameters:
  ///   - term: the TERM variable.
  ///   - colorTerm: the COLORTERM variable, by which terminals with a modest TERM say that they can do more.
  ///   - isUTF8: whether the locale's encoding is UTF-8.
  public static func automatic(term: String?, colorTerm: String?, isUTF8: Bool) -> TerminalQR.Form? {
    guard let colours = TerminalQR.Colours(term: term ?? "", colorTerm: colorTerm ?? "") else { return nil }
    return isUTF8 ? .halfBlocks(colours) : .spaces(colours)
  }
}

extension TerminalQR.Colours {
  /// A terminal that does not know indexed colours shows nothing of the symbol, one that knows only them does not
  /// exist: so indexed ones only where the name vouches for them, and the basic ones everywhere else.
  init?(term: String, colorTerm: String) {
    let name = Array(term.utf8)
    if name.isEmpty || term == "dumb" || term == "unknown" || name.starts(with: "vt".utf8) { return nil }
    self = .basic
    if colorTerm == "truecolor" || colorTerm == "24bit" {
      self = .indexed
      return
    }
    let parts = name.split(separator: UInt8(ascii: "-"))
    // xterm-color, rxvt-16color, screen-16color: the name's end takes back what its start promises. The Linux console
    // (`linux`) takes indexed colours for a dark grey on grey.
    let isLimited = parts.dropFirst().contains { part in
      [[UInt8]("color".utf8), Array("8color".utf8), Array("16color".utf8), Array("88color".utf8)].contains(Array(part))
    }
    let isCapable =
      parts.contains { $0.elementsEqual("256color".utf8) || $0.starts(with: "direct".utf8) }
      || TerminalQR.Colours.capable.contains { parts.first?.elementsEqual($0.utf8) == true }
    if isCapable, !isLimited { self = .indexed }
  }

  /// First parts of the names of terminals whose every version of the last decade has 256 colours.
  private static let capable = [
    "xterm", "screen", "tmux", "rxvt", "alacritty", "foot", "kitty", "wezterm", "ghostty", "st", "mintty", "konsole",
    "gnome", "vte", "iterm", "iTerm2.app", "contour", "putty", "mlterm",
  ]
}
