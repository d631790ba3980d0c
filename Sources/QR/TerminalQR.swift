/// Draws a QR symbol with a terminal's means. Pure: what the terminal can do is handed in.
///
/// Dark modules are always dark and light ones light, by explicit colours: a symbol in the terminal's own colours is
/// inverted on a dark theme, and not every phone reads that. Colours are set at the start of each line and reset at its
/// end, before the line break, or the terminal would paint the rest of its row.
public enum TerminalQR {
  public enum Form: Hashable, Sendable {
    /// Two modules a character, one above the other (U+2580). For UTF-8 terminals.
    case halfBlocks(Colours)
    /// Two spaces a module, told apart by their background. 7-bit bytes.
    case spaces(Colours)
    /// `##` for dark and two spaces for light, no colours at all. 7-bit bytes; right on a light background only.
    case hashes
  }

  public enum Colours: Hashable, Sendable {
    /// Black and white by their index in the 256-colour palette: 232 (#080808) and 231 (#ffffff). Themes redefine the
    /// first 16 colours, some the first 22 (base16's light ones make 0 light and 7 dark), none these.
    case indexed
    /// ECMA-48's black on white (§8.3.117), which everything with colours has.
    case basic
  }

  /// Modules of light around the symbol: 4 by ISO/IEC 18004 §5.3.8; 2 are still read by phones.
  static let quietZones = [4, 2]

  /// The lines of the drawing, all of the same width, without line breaks; nil if it does not fit into `columns` ×
  /// `rows` even with the narrower quiet zone. `rows` is what is left beside the text that must stay visible.
  public static func render(_ matrix: QRMatrix, form: Form, columns: Int, rows: Int) -> [String]? {
    for quietZone in quietZones {
      let side = matrix.width + 2 * quietZone
      let size = form.size(side: side)
      if size.columns <= columns, size.rows <= rows { return lines(matrix, form, -quietZone..<(side - quietZone)) }
    }
    return nil
  }

  /// `range`: rows, and columns, from quiet zone to quiet zone in the symbol's own numbers.
  private static func lines(_ matrix: QRMatrix, _ form: Form, _ range: Range<Int>) -> [String] {
    switch form {
    case .halfBlocks(let colours):
      stride(from: range.lowerBound, to: range.upperBound, by: 2).map { row in
        var brush = Brush(colours)
        for column in range {
          brush.paint(
            upperIsDark: matrix.isDark(row: row, column: column),
            lowerIsDark: matrix.isDark(row: row + 1, column: column))
        }
        return brush.line + reset
      }
    case .spaces(let colours):
      range.map { row in
        var line = ""
        var painted: Bool?
        for column in range {
          let isDark = matrix.isDark(row: row, column: column)
          if painted != isDark {
            line += colours.background(isDark)
            painted = isDark
          }
          line += "  "
        }
        return line + reset
      }
    case .hashes:
      range.map { row in range.map { matrix.isDark(row: row, column: $0) ? "##" : "  " }.joined() }
    }
  }

  /// One line of half blocks.
  ///
  /// Whole cells are painted by their background alone, and halves only by U+2580, which hangs from the cell's top: in many
  /// fonts a block's glyph leaves the last pixels of its cell free, and the seams between lines of U+2588 or U+2584 keep a
  /// camera from seeing the symbol.
  private struct Brush {
    private let colours: Colours
    private(set) var line = ""
    private var upperIsDark: Bool?
    private var background: Bool?

    init(_ colours: Colours) { self.colours = colours }

    mutating func paint(upperIsDark: Bool, lowerIsDark: Bool) {
      let isWhole = upperIsDark == lowerIsDark
      if background != lowerIsDark || (!isWhole && self.upperIsDark != upperIsDark) {
        line += isWhole ? colours.background(lowerIsDark) : colours.halves(upperIsDark: upperIsDark)
        background = lowerIsDark
        self.upperIsDark = isWhole ? nil : upperIsDark
      }
      line += isWhole ? " " : "\u{2580}"
    }
  }

  private static let reset = "\u{1B}[0m"
}

extension TerminalQR.Form {
  /// Characters and lines that a square of `side` modules takes.
  fileprivate func size(side: Int) -> (columns: Int, rows: Int) {
    switch self {
    case .halfBlocks: (side, (side + 1) / 2)
    case .spaces, .hashes: (2 * side, side)
    }
  }
}

/// Each begins with 0: a bold or inverse attribute left over from before would change the colours.
extension TerminalQR.Colours {
  /// For cells that are dark, or light, as a whole.
  fileprivate func background(_ isDark: Bool) -> String {
    switch self {
    case .indexed: "\u{1B}[0;48;5;\(isDark ? 232 : 231)m"
    case .basic: "\u{1B}[0;\(isDark ? 40 : 47)m"
    }
  }

  /// For U+2580: the upper half by the foreground, the lower, which is the other shade, by the background.
  fileprivate func halves(upperIsDark: Bool) -> String {
    switch self {
    case .indexed: "\u{1B}[0;38;5;\(upperIsDark ? "232;48;5;231" : "231;48;5;232")m"
    case .basic: "\u{1B}[0;\(upperIsDark ? "30;47" : "37;40")m"
    }
  }
}
