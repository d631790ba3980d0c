import ArgumentParser
import Broker
import Host
import Model
import QR

struct Console: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "console",
    abstract: "Print a URL that signs in to the AWS console.",
    usage: "daypass console [<options>]",
    discussion: """
      Whoever opens it within 15 minutes is signed in as the profile's role:
      treat it like a password.
      """)

  struct Own: ParsableArguments {
    @Option(help: ArgumentHelp("A page of the console, or its path, such as /s3/home", valueName: "page"))
    var destination: String?
    @Option(help: ArgumentHelp("QR code: auto, always, ascii or never (default)", valueName: "when"))
    var qr: String?
  }

  @OptionGroup(title: "Console") var own: Own
  @OptionGroup var common: CommonOptions

  func run() throws {
    let choice = try Choice<QRChoice>("--qr").read(own.qr, standard: .never)
    let wiring = try Wiring(common)
    let url = try CredentialBroker(wiring.surroundings, profile: wiring.profile).consoleURL(
      to: own.destination, until: wiring.quickDeadline())
    var lines = [url.exposedText()]
    let terminal = Terminal(descriptor: 1, environment: wiring.environment)
    if let form = choice.form(on: terminal, wiring.environment) {
      lines += try drawing(url, form, in: terminal, always: choice != .auto, wiring)
    }
    try StandardOutput.deliver(Secret(lines.joined(separator: "\n") + "\n"))
  }

  /// Below the URL; a window that is too small is said rather than filled with what no camera reads.
  private func drawing(
    _ url: Secret, _ form: TerminalQR.Form, in terminal: Terminal, always: Bool, _ wiring: Wiring
  ) throws(Failure) -> [String] {
    let matrix: QRMatrix
    do throws(QRFailure) {
      matrix = try QRMatrix.make(url.exposedBytes())
    } catch {
      wiring.log.log(.warning, error.message)
      return []
    }
    let columns = always ? .max : terminal.size?.columns ?? 80
    if let drawn = TerminalQR.render(matrix, form: form, columns: columns, rows: .max) { return [""] + drawn }
    wiring.log.log(.warning, "the QR code is wider than the window; make it wider or its letters smaller")
    return []
  }
}
