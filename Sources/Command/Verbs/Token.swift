import ArgumentParser
import Broker
import Host
import Model

struct Token: ParsableCommand {
  static let name = "token"
  static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "Print a valid ID token and nothing else.",
    usage: "daypass token [<options>]",
    discussion: "For example: export ID_TOKEN=$(daypass token)")

  @OptionGroup(title: "Output") var ttl: MinimumTTLOption
  @OptionGroup var common: CommonOptions

  var choices: TokenChoices { TokenChoices(ttl: ttl.choice, common: common.choices) }

  func run() throws { try choices.run() }
}

struct TokenChoices: VerbChoices, Hashable {
  var ttl: MinimumTTL
  var common: CommonChoices

  func run() throws(Failure) {
    let minimum = try ttl.seconds(default: 60)
    AnswerForFront.begin()
    let wiring = try Wiring(common)
    let broker = CredentialBroker(wiring.surroundings, profile: wiring.profile)
    let identity = try broker.token(minimumTTL: minimum, until: wiring.quickDeadline())
    guard let token = identity.token, let end = identity.expiration else {
      throw Failure(.bug, "an identity without an ID token was taken for one")
    }
    try ttl.judge(end, minimum, wiring, SystemClocks().wall())
    try StandardOutput.deliver(token.raw)
    AnswerForFront(wiring, broker).leave(token.raw, for: broker.window(of: identity, minimumTTL: minimum))
  }
}
