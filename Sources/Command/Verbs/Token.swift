import ArgumentParser
import Broker
import Host
import Model

struct Token: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Print a valid ID token and nothing else.",
    discussion: "For example: export ID_TOKEN=$(daypass token)")

  @OptionGroup var ttl: MinimumTTL
  @OptionGroup var common: CommonOptions

  func run() throws {
    let minimum = try ttl.seconds(default: 60)
    let wiring = try Wiring(common)
    let clocks = SystemClocks()
    let identity = try CredentialBroker(wiring.surroundings, profile: wiring.profile).token(
      minimumTTL: minimum, until: clocks.boot() + wiring.quickDeadline)
    try ttl.judge(identity.expiration, minimum, wiring, clocks.wall())
    try Data.write(identity.token.raw)
  }
}
