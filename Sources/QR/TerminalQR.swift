/// Draws a QR symbol with a terminal's means. Pure: what the terminal can do is handed in.
///
/// Dark modules are always dark and light ones light, by explicit colours: a symbol in the terminal's own colours is
/// inverted on a dark theme, and not every phone reads that. Colours are set at the start of each line and reset at its
/// end, before the line break, or the terminal would paint the rest of its row.
public enum TerminalQR {
  public enum Form: Hashable, Sendable {
    /// Two modules a character, one above the other (U+2580, U+2584, U+2588). For UTF-8 terminals.
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
        colours.darkOnLight
          + String(
            range.map { halfBlock(matrix.isDark(row: row, column: $0), matrix.isDark(row: row + 1, column: $0)) })
          + reset
      }
    case .spaces(let colours):
      range.map { row in
        var line = ""
        var painted: Bool?
        for column in range {
          let isDark = matrix.isDark(row: row, column: column)
          if painted != isDark {
            line += isDark ? colours.darkBackground : colours.lightBackground
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

  private static func halfBlock(_ upperIsDark: Bool, _ lowerIsDark: Bool) -> Character {
    switch (upperIsDark, lowerIsDark) {
    case (true, true): "\u{2588}"
    case (true, false): "\u{2580}"
    case (false, true): "\u{2584}"
    case (false, false): " "
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
  fileprivate var darkOnLight: String {
    switch self {
    case .indexed: "\u{1B}[0;38;5;232;48;5;231m"
    case .basic: "\u{1B}[0;30;47m"
    }
  }

  fileprivate var darkBackground: String {
    switch self {
    case .indexed: "\u{1B}[0;48;5;232m"
    case .basic: "\u{1B}[0;40m"
    }
  }

  fileprivate var lightBackground: String {
    switch self {
    case .indexed: "\u{1B}[0;48;5;231m"
    case .basic: "\u{1B}[0;47m"
    }
  }
}
