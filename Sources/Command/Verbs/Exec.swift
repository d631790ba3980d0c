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
    @Option(help: ArgumentHelp("Run the command as NAME[:GROUP]; needs root", valueName: "name"))
    var user: String?
    @Flag(name: .customLong("keep-aws-files"), help: "Let the command see the AWS files as they are")
    var keepAWSFiles = false
    @Flag(name: .customLong("allow-imds"), help: "Leave the command the EC2 metadata service")
    var allowIMDS = false
    @Flag(name: .customLong("scrub-ci"), help: "Keep the CI's own tokens from the command")
    var scrubCI = false
  }

  @OptionGroup(title: "Exec") var own: Own
  @OptionGroup var common: CommonOptions
  @Argument(parsing: .postTerminator, help: .hidden) var command: [String] = []

  var choices: ExecChoices {
    ExecChoices(
      env: own.env, user: own.user, keepAWSFiles: own.keepAWSFiles, allowIMDS: own.allowIMDS, scrubCI: own.scrubCI,
      words: command.count, common: common.choices)
  }

  func run() throws { try choices.run() }
}

struct ExecChoices: VerbChoices, Hashable {
  var env = false
  var user: String?
  var keepAWSFiles = false
  var allowIMDS = false
  var scrubCI = false
  /// How many words of the command line, from its end, are the command.
  var words: Int
  var common: CommonChoices

  func run() throws {
    let wiring = try Wiring(common)
    try wiring.profile.requireFreeStandardInput(for: Exec.name)
    // The command is the end of the command line; the parser's copy of it has lost bytes that are not UTF-8.
    let program = try CommandLineProgram(Host.givenArguments().suffix(words), wiring.environment)
    let user = try runAs()
    var environment = ChildEnvironment(wiring.environment, region: wiring.profile.configuredRegion)
    if let user { environment.setUser(user) }
    if scrubCI {
      // Our own block too, which the command could read as /proc/PID/environ of its parent.
      for name in environment.scrub(wiring.profile, wiring.surroundings) { Environment.eraseGiven(name) }
    }
    let broker = CredentialBroker(wiring.surroundings, profile: wiring.profile)
    let lease = try broker.lease(.atLeast(0), until: wiring.patientDeadline())
    do {
      if env {
        environment.setCredentials(lease.credentials)
        environment.announce()
        try Host.Exec.replace(with: program.program(environment, user: user))
      }
      var living = LivingCredentials(broker, wiring)
      living.user = user
      if !allowIMDS { environment.disableMetadataService() }
      if !keepAWSFiles { living.files = awsFiles(environment, user, wiring.log) }
      throw ExitCode(try living.run(program, &environment, first: lease))
    } catch let failure as ExecFailure {
      StandardError.write("daypass: \(failure.explanation)\n")
      throw ExitCode(failure.shellCode ?? failure.kind.exitCode)
    }
  }

  private func runAs() throws(Failure) -> RunAs? {
    guard let name = user else { return nil }
    do throws(RunAsFailure) { return try RunAs(name) } catch { throw Failure(error) }
  }

  private func awsFiles(_ environment: ChildEnvironment, _ user: RunAs?, _ log: Log) -> AWSFiles {
    let files = AWSFiles(environment.environment, user: user)
    for warning in files.warnings { log.log(.warning, warning) }
    return files
  }
}
