import ArgumentParser
import Broker
import Host
import Model

struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show sessions, identities, roles and the time left.")

  @Flag(help: "Print as JSON") var json = false
  @Flag(help: "For monitoring: exit code 1 where a profile needs a person") var check = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    let wiring = try Wiring(common)
    let isOne = common.selection.profile != nil || wiring.settings.profileNames.isEmpty
    var statuses: [ProfileStatus] = []
    for profile in isOne ? [wiring.profile] : try wiring.allProfiles() {
      statuses.append(try CredentialBroker(wiring.surroundings(for: profile), profile: profile).status())
    }
    let terminal = Terminal(descriptor: 1, environment: wiring.environment)
    let report = StatusReport(
      statuses: statuses, now: SystemClocks().wall(), style: Style(isOn: terminal.usesColor(wiring.color)))
    do throws(OutputFailure) {
      try StandardOutput.write(json ? report.json : report.text)
    } catch {
      throw Failure(error)
    }
    if check, statuses.contains(where: { $0.state != .ok }) { throw ExitCode(ExitStatus.faultsFound) }
  }
}
