import ArgumentParser
import Broker
import Host
import Model

struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show sessions, identities, roles and the time left.",
    usage: "daypass status [<options>]")

  struct Own: ParsableArguments {
    @Flag(help: "Print as JSON") var json = false
    @Flag(help: "For monitoring: one line a profile, exit code 1 where one needs a person, or soon will")
    var check = false
    @Option(
      help: ArgumentHelp(
        "With --check: least that must be left of a session: 12h, 2d (default: 1d, or a quarter of a short session)",
        valueName: "time"))
    var minSession: String?
    @Option(
      help: ArgumentHelp(
        "With --check: how old the last refresh may be where no end is known (default: 1d)", valueName: "time"))
    var maxRefreshAge: String?

    func seconds(_ flag: String, _ text: String?) throws(Failure) -> Int64? {
      guard let text else { return nil }
      guard check else { throw Failure(.usage, "\(flag) belongs to --check", hint: "add --check") }
      guard let seconds = TimeSpan.seconds(text, days: true) else {
        throw Failure(
          .usage, "\(flag) must be digits with s, m, h, d or nothing, as in 2d, not \"\(text.printable(limit: 40))\"")
      }
      return Int64(seconds)
    }
  }

  @OptionGroup(title: "Status") var own: Own
  @OptionGroup var common: CommonOptions

  func run() throws {
    let minimumSession = try own.seconds("--min-session", own.minSession)
    let refreshAge = try own.seconds("--max-refresh-age", own.maxRefreshAge) ?? StatusCheck.standardRefreshAge
    let wiring = try Wiring(common)
    var statuses: [ProfileStatus] = []
    for profile in isAboutOne(wiring) ? [wiring.profile] : try wiring.allProfiles() {
      statuses.append(try CredentialBroker(wiring.surroundings(for: profile), profile: profile).status())
    }
    let terminal = Terminal(descriptor: 1, environment: wiring.environment)
    let report = StatusReport(
      statuses: statuses, now: SystemClocks().wall(), style: wiring.style(on: terminal),
      columns: terminal.size?.columns ?? .max)
    let check = StatusCheck(
      statuses: statuses, now: SystemClocks().wall(), minimumSession: minimumSession, refreshAge: refreshAge)
    try StandardOutput.deliver(own.json ? report.json : own.check ? check.text : report.text)
    if own.check, check.hasFaults { throw ExitCode(ExitStatus.faultsFound) }
  }

  /// All configured profiles, unless one is named or described by flags.
  private func isAboutOne(_ wiring: Wiring) -> Bool {
    common.selection.profile != nil || wiring.environment.nonEmpty("DAYPASS_PROFILE") != nil
      || !common.profile.flags.values.isEmpty || wiring.settings.profileNames.isEmpty
  }
}
