import ArgumentParser
import Broker
import Host
import Model

struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Hand out fresh credentials to the programs of this machine.",
    usage: "daypass serve [<options>]",
    discussion: """
      Programs find it by AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9127/credentials and
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, which it names when it listens.
      """)

  struct Config: ParsableArguments {
    @Option(help: ArgumentHelp("Config file (default: ~/.config/daypass/config.toml)", valueName: "path"))
    var config: String?
  }

  @OptionGroup(title: "Serve") var own: ServeOptions
  @OptionGroup(title: ServiceOptions.title) var service: ServiceOptions
  @OptionGroup var profile: ProfileOptions
  @OptionGroup var config: Config
  @OptionGroup var output: OutputOptions

  func run() throws {
    let wiring = try ServeWiring(self)
    try Wiring.readyRequests()
    // Before the first thread: what goes on in the background is a fork of this process.
    let job = try DetachedJob(wiring)
    do {
      let service = try Service(wiring, job: job) { () throws(Failure) in try ServeWiring(self) }
      Host.end(try service.run())
    } catch {
      job?.leave()
      throw error
    }
  }
}
