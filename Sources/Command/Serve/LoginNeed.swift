import Broker
import Formats
import Host
import Model

/// What is told to `on_login_required`: a profile needs a person.
struct LoginNeed: Sendable {
  let profile: Profile
  let message: String
  /// Where a login was begun already.
  var code: LoginCode?

  /// By which a service manager knows its own process, or hands it keys.
  static let managers = [
    "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS",
    "LISTEN_FDNAMES",
  ]

  /// What the command may know: none of the secrets of any profile, and not how to get one.
  static func environment(_ given: Environment, _ served: [(profile: Profile, Surroundings?)]) -> Environment {
    var environment = given
    for name in ChildEnvironment.removed + managers { environment.remove(name) }
    RequestTokens.remove(from: &environment, andOf: served)
    return environment
  }

  static let patience = Duration.seconds(30)

  /// Runs the profile's command, if it has one, on a thread of its own.
  ///
  /// - Parameter environment: from `LoginNeed.environment`.
  /// - Returns: false where it could not be begun.
  func tell(_ environment: Environment, _ log: Log) -> Bool {
    guard let words = profile.onLoginRequired, let name = words.first else { return true }
    let program = Program(name, Array(words.dropFirst()), environment: environment)
    let hasStarted = BackgroundThread.start { [profile] in
      if let problem = Hook.run(program, input: event, atMost: Self.patience) {
        log.log(.warning, "profile \(profile.name): on_login_required: \(name.printable()): \(problem)")
      }
    }
    if !hasStarted { log.log(.warning, "profile \(profile.name): on_login_required: the system gives no thread") }
    return hasStarted
  }

  /// One JSON object in one line, of a length that a hook can be told: first the longer address goes, which holds nothing
  /// that the others lack, then what is beyond a limit of its own.
  var event: [UInt8] {
    for limit in [2000, 200] {
      for isWhole in [true, false] {
        let event = event(isWhole: isWhole, limit: limit)
        if event.count <= Hook.longestInput { return event }
      }
    }
    return event(isWhole: false, limit: 0)
  }

  private func event(isWhole: Bool, limit: Int) -> [UInt8] {
    func short(_ text: String?) -> JSON {
      guard let text, text.utf8.count <= limit else { return .null }
      return JSON(text)
    }
    var members: [(String, JSON)] = [
      ("event", "login_required"), ("time", JSON(RFC3339.format(SystemClocks().wall()))),
      ("profile", JSON(profile.name)), ("issuer", short(profile.issuer?.string)),
      ("message", JSON(Self.cut(message.printable(limit: 1000), toBytes: min(limit, 1000)))),
    ]
    if let code {
      members.append(("verification_uri", short(code.verificationURI)))
      if isWhole, let complete = code.verificationURIComplete {
        members.append(("verification_uri_complete", JSON(complete)))
      }
      members += [("user_code", short(code.userCode)), ("expires_at", JSON(RFC3339.format(code.expiresAt)))]
    }
    return JSON.object(JSONObject(members)).serialized() + [UInt8(ascii: "\n")]
  }

  /// Never within a character.
  private static func cut(_ text: String, toBytes limit: Int) -> String {
    var (kept, count) = ("", 0)
    for character in text {
      count += character.utf8.count
      guard count <= limit else { break }
      kept.append(character)
    }
    return kept
  }
}
