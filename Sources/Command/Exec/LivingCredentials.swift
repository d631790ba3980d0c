import Broker
import Endpoint
import Formats
import Host
import Model

/// Runs a program beside an endpoint of its own, whose credentials are renewed for as long as the program runs.
struct LivingCredentials {
  private let broker: CredentialBroker
  private let wiring: Wiring
  private let clocks = SystemClocks()
  /// Whom the program runs as; nil for ourselves.
  var user: RunAs?
  /// What stands in for the person's AWS files; nil leaves them alone.
  var files: AWSFiles?

  init(_ broker: CredentialBroker, _ wiring: Wiring) {
    self.broker = broker
    self.wiring = wiring
  }

  /// - Returns: the program's exit code, or 128 + the signal that ended it.
  func run(
    _ command: CommandLineProgram, _ environment: inout ChildEnvironment, first lease: Lease
  ) throws -> Int32 {
    try Wiring.readyRequests()
    let token: Secret
    do throws(CryptographyFailure) {
      token = try RandomToken.make(wiring.surroundings.cryptography)
    } catch {
      throw Failure(error)
    }
    let board = CredentialBoard(.fresh(lease.credentials))
    do {
      let server = try CredentialServer.start(token: token, board: board, clocks: clocks)
      defer { server.stop() }
      let file = tokenFile(token)
      defer { file?.remove() }
      environment.setEndpoint(server.url, token: token, tokenFile: file?.path)
      let config = try configCopy(beside: file)
      defer { config?.remove() }
      if let files { environment.setFiles(files, config: config?.path ?? "/dev/null") }
      environment.announce()
      try announceEnd(lease)
      // Begun when the command runs and our descriptors are handed over, not before: a program that prints a token is a
      // fork that looks at which of them are whose.
      return try Supervisor.run(command.program(environment, user: user), handsOver: true) {
        keepFresh(board, lease) ? nil : Self.nextTry
      }
    } catch let failure as EndpointFailure {
      throw Failure(failure)
    } catch let failure as PrivateFileFailure {
      throw Failure(failure)
    }
  }

  /// Nil where nothing can be written: every SDK that knows the file knows the variable too.
  private func tokenFile(_ token: Secret) -> PrivateFile? {
    do throws(PrivateFileFailure) {
      return try PrivateFile(token, environment: wiring.environment, owner: user)
    } catch {
      let loss = files.map { $0.config.isEmpty ? "" : ", and no AWS config file" } ?? ""
      wiring.log.log(.warning, "\(error.message); the command gets the endpoint's token as a variable only\(loss)")
      return nil
    }
  }

  private func configCopy(beside file: PrivateFile?) throws(PrivateFileFailure) -> PrivateFile? {
    guard let files, let file else { return nil }
    return try PrivateFile(files.config, beside: file)
  }

  /// Where a long run will find itself without credentials.
  private func announceEnd(_ lease: Lease) throws(Failure) {
    guard let last = LastCredentials(try broker.status(), wiring.profile) else { return }
    if let notice = last.notice(lease, now: clocks.wall()) { wiring.log.log(.warning, notice) }
  }

  /// After the system had no thread for us.
  private static let nextTry = Duration.seconds(10)

  private func keepFresh(_ board: CredentialBoard, _ lease: Lease) -> Bool {
    let refresher = Refresher(broker, board, wiring)
    let hasStarted = BackgroundThread.start {
      var refresher = refresher
      refresher.run(lease)
    }
    if !hasStarted {
      wiring.log.log(.warning, "the credentials are not renewed yet: the system gives no further thread (ulimit -u)")
    }
    return hasStarted
  }
}
