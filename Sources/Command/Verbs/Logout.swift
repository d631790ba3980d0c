import ArgumentParser
import Broker
import Host
import Model

struct Logout: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logout",
    abstract: "Revoke the session at the provider and delete it, with the credentials bought with it.")

  @Flag(help: "End the sessions of all configured profiles") var all = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    let wiring = try Wiring(common)
    let profiles = try wiring.allProfiles()
    var done: Set<SessionKey> = []
    for profile in all ? profiles : [wiring.profile] {
      guard let key = SessionKey(profile) else {
        if all { continue }
        _ = try Broker.Logout(wiring.surroundings, profile: profile).run()
        continue
      }
      guard done.insert(key).inserted else { continue }
      let outcome = try Broker.Logout(wiring.surroundings(for: profile), profile: profile).run()
      let sharing = profiles.filter { SessionKey($0) == key }.map(\.name)
      report(outcome, key, sharing, wiring)
    }
  }

  private func report(_ outcome: Broker.Logout.Outcome, _ key: SessionKey, _ profiles: [String], _ wiring: Wiring) {
    let issuer = key.issuer.printable()
    guard outcome.hadSession else {
      StandardError.write("There was no session at \(issuer).\n")
      return
    }
    if let problem = outcome.revocationProblem { wiring.log.log(.warning, problem) }
    var lines = ["Logged out of \(issuer)\(outcome.revoked ? "; the provider revoked the session" : "")."]
    if profiles.count > 1 { lines.append("The profiles \(profiles.joined(separator: ", ").printable()) shared it.") }
    if let time = outcome.keysValidUntil {
      lines.append("Keys already handed out stay valid until \(Moment.text(time, now: SystemClocks().wall())).")
    }
    StandardError.write(lines.joined(separator: "\n") + "\n")
  }
}
