import ArgumentParser
import Broker
import Host
import Model

struct Exec: ParsableCommand {
  static let name = "exec"
  static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "Run a command with credentials that stay fresh.",
    usage: "daypass exec [<options>] [--] [<command> [<argument> ...]]",
    discussion: """
      For example: daypass exec -- aws s3 ls
      Without a command: $SHELL. Options of daypass stand before the command.
      """)

  struct Own: ParsableArguments {
    @Flag(help: "Keys as variables, and no process between; not renewed") var env = false
  }

  @OptionGroup(title: "Exec") var own: Own
  @OptionGroup var common: CommonOptions
  @Argument(parsing: .postTerminator, help: "The command and its arguments") var command: [String] = []

  func run() throws {
    let wiring = try Wiring(common)
    // The command is the end of the command line; the parser's copy of it has lost bytes that are not UTF-8.
    let program = try CommandLineProgram(Host.givenArguments().suffix(command.count), wiring.environment)
    let broker = CredentialBroker(wiring.surroundings, profile: wiring.profile)
    let lease = try broker.lease(.atLeast(0), until: wiring.patientDeadline())
    var environment = ChildEnvironment(wiring.environment, region: wiring.profile.configuredRegion)
    do {
      if own.env {
        environment.setCredentials(lease.credentials)
        environment.announce()
        try Host.Exec.replace(with: program.program(environment))
      }
      throw ExitCode(try LivingCredentials(broker, wiring).run(program, &environment, first: lease))
    } catch let failure as ExecFailure {
      StandardError.write("daypass: \(failure.explanation)\n")
      throw ExitCode(failure.shellCode ?? failure.kind.exitCode)
    }
  }
}
