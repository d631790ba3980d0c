import ArgumentParser
import Broker
import Host
import Model

struct Login: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login",
    abstract: "Log in on another device: QR code, approval, session, credentials.",
    discussion: "With --method browser: in a browser on this machine.")

  @Option(help: "Draw the address as a QR code: auto, always, ascii or never") var qr = QRChoice.auto
  @Flag(help: "Print each event as a line of JSON on stdout, and nothing for a person") var json = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    if json { try runForProgram() } else { try runForPerson() }
  }

  private func runForPerson() throws(Failure) {
    let wiring = try Wiring(common)
    let terminal = Terminal.forPrompt(wiring.environment)
    let presenter = TerminalLogin(
      terminal: terminal, clocks: SystemClocks(), qr: qr, style: Style(isOn: terminal.usesColor(wiring.color)),
      environment: wiring.environment,
      openBrowser: { Browser.open($0, wiring.environment) })
    defer { presenter.close() }
    let outcome = try flow(wiring, presenter).run()
    presenter.close()
    let style = Style(isOn: Terminal.standardError(wiring.environment).usesColor(wiring.color))
    StandardError.write(LoginSummary(outcome, profile: wiring.profile, now: SystemClocks().wall(), style: style).text)
  }

  /// The events are the whole output; what went wrong is the last of them.
  private func runForProgram() throws {
    let presenter = JSONLogin(clocks: SystemClocks()) { line throws(Failure) in
      do throws(OutputFailure) { try StandardOutput.write(line) } catch { throw Failure(error) }
    }
    do throws(Failure) {
      let wiring = try Wiring(common)
      _ = try flow(wiring, presenter).run()
      try presenter.finish()
    } catch {
      presenter.fail(error)
      throw ExitCode(error.kind.exitCode)
    }
  }

  private func flow(_ wiring: Wiring, _ presenter: any LoginPresenter) -> LoginFlow {
    LoginFlow(wiring.surroundings, profile: wiring.profile, presenter: presenter) { () throws(CallbackFailure) in
      try LoopbackListener()
    }
  }
}
