import Broker
import Endpoint
import Host
import Model

/// One profile as it is served: how its credentials are got, and what is known of them. Belongs to the main thread.
final class ServedProfile {
  let number = SerialNumber()
  let profile: Profile
  let broker: CredentialBroker
  /// Stays the same when the configuration is read anew.
  let board: CredentialBoard
  let tokenFile: TokenFile
  /// Of the state directory; nil where no person's session is used.
  let sessionFile: String?

  var lease: Lease?
  /// The lease was bought with settings that have changed since.
  var isOutdated = false
  private(set) var hasTried = false
  /// Why a person is needed, where one is.
  private(set) var need: String?
  /// Whether somebody is to be told of the need, which is once for each.
  var telling = Telling.due

  enum Telling {
    case due
    case done
    /// A person asked for another code than the one that was told.
    case dueWithNewCode
  }

  /// Whether it was looked into, and said, when credentials will end that cannot be renewed.
  private(set) var hasToldOfEnd = false
  /// Of the last attempt.
  private(set) var failure: Failure?
  /// A thread is at it.
  var isTrying = false
  /// Something changed while it was; the result is of yesterday.
  var isChanged = false
  /// Somebody wants the next attempt made whatever failed a moment ago.
  var isUrged = false
  /// When it is renewed next, where nothing comes before.
  var plan: Spread.Plan?
  /// That time has come, and new credentials are wanted although those there are will do. Whatever else leads to an
  /// attempt wants none of it: it can come to all profiles at once.
  var isDueEarly = false
  /// Says which of its dates in the schedule counts: every other is passed over.
  private(set) var appointment = 0
  /// What was last said about it, so that the log says it once.
  private var lastWords: String?

  init(
    _ profile: Profile, _ broker: CredentialBroker, board: CredentialBoard = CredentialBoard(), tokenFile: TokenFile
  ) {
    self.profile = profile
    self.broker = broker
    self.board = board
    self.tokenFile = tokenFile
    sessionFile = broker.sessionFile
  }

  var name: String { profile.name }
  /// The last attempt brought nothing.
  var isFailing = false
  /// Nothing says that an attempt will be over soon.
  var isUnproven: Bool { isFailing || lease == nil }
  var entry: ProfileTable.Entry { ProfileTable.Entry(name: name, token: tokenFile.token, board: board) }

  func newAppointment() -> Int {
    appointment &+= 1
    return appointment
  }

  /// Takes in how an attempt ended.
  ///
  /// - Parameter saysFailure: false where the failure is said by whoever ends because of it.
  func take(_ outcome: Attempt.Outcome, _ log: Log, saysFailure: Bool = true) {
    hasTried = true
    switch outcome.result {
    case .lease(let lease, let needsLogin, let problem, let notice):
      isFailing = problem != nil
      failure = nil
      want(needsLogin ? problem ?? "the session has ended" : nil)
      let isNew = self.lease?.credentials != lease.credentials
      self.lease = lease
      isOutdated = false
      board.current = .fresh(lease.credentials)
      let hasFailed = problem != nil && !outcome.isRemembered
      board.record(success: hasFailed ? false : problem == nil && isNew ? true : nil, needsLogin: needsLogin)
      // One that is remembered was said when it came.
      if !outcome.isRemembered { say(problem, log) }
      if let notice { log.log(.warning, "profile \(name): \(notice)") }
      if problem == nil { hasToldOfEnd = true }
    case .failure(let failure):
      isFailing = true
      self.failure = failure
      want(failure.kind == .loginRequired ? failure.explanation : nil)
      board.record(success: outcome.isRemembered ? nil : false, needsLogin: failure.kind == .loginRequired)
      if saysFailure, !outcome.isRemembered || lastWords == nil { say(failure.explanation, log) }
      if isOutdated || lease.map(broker.isExpired) ?? true { withdraw(failure) }
    }
  }

  /// Nothing is handed out any more.
  func withdraw(_ failure: Failure) {
    lease = nil
    isOutdated = false
    board.current = .unavailable(
      failure.kind == .loginRequired ? .loginRequired : .unavailable, message: failure.explanation, retryAfter: 30)
  }

  /// What the clock on the wall says decides each answer; a wall clock that was set back must not revive anything.
  func withdrawIfExpired() {
    guard let lease, broker.isExpired(lease) else { return }
    withdraw(Failure(.unreachable, "the credentials have expired and could not be renewed yet"))
  }

  /// The session is gone: whoever logged out wants nothing handed out any more.
  func endSession() {
    isFailing = true
    let command = name == "default" ? "daypass login" : "daypass login --profile \(name)"
    let failure = Failure(.loginRequired, "somebody has logged out", hint: "run `\(command)`")
    want(failure.explanation)
    board.record(success: false, needsLogin: true)
    withdraw(failure)
    say(failure.explanation, nil)
  }

  private func want(_ reason: String?) {
    need = reason
    if reason == nil { telling = .due }
  }

  private func say(_ words: String?, _ log: Log?) {
    guard words != lastWords else { return }
    lastWords = words
    if let words { log?.log(.warning, "profile \(name): \(words)") }
  }
}
