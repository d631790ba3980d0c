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
    @Flag(help: "For monitoring: exit code 1 where a profile needs a person") var check = false
  }

  @OptionGroup(title: "Status") var own: Own
  @OptionGroup var common: CommonOptions

  func run() throws {
    let wiring = try Wiring(common)
    var statuses: [ProfileStatus] = []
    for profile in isAboutOne(wiring) ? [wiring.profile] : try wiring.allProfiles() {
      statuses.append(try CredentialBroker(wiring.surroundings(for: profile), profile: profile).status())
    }
    let terminal = Terminal(descriptor: 1, environment: wiring.environment)
    let report = StatusReport(
      statuses: statuses, now: SystemClocks().wall(), style: wiring.style(on: terminal),
      columns: terminal.size?.columns ?? .max)
    try StandardOutput.deliver(own.json ? report.json : report.text)
    if own.check, statuses.contains(where: { $0.state != .ok }) { throw ExitCode(ExitStatus.faultsFound) }
  }

  /// All configured profiles, unless one is named or described by flags.
  private func isAboutOne(_ wiring: Wiring) -> Bool {
    common.selection.profile != nil || wiring.environment.nonEmpty("DAYPASS_PROFILE") != nil
      || !common.profile.flags.values.isEmpty || wiring.settings.profileNames.isEmpty
  }
}
