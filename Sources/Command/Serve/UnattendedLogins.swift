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
    /// Of the profile with whose settings it was begun.
    var profile: String
    var isRunning = false
    /// Of the login that runs.
    var code: LoginCode?
    /// The last one ended without a session.
    var hasFailed = false
    var restsUntil: BootTime?
    var rest = LoginRest()
  }

  private var states: [String: State] = [:]
  private let news = News()
  private let clocks = SystemClocks()

  /// Begins a login where none is under way and none rests.
  func attend(
    to profile: ServedProfile, session: String, _ surroundings: Surroundings, _ log: Log,
    wake: @escaping @Sendable () -> Void
  ) {
    var state = states[session] ?? State(profile: profile.name)
    guard !state.isRunning, state.restsUntil.map({ $0 <= clocks.boot() }) ?? true else { return }
    var person = profile.profile
    person.method = .device
    // The session is all that is wanted; credentials are bought as always.
    person.roleARN = nil
    let presenter = LogPresenter(profile.name, log) { [news] code in
      news.add(session, .code(code))
      wake()
    }
    let flow = LoginFlow(
      surroundings, profile: person, presenter: presenter,
      listen: { () throws(CallbackFailure) in throw .unbound(reason: "no browser login without a person") })
    let login = SendableFlow(flow)
    state.profile = profile.name
    state.isRunning = BackgroundThread.start { [news] in
      news.add(session, .end(login.run()))
      wake()
    }
    states[session] = state
  }

  /// What a person can be told now, who is needed for a session; nil while that is being found out.
  func word(_ session: String) -> LoginWord? {
    guard let state = states[session] else { return nil }
    if let code = state.code { return .code(code) }
    return state.hasFailed ? .noCode : nil
  }

  /// Takes in what became of logins; those that nobody approved rest, longer each time.
  func takeNews(_ log: Log) {
    for (session, event) in news.take() {
      guard var state = states[session] else { continue }
      switch event {
      case .code(let code): state.code = code
      case .end(let failure?):
        state.isRunning = false
        state.code = nil
        state.hasFailed = true
        let rest = state.rest.pause(after: failure)
        state.restsUntil = clocks.boot() + rest
        log.log(
          .warning,
          "profile \(state.profile): the login that was begun here ended without a session: \(failure.message); the "
            + "next one is begun in \(Self.text(rest)), or on SIGUSR1")
      case .end(nil):
        state = State(profile: state.profile)
        // Until an attempt has found the session, and knows of no need any more.
        state.restsUntil = clocks.boot() + Attempt.patience
      }
      states[session] = state
    }
  }

  private static func text(_ rest: Duration) -> String {
    let seconds = rest.components.seconds
    return seconds < 120 ? "\(seconds) s" : "\(seconds / 60) min"
  }

  /// SIGUSR1: nobody rests any more.
  ///
  /// - Returns: sessions for which a new code is to come.
  func wakeUp() -> Set<String> {
    var woken: Set<String> = []
    for (session, state) in states where !state.isRunning {
      states[session] = nil
      woken.insert(session)
    }
    return woken
  }
}

/// What is known to tell a person of an unattended login.
enum LoginWord {
  case code(LoginCode)
  /// It ended before there was a code, or after that code was of use.
  case noCode
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

/// What became of logins, on the way to the main thread.
private final class News: Sendable {
  enum Event: Sendable {
    case code(LoginCode)
    /// Why there is no session, if there is none.
    case end(Failure?)
  }

  private let contents = Mutex<[(session: String, event: Event)]>([])

  func add(_ session: String, _ event: Event) { contents.withLock { $0.append((session, event)) } }

  func take() -> [(session: String, event: Event)] {
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
      // At the level that nobody turns off: without it nobody can approve.
      log.log(
        .error,
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
