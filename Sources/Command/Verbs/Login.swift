import ArgumentParser
import Broker
import Host
import Model

struct Login: ParsableCommand {
  static let name = "login"
  static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "Log in by approving on a phone or another computer.",
    usage: "daypass login [<options>]")

  struct Own: ParsableArguments {
    @Option(help: ArgumentHelp("QR code: auto (default), always, ascii or never", valueName: "when"))
    var qr: String?
    @Flag(help: "Print each event as a line of JSON, and nothing else") var json = false
  }

  @OptionGroup(title: "Login") var own: Own
  @OptionGroup var common: CommonOptions

  func run() throws {
    let qr = try Choice<QRChoice>("--qr").read(own.qr, standard: .auto)
    let wiring = try Wiring(common)
    if !own.json { try showFirstProfile(wiring) }
    if own.json { try runForProgram(wiring) } else { try runForPerson(wiring, qr) }
  }

  /// Whoever has configured nothing yet is shown what to write, and where.
  private func showFirstProfile(_ wiring: Wiring) throws {
    let profile = wiring.profile
    guard let unconfigured = profile.unconfigured, unconfigured.others.isEmpty, profile.issuer == nil,
      profile.clientID == nil
    else { return }
    let path = unconfigured.path.printable()
    StandardError.write(
      """
      daypass: no provider to log in at: \(path) \(unconfigured.isThere ? "has no profile" : "does not exist")
      Your identity provider needs a client that may use the device grant. Then write into that file, for example:

      [profile.\(profile.name)]
      issuer = "https://login.example.com/realms/main"    # exactly as the provider spells it
      client_id = "daypass"
      role_arn = "arn:aws:iam::123456789012:role/developer"

      The same as flags: daypass login --issuer URL --client-id ID

      """)
    throw ExitCode(FailureKind.configuration.exitCode)
  }

  private func runForPerson(_ wiring: Wiring, _ qr: QRChoice) throws(Failure) {
    let terminal = Terminal.forPrompt(wiring.environment)
    let screen = Terminal.standardError(wiring.environment)
    let clocks = SystemClocks()
    let summary = LoginSummary(style: wiring.style(on: screen), columns: screen.size?.columns ?? .max)
    let presenter = TerminalLogin(
      terminal: terminal, clocks: clocks, qr: qr, style: wiring.style(on: terminal), environment: wiring.environment,
      openBrowser: { Browser.open($0, wiring.environment) },
      // At once: should the exchange fail, the session stays, and its owner must know.
      welcome: { StandardError.write(summary.greeting($0)) })
    defer { presenter.close() }
    var session: StoredSession?
    let outcome: LoginFlow.Outcome
    do throws(Failure) {
      outcome = try flow(wiring, presenter).run(stored: { session = $0 })
    } catch {
      presenter.close()
      if let session {
        let gain = LoginSummary.Gain(LoginFlow.Outcome(session: session, lease: nil), wiring.profile)
        StandardError.write(summary.session(gain, now: clocks.wall()))
      }
      throw error
    }
    presenter.close()
    StandardError.write(summary.facts(LoginSummary.Gain(outcome, wiring.profile), now: clocks.wall()))
  }

  /// The events are the whole output; what went wrong is the last of them, and `Entry` says it.
  private func runForProgram(_ wiring: Wiring) throws(Failure) {
    let presenter = JSONLogin.toStandardOutput()
    _ = try flow(wiring, presenter).run()
    try presenter.finish()
  }

  private func flow(_ wiring: Wiring, _ presenter: any LoginPresenter) -> LoginFlow {
    LoginFlow(wiring.surroundings, profile: wiring.profile, presenter: presenter) { () throws(CallbackFailure) in
      try LoopbackListener()
    }
  }
}
