import ArgumentParser
import Broker
import Host
import Model

struct Exec: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exec",
    abstract: "Run a command with credentials that stay fresh; without one, $SHELL.",
    discussion: "For example: daypass exec -- aws s3 ls")

  @Flag(help: "Put the keys into the environment instead of an endpoint, and become the command") var env = false
  @OptionGroup var common: CommonOptions
  @Argument(parsing: .postTerminator, help: "The command and its arguments") var command: [String] = []

  func run() throws {
    let wiring = try Wiring(common)
    let program = try CommandLineProgram.named(command, wiring.environment)
    let broker = CredentialBroker(wiring.surroundings, profile: wiring.profile)
    let lease = try broker.lease(.atLeast(0), until: SystemClocks().boot() + (wiring.profile.timeout ?? .seconds(60)))
    var environment = ChildEnvironment(wiring.environment, region: wiring.profile.configuredRegion)
    if !environment.overridden.isEmpty {
      StandardError.write("daypass: replaced for this command: \(environment.overridden.joined(separator: ", "))\n")
    }
    do {
      if env {
        environment.setCredentials(lease.credentials)
        try Host.Exec.replace(with: program.program(environment.environment))
      } else {
        throw ExitCode(try LivingCredentials(broker, wiring).run(program, &environment, first: lease))
      }
    } catch let failure as ExecFailure {
      throw ExitCode(Exec.report(failure))
    }
  }

  private static func report(_ failure: ExecFailure) -> Int32 {
    StandardError.write("daypass: \(failure.message)\(failure.hint.map { "; \($0)" } ?? "")\n")
    return failure.exitCode
  }
}
