import ArgumentParser
import Broker
import Host
import Model

struct Logout: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logout",
    abstract: "End the session, here and at the provider.",
    usage: "daypass logout [<options>]")

  struct Own: ParsableArguments {
    @Flag(help: "End every session that is kept here, and delete all cached credentials") var all = false
  }

  @OptionGroup(title: "Logout") var own: Own
  @OptionGroup var common: CommonOptions

  func run() throws {
    let wiring = try Wiring(common)
    // Another profile's mistake is no reason to keep this one's session.
    let others = own.all ? try wiring.allProfiles() : (try? wiring.allProfiles()) ?? []
    var done: Set<SessionKey> = []
    var failure: Failure?
    for profile in own.all ? others : [wiring.profile] {
      guard let key = SessionKey(profile) else {
        if !own.all { try noSession(profile, wiring) }
        continue
      }
      guard done.insert(key).inserted else { continue }
      do throws(Failure) {
        let outcome = try Broker.Logout(wiring.surroundings(for: profile), profile: profile).run()
        report(outcome, key, sharedBy: others.filter { SessionKey($0) == key }.map(\.name), wiring)
      } catch {
        // One that cannot be ended is no reason to keep the others.
        guard own.all else { throw error }
        if case .interrupted = error.kind { throw error }
        wiring.log.log(.warning, "\(key.issuer.printable()): \(error.message)")
        failure = failure ?? error
      }
    }
    let strays = own.all ? try StraySession.all(besides: done, wiring.surroundings, like: wiring.profile) : []
    for stray in strays {
      do throws(Failure) { try end(stray, wiring) } catch {
        if case .interrupted = error.kind { throw error }
        wiring.log.log(.warning, error.message)
        failure = failure ?? error
      }
    }
    if own.all {
      do throws(Failure) {
        // Those of CI jobs, and of sessions that are gone.
        if let end = try Broker.Logout.forgetCredentials(wiring.surroundings, like: wiring.profile) {
          StandardError.write("Deleted the other cached credentials. \(stillValid(end))\n")
        }
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    if own.all, done.isEmpty, strays.isEmpty { StandardError.write("No profile has a session.\n") }
  }

  private func end(_ stray: StraySession, _ wiring: Wiring) throws(Failure) {
    if let profile = stray.profile, let key = SessionKey(profile) {
      report(try Broker.Logout(wiring.surroundings(for: profile), profile: profile).run(), key, sharedBy: [], wiring)
      return
    }
    let end = try stray.delete(wiring.surroundings, like: wiring.profile)
    let problem = "a session was deleted without being revoked: \(stray.problem)"
    wiring.log.log(.warning, problem)
    if let end { StandardError.write(stillValid(end) + "\n") }
  }

  /// A profile that knows no provider has no session; one that half knows it is mistaken.
  private func noSession(_ profile: Profile, _ wiring: Wiring) throws(Failure) {
    guard profile.issuer == nil, profile.clientID == nil else {
      _ = try Broker.Logout(wiring.surroundings, profile: profile).run()
      return
    }
    let others = profile.lacksSection("There was no session")?.explanation
    StandardError.write((others ?? "There was no session: profile \(profile.name.printable()) has no issuer.") + "\n")
  }

  private func report(
    _ outcome: Broker.Logout.Outcome, _ key: SessionKey, sharedBy profiles: [String], _ wiring: Wiring
  ) {
    let issuer = key.issuer.printable()
    guard outcome.hadSession else {
      StandardError.write("There was no session at \(issuer).\n")
      return
    }
    if let problem = outcome.revocationProblem { wiring.log.log(.warning, problem) }
    var lines = ["Logged out of \(issuer)\(outcome.revoked ? "; the provider revoked the session" : "")."]
    if profiles.count > 1 { lines.append("The profiles \(profiles.joined(separator: ", ").printable()) shared it.") }
    if let time = outcome.keysValidUntil {
      lines.append(stillValid(time))
    }
    StandardError.write(lines.joined(separator: "\n") + "\n")
  }

  private func stillValid(_ end: WallTime) -> String {
    "Keys already handed out stay valid until \(Moment.text(end, now: SystemClocks().wall()))."
  }
}
