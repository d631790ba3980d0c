import ArgumentParser
import Broker
import Host
import Model

struct Source: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "source",
    abstract: "Show which identities are detected here, and which would be used.",
    usage: "daypass source [<options>]")

  struct Own: ParsableArguments {
    @Flag(help: "Print as JSON") var json = false
  }

  @OptionGroup(title: "Source") var own: Own
  @OptionGroup var common: CommonOptions

  func run() throws {
    let wiring = try Wiring(common)
    let survey = SourceSurvey(wiring.surroundings, profile: wiring.profile)
    let terminal = Terminal(descriptor: 1, environment: wiring.environment)
    let report = SourceReport(
      survey: survey, style: wiring.style(on: terminal), columns: terminal.size?.columns ?? 80)
    try StandardOutput.deliver(own.json ? report.json : report.text)
  }
}
