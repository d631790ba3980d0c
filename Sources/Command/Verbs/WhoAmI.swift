import ArgumentParser
import Broker
import Formats
import Host
import Model
import OIDC
import STS

struct WhoAmI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whoami",
    abstract: "Show the token's claims and what the STS says.",
    usage: "daypass whoami [<options>]")

  struct Own: ParsableArguments {
    @Flag(help: "Check the token's signature with the issuer's keys") var verify = false
  }

  @OptionGroup(title: "Output") var own: Own
  @OptionGroup var common: CommonOptions

  func run() throws {
    let wiring = try Wiring(common)
    let deadline = wiring.quickDeadline()
    let broker = CredentialBroker(wiring.surroundings, profile: wiring.profile)
    let identity = try broker.identity(until: deadline)
    if own.verify { try broker.verifySignature(of: identity, until: deadline) }
    let now = SystemClocks().wall()
    var lines = ["\(subject(identity)) (\(own.verify ? checked(identity, wiring.profile) : trust(identity)))"]
    lines += facts(identity.allClaims.members.map { ($0.key.printable(limit: 60), value($0, now)) })
    if hasRole(identity, wiring.profile) {
      let caller = try broker.caller(try broker.lease(.atLeast(0), as: identity, until: deadline), until: deadline)
      lines.append("Credentials (GetCallerIdentity)")
      lines += facts([
        ("account", caller.account?.printable() ?? "not told"), ("arn", caller.arn.printable()),
        ("user id", caller.userID?.printable() ?? "not told"),
      ])
    }
    try StandardOutput.deliver(lines.joined(separator: "\n") + "\n")
  }

  /// AWS_ROLE_ARN counts for every identity but a person's.
  private func hasRole(_ identity: Identity, _ profile: Profile) -> Bool {
    switch identity {
    case .person: profile.roleARN != nil
    case .preissued, .saml: profile.roleARN != nil || profile.ambientRoleARN != nil
    }
  }

  /// By whose keys: where no issuer is configured, by those of whoever the token names.
  private func checked(_ identity: Identity, _ profile: Profile) -> String {
    let isExpected = profile.issuer != nil
    return isExpected
      ? "signature checked now" : "signature checked now, by the keys of the issuer that it names itself"
  }

  private func subject(_ identity: Identity) -> String {
    if case .saml = identity { "SAML response" } else { "Token" }
  }

  private func trust(_ identity: Identity) -> String {
    switch identity {
    case .person: "verified at login"
    case .preissued, .saml: "UNVERIFIED: only the STS verifies it"
    }
  }

  /// Never broken into several lines: these values are for copying.
  private func facts(_ facts: [(String, String?)]) -> [String] {
    Facts(facts, indent: "  ", width: 16).lines(columns: .max)
  }

  private func value(_ member: JSONObject.Member, _ now: WallTime) -> String {
    if ["exp", "iat", "nbf", "auth_time"].contains(member.key.string), let seconds = member.value.integer {
      let time = WallTime(seconds: seconds)
      return member.key == "exp" ? Moment.text(time, now: now) : RFC3339.format(time)
    }
    if let text = member.value.text { return text.printable(limit: 200) }
    return String(decoding: member.value.serialized(), as: UTF8.self).printable(limit: 200)
  }
}
