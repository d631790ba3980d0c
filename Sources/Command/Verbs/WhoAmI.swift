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
    abstract: "Show the token's claims, and who the credentials are by the STS's own word.")

  @Flag(help: "Check the token's signature with the issuer's keys") var verify = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    let wiring = try Wiring(common)
    let clocks = SystemClocks()
    let deadline = clocks.boot() + wiring.quickDeadline
    let broker = CredentialBroker(wiring.surroundings, profile: wiring.profile)
    let identity = try broker.token(minimumTTL: 0, until: deadline)
    var lines = [verify ? try verified(broker, identity, deadline) : trust(identity)]
    for member in identity.allClaims.members {
      lines.append("  \(padded(member.key.printable(limit: 60), 16))\(value(member, now: clocks.wall()))")
    }
    if wiring.profile.roleARN ?? wiring.profile.ambientRoleARN != nil {
      let lease = try broker.lease(.atLeast(0), until: deadline)
      let caller = try broker.caller(lease, until: deadline)
      lines.append("Credentials (GetCallerIdentity)")
      lines.append("  \(padded("account", 16))\(caller.account?.printable() ?? "not told")")
      lines.append("  \(padded("arn", 16))\(caller.arn.printable())")
      lines.append("  \(padded("user id", 16))\(caller.userID?.printable() ?? "not told")")
    }
    do throws(OutputFailure) {
      try StandardOutput.write(lines.joined(separator: "\n") + "\n")
    } catch {
      throw Failure(error)
    }
  }

  private func verified(
    _ broker: CredentialBroker, _ identity: Identity, _ deadline: BootTime
  ) throws(Failure) -> String {
    try broker.verifySignature(of: identity, until: deadline)
    return "Token (signature checked now)"
  }

  private func trust(_ identity: Identity) -> String {
    switch identity {
    case .person: "Token (verified at login)"
    case .preissued: "Token (UNVERIFIED: only the STS verifies it)"
    }
  }

  private func value(_ member: JSONObject.Member, now: WallTime) -> String {
    if ["exp", "iat", "nbf", "auth_time"].contains(member.key.string), let seconds = member.value.integer {
      let time = WallTime(seconds: seconds)
      return member.key == "exp" ? Moment.text(time, now: now) : RFC3339.format(time)
    }
    if let text = member.value.text { return text.printable(limit: 200) }
    return String(decoding: member.value.serialized(), as: UTF8.self).printable(limit: 200)
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
