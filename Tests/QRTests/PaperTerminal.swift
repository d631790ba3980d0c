/// A terminal just clever enough to see what a drawing would look like: SGR, spaces, half blocks.
struct PaperTerminal {
  enum Shade: Equatable { case dark, light, unset }

  /// Pixels: each character is one wide and two high.
  private(set) var pixels: [[Shade]] = []
  private var foreground = Shade.unset
  private var background = Shade.unset
  /// Whether colours were still set at the end of a line.
  private(set) var bleeds = false
  /// What it did not understand; empty for a right drawing.
  private(set) var junk: [String] = []

  init(_ lines: [String]) {
    for line in lines {
      draw(line)
      if foreground != .unset || background != .unset { bleeds = true }
    }
  }

  private mutating func draw(_ line: String) {
    var upper: [Shade] = []
    var lower: [Shade] = []
    var rest = line.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\u{1B}":
        guard rest.popFirst() == "[", let end = rest.firstIndex(of: "m") else { return junk.append("escape") }
        select(String(rest[..<end]).split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? -1 })
        rest = rest[rest.index(after: end)...]
      case " ":
        upper.append(background)
        lower.append(background)
      case "\u{2580}":
        upper.append(foreground)
        lower.append(background)
      case "#":
        upper.append(foreground)
        lower.append(foreground)
      default: junk.append(String(scalar))
      }
    }
    pixels.append(upper)
    pixels.append(lower)
  }

  private mutating func select(_ codes: [Int]) {
    var rest = codes[...]
    while let code = rest.popFirst() {
      switch code {
      case 0: (foreground, background) = (.unset, .unset)
      case 30: foreground = .dark
      case 37: foreground = .light
      case 40: background = .dark
      case 47: background = .light
      case 38, 48:
        guard rest.popFirst() == 5, let index = rest.popFirst(), index == 231 || index == 232 else {
          return junk.append("colour")
        }
        let shade: Shade = index == 231 ? .light : .dark
        if code == 38 { foreground = shade } else { background = shade }
      default: junk.append("SGR \(code)")
      }
    }
  }
}
