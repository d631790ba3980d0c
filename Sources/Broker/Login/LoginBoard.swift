import Model

/// Where a login shows itself to other processes: a file beside the session, and a lock that ends with its process. A
/// file whose lock is free was left by one that was killed. A login that hangs keeps its lock; of those who waited for it
/// one takes its place under a second one, or each would ask the person with a code of its own.
struct LoginBoard {
  let surroundings: Surroundings
  let name: String

  static let suffix = ".login"

  init(_ surroundings: Surroundings, _ store: SessionStore) {
    self.surroundings = surroundings
    name = store.name + LoginBoard.suffix
  }

  /// A login that was refused by its person, for those who waited with it.
  var failures: FailureRecord { FailureRecord(surroundings: surroundings, name: name) }

  /// What is published, whether its process still lives or not.
  func published() -> LoginInProgress? {
    ((try? surroundings.readState(name)) ?? nil).flatMap { LoginInProgress($0) }
  }

  /// The login that is waiting now. What a killed one left is cleared away.
  func current() -> LoginInProgress? {
    guard published() != nil else { return nil }
    do throws(Failure) {
      guard let lock = try lock() else {
        // The one that holds it may just have begun, and what was read first is a killed one's.
        return published().flatMap { $0.left(surroundings) > 0 ? $0 : nil }
      }
      try? surroundings.state?.remove(name)
      lock.unlock()
      return nil
    } catch {
      return nil
    }
  }

  /// Whose end is waited for.
  enum Door {
    /// Of the login that came first.
    case first
    /// Of the one that took the place of a first that hangs.
    case next
  }

  /// Nil while another login holds it. The first door is shut also while someone is behind the next one: who hung may
  /// have gone since.
  func lock(_ door: Door = .first) throws(Failure) -> (any StateLock)? {
    guard door == .first else { return try hold(name + ".next") }
    guard let first = try hold(name) else { return nil }
    guard let next = try hold(name + ".next") else {
      first.unlock()
      return nil
    }
    next.unlock()
    return first
  }

  private func hold(_ name: String) throws(Failure) -> (any StateLock)? {
    do throws(Failure) {
      return try surroundings.inState { (state) throws(StateFailure) in
        try state.lock(name, deadline: surroundings.clocks.boot())
      }
    } catch {
      guard error.kind == .busy else { throw error }
      return nil
    }
  }

  /// Other processes do without it where it cannot be written.
  func publish(_ login: LoginInProgress) {
    do throws(Failure) {
      try surroundings.inState { (state) throws(StateFailure) in try state.write(login.encoded(), to: name) }
    } catch {
      surroundings.diagnostics.log(.info, "other processes will not see this login: \(error.message)")
    }
  }

  /// Removes what this login published, and nobody else's.
  func withdraw(_ id: String) {
    guard published()?.id == id else { return }
    try? surroundings.state?.remove(name)
  }
}

/// A login's turn, for as long as the value lives: others wait with it instead of starting one of their own.
final class LoginHold {
  private let board: LoginBoard
  private let id: String
  private var lock: (any StateLock)?

  /// - Parameter lock: nil where there can be none, or where another process hangs on it.
  init(_ board: LoginBoard, _ lock: (any StateLock)?) {
    self.board = board
    self.lock = lock
    let random = (try? board.surroundings.cryptography.randomBytes(8)) ?? []
    id = Hexadecimal.encode(random)
    if lock != nil {
      try? board.surroundings.state?.remove(board.name)
      board.failures.forget()
    }
  }

  deinit { end() }

  func publish(_ code: LoginCode) { publish(code, until: code.expiresAt) }
  func publishBrowser(until end: WallTime) { publish(nil, until: end) }

  private func publish(_ code: LoginCode?, until end: WallTime) {
    let surroundings = board.surroundings
    let now = surroundings.clocks.wall()
    board.publish(
      LoginInProgress(
        code: code, processID: surroundings.processID, expiresAt: end, id: id, since: now,
        end: surroundings.moment(in: end - now)))
  }

  /// Whoever waited with it shall not ask that person again.
  func refused(_ failure: Failure) {
    if failure.kind == .denied { board.failures.record(Setback(failure)) }
  }

  func end() {
    board.withdraw(id)
    lock?.unlock()
    lock = nil
  }
}

/// Publishes what a person has to approve, before it is shown.
final class PublishingPresenter: LoginPresenter {
  private let presenter: any LoginPresenter
  private let hold: LoginHold
  private let clocks: any Clocks

  init(_ presenter: any LoginPresenter, _ hold: LoginHold, _ clocks: any Clocks) {
    self.presenter = presenter
    self.hold = hold
    self.clocks = clocks
  }

  func present(_ event: LoginEvent) throws(Failure) {
    switch event {
    case .code(let code): hold.publish(code)
    case .browser: hold.publishBrowser(until: clocks.wall() + BrowserLogin.patience.components.seconds)
    default: break
    }
    try presenter.present(event)
  }

  func waiting(_ left: Duration) { presenter.waiting(left) }
}
