import Broker
import Formats
import Host
import Model
import OIDC
import Synchronization

/// Logins that nobody started: the code stands in the log, a person approves somewhere, and only the person that
/// `expect_subject` names. One at a time for each session. Belongs to the main thread.
final class UnattendedLogins {
  private struct State {
    var isRunning = false
    var restsUntil: BootTime?
    var rest = UnattendedLogins.shortest
  }

  static let shortest = Duration.seconds(3600)
  static let longest = Duration.seconds(8 * 3600)

  private var states: [String: State] = [:]
  private let ends = Ends()
  private let clocks = SystemClocks()

  /// Begins a login where none is under way and none rests.
  ///
  /// - Parameter need: told when there is a code; nil where it was told before.
  func attend(
    to profile: ServedProfile, session: String, _ surroundings: Surroundings,
    tell: @escaping @Sendable (LoginCode) -> Void,
    _ log: Log, wake: @escaping @Sendable () -> Void
  ) {
    var state = states[session] ?? State()
    guard !state.isRunning, state.restsUntil.map({ $0 <= clocks.boot() }) ?? true else { return }
    var person = profile.profile
    person.method = .device
    // The session is all that is wanted; credentials are bought as always.
    person.roleARN = nil
    let flow = LoginFlow(
      surroundings, profile: person, presenter: LogPresenter(profile.name, log, tell),
      listen: { () throws(CallbackFailure) in throw .unbound(reason: "no browser login without a person") })
    let login = SendableFlow(flow)
    state.isRunning = BackgroundThread.start { [ends] in
      ends.add(session, login.run())
      wake()
    }
    states[session] = state
  }

  /// Takes in how logins ended; those that nobody approved rest, longer each time.
  func takeEnds(_ log: Log) {
    for (session, failure) in ends.take() {
      var state = states[session] ?? State()
      state.isRunning = false
      if let failure {
        let isPassing = failure.kind == .unreachable || failure.kind == .busy
        let rest = isPassing ? Pace.retry : state.rest
        state.restsUntil = clocks.boot() + rest
        if !isPassing { state.rest = min(Self.longest, state.rest * 2) }
        log.log(
          .warning,
          "the login that was begun here ended without a session: \(failure.message); the next one is begun in "
            + "\(rest.components.seconds / 60) min, or on SIGUSR1")
      } else {
        state = State()
      }
      states[session] = state
    }
  }

  /// SIGUSR1: nobody rests any more.
  func wakeUp() {
    for session in states.keys where states[session]?.isRunning == false { states[session] = nil }
  }
}

/// Handed from the thread that makes it to the one that runs it, and used by no other.
private struct SendableFlow: @unchecked Sendable {
  let flow: LoginFlow
  init(_ flow: LoginFlow) { self.flow = flow }

  /// Why there is no session, if there is none.
  func run() -> Failure? {
    do throws(Failure) {
      _ = try flow.run()
      return nil
    } catch {
      return error
    }
  }
}

/// How logins ended, on the way to the main thread.
private final class Ends: Sendable {
  private let contents = Mutex<[(session: String, failure: Failure?)]>([])

  func add(_ session: String, _ failure: Failure?) { contents.withLock { $0.append((session, failure)) } }

  func take() -> [(session: String, failure: Failure?)] {
    contents.withLock { contents in
      defer { contents = [] }
      return contents
    }
  }
}

/// A login in the log, as text.
private final class LogPresenter: LoginPresenter {
  private let name: String
  private let log: Log
  private let tell: @Sendable (LoginCode) -> Void

  init(_ name: String, _ log: Log, _ tell: @escaping @Sendable (LoginCode) -> Void) {
    self.name = name
    self.log = log
    self.tell = tell
  }

  func present(_ event: LoginEvent) {
    switch event {
    case .code(let code):
      log.log(
        .warning,
        "profile \(name) needs a person: open \(code.verificationURIComplete ?? code.verificationURI) and approve "
          + "the code \(code.userCode) until \(RFC3339.format(code.expiresAt))")
      tell(code)
    case .authorized(let identity):
      log.log(.notice, "profile \(name): \(identity.subject.printable()) has logged in")
    default: break
    }
  }

  func waiting(_ left: Duration) {}
}
