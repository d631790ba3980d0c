import Broker
import Model
import QR

/// What a person is shown to approve a login, as lines; pure.
///
/// The address stands alone on its own line (a wrapped or indented one is what fails most over SSH), the code is always
/// there as text (RFC 8628 §3.3.1), the QR code comes last. Where the window is low the text is packed tighter before the
/// QR code is given up.
struct LoginPrompt {
  var code: LoginCode
  /// `user@host`: what to compare before approving (draft-ietf-oauth-cross-device-security §6.1.14).
  var machine: String
  var now: WallTime
  var style = Style(isOn: false)

  /// The address to open: the one that already holds the code, where there is one.
  var address: String { code.verificationURIComplete ?? code.verificationURI }

  func text() -> [String] {
    var lines = ["Open this address on your phone or computer:", "", address, ""]
    if code.verificationURIComplete == nil {
      lines.append("and enter the code \(style.strong(code.userCode)) (valid for \(minutesLeft)).")
    } else {
      lines.append("Check that it shows the code \(style.strong(code.userCode)) (valid for \(minutesLeft)).")
    }
    lines.append(caution)
    lines.append("")
    return lines
  }

  /// The same in as few lines as it goes.
  func compactText(columns: Int) -> [String] {
    let fact = "Code \(style.strong(code.userCode)), \(minutesLeft)."
    let width = "Code \(code.userCode), \(minutesLeft).".count
    return width + 1 + caution.count < columns ? [address, "\(fact) \(caution)"] : [address, fact, caution]
  }

  /// Text and QR code for a window; text alone where the code does not fit below it, with one line to spare for the
  /// cursor.
  ///
  /// - Parameter always: draw the code even so.
  func lines(_ form: TerminalQR.Form?, columns: Int, rows: Int, always: Bool) -> [String] {
    guard let form, let matrix = try? QRMatrix.make(Array(address.utf8)) else { return text() }
    for candidate in [text(), compactText(columns: columns)] {
      let taken = candidate.reduce(0) { $0 + LoginPrompt.height(of: $1, columns: columns) }
      if let code = TerminalQR.render(matrix, form: form, columns: columns, rows: rows - taken - 1) {
        return candidate + code
      }
    }
    if always, let code = TerminalQR.render(matrix, form: form, columns: .max, rows: .max) { return text() + code }
    return text()
  }

  private var minutesLeft: String {
    let seconds = max(0, code.expiresAt - now)
    let minutes = (seconds + 30) / 60
    return minutes >= 2 ? "\(minutes) minutes" : "\(seconds) seconds"
  }

  private var caution: String { "Continue only if you started this on \(machine)." }

  private static func height(of line: String, columns: Int) -> Int {
    max(1, (line.count + max(1, columns) - 1) / max(1, columns))
  }
}
