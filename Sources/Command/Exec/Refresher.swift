import Broker
import Endpoint
import Host
import Model

/// Renews what is on a board, ahead of time, until the process ends.
struct Refresher: Sendable {
  /// How long a login elsewhere may go unnoticed.
  private static let look: Int64 = 2
  /// A machine that slept may find its credentials gone when it wakes.
  private static let longestPause: Int64 = 60

  private let broker: CredentialBroker
  private let board: CredentialBoard
  private let log: Log
  private let clocks = SystemClocks()
  /// Where a person's session is kept, and under which name; nil for other identities.
  private let session: (directory: String, file: String)?
  /// What was last said: a command that runs for days shall not hear the same every minute.
  private var lastWords: String?

  init(_ broker: CredentialBroker, _ board: CredentialBoard, _ wiring: Wiring) {
    self.broker = broker
    self.board = board
    log = wiring.log
    session = wiring.surroundings.state.flatMap { state in broker.sessionFile.map { (state.path, $0) } }
  }

  mutating func run(_ first: Lease) {
    var lease = first
    do throws(Interrupted) {
      while true {
        try clocks.sleep(.seconds(min(max(1, broker.renewalDue(lease)), Self.longestPause)))
        guard broker.renewalDue(lease) <= 0 else { continue }
        renew(&lease)
        if broker.renewalDue(lease) <= 0 { try rest(lease) }
      }
    } catch {}
  }

  private mutating func renew(_ lease: inout Lease) {
    do throws(Failure) {
      let renewed = try broker.lease(.atLeast(0), until: clocks.boot() + .seconds(30))
      if renewed.credentials != lease.credentials { lastWords = nil }
      lease = renewed
      board.current = .fresh(lease.credentials)
    } catch {
      let words = error.explanation
      if words != lastWords { log.log(.warning, "the credentials could not be renewed: \(words)") }
      lastWords = words
      if broker.isExpired(lease) { board.current = .unavailable(error) }
    }
  }

  /// Until it is worth another try: when that is due after a failure, when somebody has logged in, and at the moment from
  /// which on the endpoint has to say why it has nothing to give.
  private func rest(_ lease: Lease) throws(Interrupted) {
    let end = clocks.boot() + Pace.retry(due: broker.retryDue())
    let wasExpired = broker.isExpired(lease)
    // Looked at now: an attempt marks in the session what it does.
    var stamps = session.map { session in FileStamps(of: session.directory) { $0 == session.file } }
    repeat {
      try clocks.sleep(.seconds(Self.look))
      if stamps?.update().isEmpty == false { return }
    } while clocks.boot() < end && broker.isExpired(lease) == wasExpired
  }
}

extension CredentialBoard.Entry {
  fileprivate static func unavailable(_ failure: Failure) -> CredentialBoard.Entry {
    .unavailable(
      failure.kind == .loginRequired ? .loginRequired : .unavailable,
      message: failure.explanation, retryAfter: 30)
  }
}
