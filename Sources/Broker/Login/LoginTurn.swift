import Model

/// Whose turn a login is: this process's, or one's that is waiting for its person already, with which this one waits. It
/// looks at the state directory alone; only the other one asks the provider.
struct LoginTurn {
  let surroundings: Surroundings
  let keeper: SessionKeeper
  let presenter: any LoginPresenter
  /// How long another login may take without a person: to get a code, and to store what was approved.
  let patience: Duration

  enum Outcome {
    case mine(LoginHold)
    /// The other one's, which has just been stored.
    case others(StoredSession)
  }

  private static let pause = Duration.milliseconds(250)

  private var board: LoginBoard { LoginBoard(surroundings, keeper.store) }

  func take() throws(Failure) -> Outcome {
    // Before the first look at the lock: a session that is another one later was stored meanwhile.
    let earlier = try loginMoment()
    do throws(Failure) {
      if let lock = try board.lock() { return .mine(LoginHold(board, lock)) }
    } catch {
      // What keeps a lock from being made keeps a session too, and is said where that is prepared.
      guard error.kind == .output else { throw error }
      return .mine(LoginHold(board, nil))
    }
    return try follow(earlier)
  }

  private func follow(_ earlier: WallTime?) throws(Failure) -> Outcome {
    var shown: LoginInProgress?
    var door = LoginBoard.Door.first
    var end = surroundings.clocks.boot() + patience
    while true {
      if let lock = try board.lock(door) {
        if try loginMoment() != earlier, let session = try? keeper.current() {
          lock.unlock()
          return .others(session)
        }
        if shown != nil || door == .next {
          if let refusal = board.failures.current()?.failure, refusal.kind == .denied {
            lock.unlock()
            throw refusal
          }
          try presenter.present(.ownTurn)
        }
        return .mine(LoginHold(board, lock))
      }
      let now = surroundings.clocks.boot()
      if let login = board.published(), login.id != shown?.id {
        let left = Duration.seconds(login.left(surroundings))
        if left > .zero {
          shown = login
          end = now + left
          try show(login)
        }
      }
      // One that was stopped, or hangs, holds its lock and lets nobody in; its code is of no use to anyone by now. The
      // first to see it takes its place, for the others too; and if that one hangs as well, each goes on alone.
      guard now < end + (shown == nil ? .zero : patience / 4) else {
        if door == .next {
          try presenter.present(.ownTurn)
          return .mine(LoginHold(board, nil))
        }
        door = .next
        end = now + patience
        continue
      }
      if shown != nil { presenter.waiting(max(.zero, end - now)) }
      do throws(Interrupted) { try surroundings.clocks.sleep(LoginTurn.pause) } catch { throw Failure(error) }
    }
  }

  private func show(_ login: LoginInProgress) throws(Failure) {
    try presenter.present(.joined(login))
    if let code = login.code { try presenter.present(.code(code)) }
    try presenter.present(.pending)
  }

  /// When the session that is there came from its person; nil where there is none.
  private func loginMoment() throws(Failure) -> WallTime? {
    guard case .session(let record, _) = try keeper.store.read() else { return nil }
    return record.loggedInAt
  }
}
