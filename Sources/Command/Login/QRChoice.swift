import Host
import QR

/// `--qr`: whether the address is also drawn as a QR code.
enum QRChoice: String, CaseIterable {
  /// On a terminal where it fits.
  case auto
  /// Also where it does not fit.
  case always
  /// As `##` and blanks, for terminals that know no colours.
  case ascii
  case never

  /// How it is drawn there; nil where it is not.
  func form(on terminal: Terminal, _ environment: Environment) -> TerminalQR.Form? {
    let fitting = TerminalQR.Form.automatic(
      term: environment["TERM"], colorTerm: environment["COLORTERM"], isUTF8: terminal.isUTF8)
    switch self {
    case .never: return nil
    case .ascii: return .hashes
    case .always: return fitting ?? .hashes
    case .auto: return terminal.isTTY && terminal.size != nil ? fitting : nil
    }
  }
}
