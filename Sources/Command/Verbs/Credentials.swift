import ArgumentParser
import Broker
import Host
import Model

struct Credentials: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "credentials",
    abstract: "Print credentials for the profile's role.",
    discussion: "For example: eval \"$(daypass credentials --format env)\"")

  @Option(help: ArgumentHelp("\(CredentialFormat.allCases.map(\.rawValue).joined(separator: ", "))", valueName: "format"))
  var format = CredentialFormat.process
  @OptionGroup var ttl: MinimumTTL
  @OptionGroup var common: CommonOptions

  func run() throws { try CredentialPrinter(common: common, ttl: ttl).run(format) }
}

struct CredentialProcess: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "credential-process",
    abstract: "Print credentials as `credential_process` of the AWS config file expects them.",
    discussion: "In ~/.aws/config: credential_process = /usr/local/bin/daypass credential-process --profile NAME")

  @OptionGroup var ttl: MinimumTTL
  @OptionGroup var common: CommonOptions

  func run() throws { try CredentialPrinter(common: common, ttl: ttl).run(.process) }
}

/// What both verbs do.
struct CredentialPrinter {
  let common: CommonOptions
  let ttl: MinimumTTL

  func run(_ format: CredentialFormat) throws(Failure) {
    let minimum = try ttl.seconds(default: 0)
    let wiring = try Wiring(common)
    let clocks = SystemClocks()
    let lease = try CredentialBroker(wiring.surroundings, profile: wiring.profile).lease(
      .atLeast(minimum), until: clocks.boot() + wiring.quickDeadline)
    try ttl.judge(lease.credentials.expiration, minimum, wiring, clocks.wall())
    let rendered: RenderedCredentials
    do throws(CredentialFormatError) {
      rendered = try CredentialRenderer(
        credentials: lease.credentials, region: wiring.profile.configuredRegion, name: wiring.profile.name,
        delimiter: format == .github ? Delimiter.random() : ""
      ).render(format)
    } catch {
      throw Failure(error)
    }
    try Data.write(rendered.standardOutput)
    if let content = rendered.environmentFile { try GitHubEnvironment(wiring.environment).append(content) }
  }
}
