internal import Glibc

/// A stream that a person may be looking at, and what can be shown on it. Every rule about terminals asks the stream
/// that the text goes to, not standard output.
public final class Terminal: Sendable {
  public struct Size: Hashable, Sendable {
    public var columns: Int
    public var rows: Int

    public init(columns: Int, rows: Int) {
      self.columns = columns
      self.rows = rows
    }
  }

  /// `--color`.
  public enum ColorChoice: String, Sendable, CaseIterable { case auto, always, never }

  public let descriptor: Int32
  public let isTTY: Bool
  private let isOwned: Bool
  private let environment: Environment

  /// - Parameter descriptor: stays the caller's.
  public convenience init(descriptor: Int32, environment: Environment) {
    self.init(descriptor, isOwned: false, environment)
  }

  private init(_ descriptor: Int32, isOwned: Bool, _ environment: Environment) {
    self.descriptor = descriptor
    self.isOwned = isOwned
    self.environment = environment
    isTTY = isatty(descriptor) == 1
  }

  deinit {
    if isOwned { close(descriptor) }
  }

  public static func standardError(_ environment: Environment) -> Terminal {
    Terminal(descriptor: STDERR_FILENO, environment: environment)
  }

  /// Where a login prompt goes: the controlling terminal, else standard error.
  public static func forPrompt(_ environment: Environment) -> Terminal {
    let opened = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    return opened >= 0 ? Terminal(opened, isOwned: true, environment) : standardError(environment)
  }

  /// As the terminal says now; where it does not know, COLUMNS and LINES. Nil if this is no terminal or nobody knows.
  public var size: Size? {
    guard isTTY else { return nil }
    var window = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 {
      return Size(columns: Int(window.ws_col), rows: Int(window.ws_row))
    }
    guard let columns = positive("COLUMNS"), let rows = positive("LINES") else { return nil }
    return Size(columns: columns, rows: rows)
  }

  /// Whether the locale's characters are UTF-8: the first of LC_ALL, LC_CTYPE, LANG that is not empty decides (POSIX,
  /// Base Definitions §8.2).
  public var isUTF8: Bool { Self.isUTF8(environment) }

  static func isUTF8(_ environment: Environment) -> Bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let locale = environment.nonEmpty(name) else { continue }
      guard let dot = locale.utf8.firstIndex(of: UInt8(ascii: ".")) else { return false }
      let codeset = locale[locale.utf8.index(after: dot)...].prefix { $0 != "@" }.lowercased()
      return codeset == "utf-8" || codeset == "utf8"
    }
    return false
  }

  /// TERM=dumb, or none: no control sequences at all.
  public var isDumb: Bool {
    guard let kind = environment.nonEmpty("TERM") else { return true }
    return kind == "dumb"
  }

  /// Whether one line can be written over again and again.
  public var canRewriteLine: Bool { isTTY && !isDumb }

  /// NO_COLOR (<https://no-color.org>) counts when it is not empty.
  public func usesColor(_ choice: ColorChoice) -> Bool {
    switch choice {
    case .always: true
    case .never: false
    case .auto: canRewriteLine && environment.value(of: "NO_COLOR").map(\.isEmpty) ?? true
    }
  }

  /// Text that is not for data: on a terminal whose locale is not UTF-8, characters beyond ASCII are written out as
  /// `\u{…}`. Their bytes would mean something else there, and some of them (0x80 to 0x9F) are control characters.
  public func write(_ text: String) throws(OutputFailure) {
    try Output.write(Array((isTTY && !isUTF8 ? Self.writtenOut(text) : text).utf8), to: descriptor)
  }

  private static func writtenOut(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      if scalar.isASCII {
        result.unicodeScalars.append(scalar)
      } else {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
  }

  private func positive(_ name: String) -> Int? {
    guard let text = environment[name], text.utf8.count <= 5,
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = Int(text), number > 0
    else { return nil }
    return number
  }
}
