import Broker
import Model
import QR

/// What a person is shown to approve a login, as lines; pure.
///
/// The address stands alone on its own line and is never broken (that is what fails most over SSH), the code is always
/// there as text (RFC 8628 §3.3.1), the QR code comes last. Where the window is low the text is packed tighter before
/// the QR code is given up.
struct LoginPrompt {
  /// What the text may take. One line below it is left to the line that tells how it stands.
  struct Window {
    var columns: Int
    var rows: Int

    /// Where there is no terminal.
    static let endless = Window(columns: .max, rows: .max)
  }

  var code: LoginCode
  /// `user@host`: what to compare before approving (draft-ietf-oauth-cross-device-security §6.1.14).
  var machine: String
  var now: WallTime
  var style = Style(isOn: false)
  /// What has to be said first, if anything.
  var preface: String?

  /// The address to open: the one that already holds the code, where there is one.
  var address: String { code.verificationURIComplete ?? code.verificationURI }

  /// Text and QR code for a window; text alone where the QR code does not fit below it.
  ///
  /// - Parameter always: draw the QR code even so.
  func lines(_ form: TerminalQR.Form?, in window: Window, always: Bool) -> [String] {
    let texts = [roomy(window.columns, withQR: form != nil), compact(window.columns)]
    if let form, let matrix = try? QRMatrix.make(Array(address.utf8)) {
      for text in texts {
        let rows = window.rows - height(text, window.columns) - 1
        if let qr = TerminalQR.render(matrix, form: form, columns: window.columns, rows: rows) { return text + qr }
      }
      if always, let qr = endless(matrix, form, window.columns) { return roomy(window.columns, withQR: true) + qr }
    }
    let text = roomy(window.columns, withQR: false)
    return height(text, window.columns) < window.rows ? text : compact(window.columns)
  }

  // MARK: Text

  private func roomy(_ columns: Int, withQR: Bool) -> [String] {
    let action = withQR ? "Scan the QR code, or open this address on any device:" : "Open this address on any device:"
    var check: Paragraph
    if code.verificationURIComplete == nil {
      check = Paragraph("Enter the code")
      check.append(whole: style.strong(code.userCode))
    } else {
      check = Paragraph("Check that it shows the code")
      check.append(whole: style.strong(code.userCode) + ",")
      check.append("or enter it at")
      check.append(whole: code.verificationURI)
    }
    check.append("(valid for \(timeLeft)).")
    return opening(columns) + Paragraph(action).lines(columns: columns) + ["", address, ""]
      + check.lines(columns: columns)
      + Paragraph(caution).lines(columns: columns) + [""]
  }

  /// The same in as few lines as it goes.
  private func compact(_ columns: Int) -> [String] {
    var text = Paragraph(code.verificationURIComplete == nil ? "Enter the code" : "Code")
    text.append(whole: style.strong(code.userCode) + ",")
    text.append("\(timeLeft).")
    var together = text
    together.append(caution)
    let line = together.lines(columns: columns)
    // Broken, the two would be hard to tell apart.
    if line.count == 1 { return opening(columns) + [address] + line }
    return opening(columns) + [address] + text.lines(columns: columns) + Paragraph(caution).lines(columns: columns)
  }

  private func opening(_ columns: Int) -> [String] { preface.map { Paragraph($0).lines(columns: columns) } ?? [] }

  private var caution: String { "Continue only if you started this on \(machine)." }

  private var timeLeft: String {
    let seconds = max(0, code.expiresAt - now)
    let minutes = (seconds + 30) / 60
    return minutes >= 2 ? "\(minutes) minutes" : "\(seconds) seconds"
  }

  // MARK: Room

  /// Lines of the window. Only the address and the code can be wider than it; the terminal breaks those.
  private func height(_ lines: [String], _ columns: Int) -> Int {
    let columns = max(1, columns)
    return lines.reduce(0) { $0 + max(1, (Style.width(of: $1) - 1) / columns + 1) }
  }

  /// Rows without end, since the window can be scrolled and enlarged; columns too where it must be.
  private func endless(_ matrix: QRMatrix, _ form: TerminalQR.Form, _ columns: Int) -> [String]? {
    TerminalQR.render(matrix, form: form, columns: columns, rows: .max)
      ?? TerminalQR.render(matrix, form: form, columns: .max, rows: .max)
  }
}
