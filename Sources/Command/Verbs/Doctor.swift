import ArgumentParser
import Broker
import Host
import Model

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Find out why it does not work, and what to do.",
    usage: "daypass doctor [<options>]",
    discussion: """
      Asks the provider and the STS, and the provider for a code that it throws away:
      there is nothing to approve. Exit code 1: it found a fault.
      """)

  struct Own: ParsableArguments {
    @Flag(help: "Print as JSON") var json = false
  }

  @OptionGroup(title: "Doctor") var own: Own
  @OptionGroup var common: CommonOptions

  func run() throws {
    let environment = Environment.given()
    let terminal = Terminal(descriptor: 1, environment: environment)
    var report = DoctorReport(
      profile: common.selection.profile ?? environment.nonEmpty("DAYPASS_PROFILE") ?? "default",
      columns: terminal.size?.columns ?? .max)
    let wiring: Wiring
    do throws(Failure) {
      wiring = try Wiring(common, warns: false)
    } catch {
      // A flag that cannot be understood is whoever typed it's; what is configured is a finding.
      guard error.kind != .usage else { throw error }
      return try refuse(.fault(error), &report)
    }
    report.style = wiring.style(on: terminal)
    let examination = Examination(wiring.surroundings, profile: wiring.profile)
    let config = examination.config(DoctorReport.config(wiring.settings, wiring.profile))
    guard config.status != .fault else { return try refuse(config, &report) }
    try deliver(config, of: .config, in: &report)
    try examination.run { (result) throws(Failure) in try deliver(result.verdict, of: result.check, in: &report) }
    try finish(report)
  }

  /// Nobody is asked anything by a configuration that must be mended first.
  private func refuse(_ config: Verdict, _ report: inout DoctorReport) throws {
    try deliver(config, of: .config, in: &report)
    for check in Check.allCases where check != .config {
      try deliver(.skipped("the configuration cannot be used"), of: check, in: &report)
    }
    try finish(report)
  }

  /// A line as soon as it is known: a check may take its time.
  private func deliver(_ verdict: Verdict, of check: Check, in report: inout DoctorReport) throws(Failure) {
    let result = CheckResult(check, verdict)
    report.results.append(result)
    if !own.json { try StandardOutput.deliver(report.text(of: result)) }
  }

  private func finish(_ report: DoctorReport) throws {
    try StandardOutput.deliver(own.json ? report.json : report.summary)
    if report.faults > 0 { throw ExitCode(ExitStatus.faultsFound) }
  }
}
