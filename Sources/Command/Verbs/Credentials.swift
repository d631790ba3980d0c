import ArgumentParser
import Broker
import Host
import Model

struct Credentials: ParsableCommand {
  static let name = "credentials"
  static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "Print credentials for the profile's role.",
    usage: "daypass credentials [<options>]",
    discussion: "For example: eval \"$(daypass credentials --format env)\"")

  struct Own: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "process (default), env, env-no-export, fish, powershell, windows-cmd, dotenv, ini or github",
        valueName: "format"))
    var format: String?
    @OptionGroup var ttl: MinimumTTLOption
  }

  @OptionGroup(title: "Output") var own: Own
  @OptionGroup var common: CommonOptions

  var choices: CredentialChoices {
    CredentialChoices(format: own.format, ttl: own.ttl.choice, common: common.choices)
  }

  func run() throws { try choices.run() }
}

struct CredentialProcess: ParsableCommand {
  static let name = "credential-process"
  static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "What `credential_process` of the AWS config expects.",
    usage: "daypass credential-process [<options>]",
    discussion: """
      In ~/.aws/config:
      credential_process = /usr/local/bin/daypass credential-process --profile NAME
      """)

  @OptionGroup(title: "Output") var ttl: MinimumTTLOption
  @OptionGroup var common: CommonOptions

  var choices: CredentialChoices { CredentialChoices(format: nil, ttl: ttl.choice, common: common.choices) }

  func run() throws { try choices.run() }
}

/// What both verbs do.
struct CredentialChoices: VerbChoices, Hashable {
  var format: String?
  var ttl: MinimumTTL
  var common: CommonChoices

  func run() throws(Failure) {
    let format = try Choice<CredentialFormat>("--format").read(format, standard: .process)
    let minimum = try ttl.seconds(default: 0)
    AnswerForFront.begin()
    let wiring = try Wiring(common)
    // Before anything is bought or printed that could then not be written.
    let file = format == .github ? try GitHubEnvironment(wiring.environment) : nil
    let broker = CredentialBroker(wiring.surroundings, profile: wiring.profile)
    let lease = try broker.lease(.atLeast(minimum), until: wiring.quickDeadline())
    try ttl.judge(lease.credentials.expiration, minimum, wiring, SystemClocks().wall())
    let jobLog = JobLog(wiring.environment, wiring.log)
    jobLog.keepOut(lease.credentials, as: format)
    let rendered: RenderedCredentials
    do throws(CredentialFormatError) {
      rendered = try CredentialRenderer(
        credentials: lease.credentials, region: wiring.profile.configuredRegion, name: wiring.profile.name,
        delimiter: format == .github ? GitHubEnvironment.delimiter() : ""
      ).render(format)
    } catch {
      throw Failure(error)
    }
    try StandardOutput.deliver(rendered.standardOutput)
    if let content = rendered.environmentFile {
      try file?.append(content)
    } else if !jobLog.isTold(of: format) {
      AnswerForFront(wiring, broker).leave(
        rendered.standardOutput, for: broker.window(of: lease, minimumTTL: minimum))
    }
  }
}
