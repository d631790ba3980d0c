import Broker
import Formats
import Host
import Model
import OIDC

/// `login --json`: one flat object a line on stdout, `event` and `time` first (docs/cli.md, "Events").
final class JSONLogin: LoginPresenter {
  private let clocks: any Clocks
  private let write: (Secret) throws(Failure) -> Void
  /// The first line that could not be written.
  private var problem: Failure?

  init(clocks: any Clocks, write: @escaping (Secret) throws(Failure) -> Void) {
    self.clocks = clocks
    self.write = write
  }

  static func toStandardOutput() -> JSONLogin {
    JSONLogin(clocks: SystemClocks(), write: StandardOutput.deliver)
  }

  /// Whether a command line asks for events: then an error is one too, whatever is wrong.
  static func isAskedFor(by arguments: [String]) -> Bool {
    arguments.first == Login.name && arguments.contains("--json")
  }

  func present(_ event: LoginEvent) throws(Failure) {
    switch event {
    case .code(let code):
      var members: [(String, JSON)] = [("verification_uri", text(code.verificationURI))]
      if let complete = code.verificationURIComplete { members.append(("verification_uri_complete", text(complete))) }
      members += [
        ("user_code", text(code.userCode)), ("expires_at", time(code.expiresAt)), ("interval", seconds(code.interval)),
      ]
      emit("device_code", members)
      try finish()
    case .browser(let url):
      emit("browser", [("url", text(url))])
      try finish()
    // What this login waits for is the same, whoever asks the provider.
    case .joined, .ownTurn: break
    case .pending:
      emit("pending", [])
    case .slowDown(let interval):
      emit("slow_down", [("interval", seconds(interval))])
    case .retrying(let reason, let delay):
      emit("retrying", [("reason", text(reason)), ("in", seconds(delay))])
    case .authorized(let identity):
      emit(
        "authorized",
        [
          ("issuer", .string(identity.issuer)), ("subject", .string(identity.subject)),
          ("expires_at", time(identity.expiration)),
        ])
    case .credentials(let lease):
      emit(
        "credentials",
        [
          ("account", lease.account.map(text) ?? .null), ("arn", lease.arn.map(text) ?? .null),
          ("expires_at", time(lease.credentials.expiration)),
        ])
    }
  }

  func waiting(_ left: Duration) {}

  /// A login whose events nobody could read has not told its reader the code, or the end.
  func finish() throws(Failure) {
    if let problem { throw problem }
  }

  /// False if nobody could be told.
  func fail(_ failure: Failure) -> Bool {
    emit(
      "error",
      [
        ("code", text(failure.kind.errorCode)), ("message", text(failure.message)),
        ("hint", failure.hint.map(text) ?? .null),
      ])
    return problem == nil
  }

  private func emit(_ event: String, _ members: [(String, JSON)]) {
    let head: [(String, JSON)] = [("event", text(event)), ("time", time(clocks.wall()))]
    do throws(Failure) {
      try write(Secret(JSON.object(JSONObject(head + members)).serialized() + [0x0A]))
    } catch {
      problem = problem ?? error
    }
  }

  private func text(_ text: String) -> JSON { .string(ByteText(text)) }
  private func time(_ time: WallTime) -> JSON { text(RFC3339.format(time)) }

  /// Whole seconds where they are whole.
  private func seconds(_ duration: Duration) -> JSON {
    let (whole, rest) = duration.components
    if rest == 0 { return .number(JSONNumber(whole)) }
    return JSONNumber(duration.inSeconds).map(JSON.number) ?? .null
  }
}
