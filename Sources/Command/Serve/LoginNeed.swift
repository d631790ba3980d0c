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

  /// Variables by which we are handed secrets, or by which a service manager knows its own process.
  private static let withheld = [
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_RUNTIME_TOKEN", "CIRCLE_OIDC_TOKEN", "CIRCLE_OIDC_TOKEN_V2", "BUILDKITE_AGENT_ACCESS_TOKEN",
    "BITBUCKET_STEP_OIDC_TOKEN", "SYSTEM_ACCESSTOKEN", "TFC_WORKLOAD_IDENTITY_TOKEN", "SPACELIFT_OIDC_TOKEN",
    "VERCEL_OIDC_TOKEN", "SEMAPHORE_OIDC_TOKEN", "CF_OIDC_REQUEST_TOKEN", "ENV0_OIDC_TOKEN", "CREDENTIALS_DIRECTORY",
    "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
  ]

  static let patience = Duration.seconds(30)

  /// Runs the profile's command, if it has one, on a thread of its own.
  func tell(_ environment: Environment, _ log: Log) {
    guard let words = profile.onLoginRequired, let name = words.first else { return }
    var environment = environment
    for name in Self.withheld + [profile.tokenEnv].compactMap({ $0 }) { environment.remove(name) }
    let program = Program(name, Array(words.dropFirst()), environment: environment)
    let hasStarted = BackgroundThread.start { [profile] in
      if let problem = Hook.run(program, input: event, atMost: Self.patience) {
        log.log(.warning, "profile \(profile.name): on_login_required: \(name.printable()): \(problem)")
      }
    }
    if !hasStarted { log.log(.warning, "profile \(profile.name): on_login_required: the system gives no thread") }
  }

  /// One JSON object in one line.
  private var event: [UInt8] {
    var members: [(String, JSON)] = [
      ("event", "login_required"), ("time", JSON(RFC3339.format(SystemClocks().wall()))),
      ("profile", JSON(profile.name)), ("issuer", profile.issuer.map(JSON.string) ?? .null),
      ("message", JSON(message.printable(limit: 1000))),
    ]
    if let code {
      members.append(("verification_uri", JSON(code.verificationURI)))
      if let complete = code.verificationURIComplete { members.append(("verification_uri_complete", JSON(complete))) }
      members += [("user_code", JSON(code.userCode)), ("expires_at", JSON(RFC3339.format(code.expiresAt)))]
    }
    return JSON.object(JSONObject(members)).serialized() + [UInt8(ascii: "\n")]
  }
}
