import Broker
import Host
import Model
import OIDC
import QR

/// A login as a person sees it: the prompt once, then one line that tells how it stands.
///
/// On a terminal that line is written over again and again, and gone in the end; elsewhere each change is a line of its
/// own. Nothing but the cursor's place on its line is ever changed, so there is nothing to put back after ^C.
final class TerminalLogin: LoginPresenter {
  private let terminal: Terminal
  private let clocks: any Clocks
  private let qr: QRChoice
  private let style: Style
  private let environment: Environment
  private let openBrowser: (String) -> Bool
  private let welcome: (VerifiedIdentity) -> Void
  private var note: String?
  /// Stands above the next prompt.
  private var preface: String?
  private var lineIsOpen = false
  private var lastLine = ""

  init(
    terminal: Terminal, clocks: any Clocks, qr: QRChoice, style: Style, environment: Environment,
    openBrowser: @escaping (String) -> Bool, welcome: @escaping (VerifiedIdentity) -> Void
  ) {
    self.terminal = terminal
    self.clocks = clocks
    self.qr = qr
    self.style = style
    self.environment = environment
    self.openBrowser = openBrowser
    self.welcome = welcome
  }

  func present(_ event: LoginEvent) {
    switch event {
    case .code(let code): show(code)
    case .browser(let url): show(url)
    case .joined(let login): join(login)
    case .ownTurn:
      close()
      say("The other login brought no session; this one asks for a code of its own.")
    case .pending:
      note = nil
      announce("waiting for the approval")
    case .slowDown(let interval):
      note = "the provider asks for \(interval.components.seconds) s between questions"
      announce(note ?? "")
    case .retrying(let reason, let delay):
      // What counts comes first: a line is cut to the window.
      note = "asking again in \(delay.components.seconds) s: \(reason)"
      announce(note ?? "")
    case .authorized(let identity):
      close()
      welcome(identity)
    case .credentials: close()
    }
  }

  func waiting(_ left: Duration) {
    guard terminal.canRewriteLine else { return }
    let seconds = max(0, left.components.seconds)
    let clock = "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
    rewrite("Waiting for the approval, \(clock) left" + (note.map { "; \($0)" } ?? "") + " ")
  }

  /// Takes the updating line away.
  func close() {
    guard lineIsOpen else { return }
    lineIsOpen = false
    write("\r\u{1B}[K")
  }

  // MARK: The prompt

  private func show(_ code: LoginCode) {
    var prompt = LoginPrompt(code: code, machine: Account.label, now: clocks.wall(), style: style)
    prompt.preface = preface
    preface = nil
    if form != nil, !QRMatrix.canBeMade { say("There is no QR code: \(QRFailure.noLibrary.message).\n") }
    write(prompt.lines(form, in: window, always: qr == .always).joined(separator: "\n") + "\n")
  }

  private func join(_ login: LoginInProgress) {
    close()
    let other = "Another daypass" + (login.processID.map { " (pid \($0))" } ?? "")
    if login.code == nil {
      say("\(other) is waiting for a sign-in with the browser; this one waits with it.")
    } else {
      preface = "\(other) is waiting for this approval; this one waits with it."
    }
  }

  private func say(_ text: String) {
    write(Paragraph(text).lines(columns: window.columns).joined(separator: "\n") + "\n")
  }

  private func show(_ url: String) {
    let text =
      openBrowser(url)
      ? "A browser was opened to sign in. If it was not, open this address on this machine:"
      : "Open this address in a browser on this machine:"
    write((Paragraph(text).lines(columns: window.columns) + ["", url, "", ""]).joined(separator: "\n"))
  }

  /// A terminal that does not know its size has that of the first ones.
  private var window: LoginPrompt.Window {
    guard terminal.isTTY else { return .endless }
    return LoginPrompt.Window(columns: terminal.size?.columns ?? 80, rows: terminal.size?.rows ?? 24)
  }

  private var form: TerminalQR.Form? { qr.form(on: terminal, environment) }

  // MARK: The line

  /// Where lines cannot be rewritten: one line for each change.
  private func announce(_ text: String) {
    guard !terminal.canRewriteLine, text != lastLine else { return }
    lastLine = text
    write("daypass: \(text)\n")
  }

  private func rewrite(_ text: String) {
    // Cut to the window: a line that wraps could not be taken back.
    let width = (terminal.size?.columns ?? 80) - 1
    lineIsOpen = true
    write("\r\u{1B}[K" + String(text.prefix(max(1, width))))
  }

  private func write(_ text: String) {
    // A terminal that has gone is no reason to give up a login that a person may be approving right now.
    try? terminal.write(text)
  }
}
