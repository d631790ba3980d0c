import Formats
import Model
import STS
import Synchronization

/// What `duration = "max"` found a role to grant, so that not every purchase begins with requests that are refused. It
/// belongs to the role, not to what is bought with it: another region, policy, token or job finds it too. Nothing in it
/// is secret, and nothing but the first request's duration follows from it.
struct LongestDuration {
  /// What was found, in a file of the state directory.
  struct Finding: Equatable {
    /// Seconds, a step of `DurationChoice`.
    var granted: Int64
    /// When the next longer step was refused.
    var refusedAt: WallTime
  }

  static let prefix = "duration-"
  /// Seconds after which a longer step is tried again: somebody may have raised the role's MaxSessionDuration.
  private static let life: Int64 = 86_400

  private let surroundings: Surroundings
  private let name: String
  /// However old it is.
  private let known: Finding?

  init(_ surroundings: Surroundings, _ role: RoleARN, at endpoint: STSEndpoint) {
    self.surroundings = surroundings
    name = LongestDuration.name(role, endpoint, surroundings.cryptography)
    known = LongestDuration.read(name, surroundings) ?? surroundings.longestDurations[name]
  }

  /// Of the file. Every endpoint of AWS's own knows the same roles; any other server's are its own.
  static func name(_ role: RoleARN, _ endpoint: STSEndpoint, _ cryptography: any Cryptography) -> String {
    var fingerprint = Fingerprint()
    fingerprint.add("duration")
    fingerprint.add(endpoint.isAWS ? nil : endpoint.url.text)
    fingerprint.add(role.text)
    return prefix + fingerprint.name(cryptography)
  }

  /// What to ask for first, in seconds; nil where the longest there is shall be tried.
  var granted: Int64? {
    guard let known, (0..<LongestDuration.life).contains(surroundings.clocks.wall() - known.refusedAt) else {
      return nil
    }
    return known.granted
  }

  /// Remembers what was granted after `granted`, or the longest step, was asked for first. A state directory that
  /// cannot be written costs others the same search, and nobody else anything.
  func note(_ seconds: Int64) {
    if seconds == granted { return }
    guard seconds < DurationChoice.longestStep else {
      // The role grants all there is: that needs no remembering.
      surroundings.longestDurations[name] = nil
      if known != nil { try? surroundings.state?.remove(name) }
      return
    }
    let finding = Finding(granted: seconds, refusedAt: surroundings.clocks.wall())
    surroundings.longestDurations[name] = finding
    let members: [(String, JSON)] = [
      ("granted", JSON(finding.granted)), ("refused_at", JSON(finding.refusedAt.seconds)),
    ]
    try? surroundings.state?.write(JSON.object(JSONObject(members)).serialized(), to: name)
  }

  private static func read(_ name: String, _ surroundings: Surroundings) -> Finding? {
    // A directory that must not be used is the affair of whoever cannot do without.
    guard let bytes = (try? surroundings.readState(name)) ?? nil else { return nil }
    guard let object = try? JSON.parse(bytes).object, let granted = object["granted"]?.integer,
      let refusedAt = object["refused_at"]?.integer, DurationChoice.isStep(granted)
    else {
      surroundings.warnOfDamage(name)
      return nil
    }
    return Finding(granted: granted, refusedAt: WallTime(seconds: refusedAt))
  }

  /// Deletes all of them, as far as that can be done.
  static func forgetAll(_ surroundings: Surroundings) throws(Failure) {
    guard surroundings.state != nil else { return }
    for name in try surroundings.inState({ (state) throws(StateFailure) in try state.names() })
    where name.hasPrefix(prefix) {
      // What is linked, foreign or open to others is said and left alone.
      guard try surroundings.readState(name) != nil else { continue }
      try surroundings.inState { (state) throws(StateFailure) in try state.remove(name) }
    }
  }
}

/// The same for the length of a run, where no file can be written.
final class LongestDurations: Sendable {
  private let findings = Mutex<[String: LongestDuration.Finding]>([:])

  subscript(name: String) -> LongestDuration.Finding? {
    get { findings.withLock { $0[name] } }
    set { findings.withLock { $0[name] = newValue } }
  }
}
