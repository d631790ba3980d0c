import Broker
import Host
import Model

/// The profiles that are served at present, by name; built from the configuration, and built anew from the next one.
struct Roster {
  private(set) var profiles: [String: ServedProfile] = [:]

  /// Those of the configuration, each with what an earlier roster knows of it. Token files that were made are removed
  /// again if one of them cannot be had: a roster is whole or not at all.
  init(_ wiring: ServeWiring, after earlier: Roster = Roster()) throws(Failure) {
    let directory = try wiring.tokenDirectory()
    var made: [TokenFile] = []
    do throws(Failure) {
      for profile in wiring.profiles {
        guard let broker = wiring.broker(profile) else { continue }
        let before = earlier.profiles[profile.name]
        let file: TokenFile
        if let kept = before?.tokenFile, kept.path == "\(directory)/\(profile.name)", kept.isIntact {
          file = kept
        } else {
          if let lost = before?.tokenFile, lost.path == "\(directory)/\(profile.name)" { lost.abandon() }
          file = try wiring.tokenFile(profile.name, in: directory)
          made.append(file)
        }
        profiles[profile.name] = Self.served(profile, broker, file, before)
      }
      try refuseSharedTokens()
    } catch {
      for file in made { file.remove() }
      throw error
    }
  }

  private init() {}

  private static func served(
    _ profile: Profile, _ broker: CredentialBroker, _ file: TokenFile, _ before: ServedProfile?
  ) -> ServedProfile {
    guard let before else { return ServedProfile(profile, broker, tokenFile: file) }
    let served = ServedProfile(profile, broker, board: before.board, tokenFile: file)
    served.lease = before.lease
    served.telling = before.telling
    served.isFailing = before.isFailing
    served.isOutdated = before.isOutdated || !profile.hasSameSettings(as: before.profile)
    return served
  }

  /// A token that opened two profiles would open whichever came first.
  private func refuseSharedTokens() throws(Failure) {
    let sorted = profiles.values.sorted { $0.name < $1.name }
    var seen: [[UInt8]: ServedProfile] = [:]
    for profile in sorted {
      if let other = seen.updateValue(profile, forKey: profile.tokenFile.token.exposedBytes()) {
        throw Failure(
          .configuration,
          "\(other.tokenFile.path.printable()) and \(profile.tokenFile.path.printable()) hold the same token",
          hint: "give each profile one of its own")
      }
    }
  }

  /// Removes the token files that were made for profiles which are not in `next`.
  func leave(for next: Roster) {
    for profile in profiles.values where next.profiles[profile.name]?.tokenFile !== profile.tokenFile {
      profile.tokenFile.remove()
    }
  }

  func leave() {
    for profile in profiles.values { profile.tokenFile.remove() }
  }
}

extension Profile {
  /// Wherever they were set.
  fileprivate func hasSameSettings(as other: Profile) -> Bool {
    var (left, right) = (self, other)
    left.origins = [:]
    right.origins = [:]
    left.unconfigured = nil
    right.unconfigured = nil
    return left == right
  }
}
