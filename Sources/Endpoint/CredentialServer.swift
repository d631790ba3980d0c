public import Model
internal import Glibc
internal import NIOCore
internal import NIOPosix

/// The credential service, on one thread of its own: it answers from memory alone.
///
/// AWS SDKs find it by AWS_CONTAINER_CREDENTIALS_FULL_URI and the token. It is up when `start` returns, and answers 503
/// until a board holds credentials. All calls block; none may be made from its own thread.
public final class CredentialServer: Sendable {
  /// Where it listens, in the order of the listeners.
  public let addresses: [EndpointAddress]
  /// The port of the first.
  public var port: Int { addresses.first?.port ?? 0 }
  /// For AWS_CONTAINER_CREDENTIALS_FULL_URI. A literal address, because not every SDK takes a name.
  public var url: String { (addresses.first?.url ?? "") + Router.path }

  private let group: MultiThreadedEventLoopGroup
  private let doors: [any Channel]
  private let connections: OpenConnections

  private init(
    _ group: MultiThreadedEventLoopGroup, _ doors: [any Channel], _ addresses: [EndpointAddress],
    _ connections: OpenConnections
  ) {
    self.group = group
    self.doors = doors
    self.addresses = addresses
    self.connections = connections
  }

  deinit { stop() }

  /// Listens on 127.0.0.1, any port, for one client's own use.
  ///
  /// - Parameters:
  ///   - token: what a client must send as `Authorization`, with or without `Bearer `.
  ///   - board: what is answered with.
  ///   - clocks: against which expirations are judged.
  public static func start(
    token: Secret, board: CredentialBoard, clocks: any Clocks
  ) throws(EndpointFailure) -> CredentialServer {
    try start(token: token, board: board, clocks: clocks, limits: .standard)
  }

  static func start(
    token: Secret, board: CredentialBoard, clocks: any Clocks, limits: ConnectionLimits
  ) throws(EndpointFailure) -> CredentialServer {
    let door = Door(.address(EndpointAddress(host: "127.0.0.1", port: 0))) { guest in
      Router(policy: guest.policy, access: .single(token: token, board: board))
    }
    return try start([door], clocks: clocks, limits: limits, requests: RequestCount())
  }

  /// Listens wherever it is told; either everywhere or nowhere.
  ///
  /// - Parameter requests: where answers are counted.
  public static func start(
    _ listeners: [Listener], clocks: any Clocks, requests: RequestCount
  ) throws(EndpointFailure) -> CredentialServer {
    try start(listeners, clocks: clocks, requests: requests, limits: .standard)
  }

  static func start(
    _ listeners: [Listener], clocks: any Clocks, requests: RequestCount, limits: ConnectionLimits
  ) throws(EndpointFailure) -> CredentialServer {
    let failures = FailedAuthentications()
    let doors = listeners.map { listener in
      Door(listener.socket, hosts: listener.allowedHosts, hopLimit: listener.hopLimit) { guest in
        listener.responder(
          policy: guest.policy, ends: guest.ends, address: guest.address, failures: failures,
          clocks: clocks)
      }
    }
    return try start(doors, clocks: clocks, limits: limits, requests: requests)
  }

  private static func start(
    _ doors: [Door], clocks: any Clocks, limits: ConnectionLimits, requests: RequestCount
  ) throws(EndpointFailure) -> CredentialServer {
    let group = withSignalsBlocked { MultiThreadedEventLoopGroup(numberOfThreads: 1) }
    let connections = OpenConnections(limit: limits.connections)
    var channels: [any Channel] = []
    var addresses: [EndpointAddress] = []
    for door in doors {
      do {
        let channel = try door.open(on: group, connections) { responder in
          Connection(
            responder: responder, clocks: clocks, limits: limits, requests: requests, connections: connections)
        }
        guard let address = channel.localAddress.flatMap(EndpointAddress.init) else {
          throw ChannelError.unknownLocalAddress
        }
        channels.append(channel)
        addresses.append(address)
      } catch {
        try? group.syncShutdownGracefully()
        let problem = (error as? IOError).map { EndpointFailure.Problem.number($0.errnoCode) }
        throw .notBound(address: door.address, problem: problem ?? .other("\(error)"))
      }
    }
    return CredentialServer(group, channels, addresses, connections)
  }

  /// Takes no more connections and ends those there are, each after its present answer; returns when none is left, or at
  /// the deadline.
  public func drain(until deadline: BootTime, clocks: any Clocks) {
    for door in doors { try? door.close().wait() }
    connections.drain()
    while connections.count > 0, clocks.boot() < deadline {
      do throws(Interrupted) { try clocks.sleep(.milliseconds(10)) } catch { return }
    }
  }

  /// Calls `done` on the thread that answers requests: a sign that it does.
  public func ping(_ done: @escaping @Sendable () -> Void) {
    group.next().execute(done)
  }

  /// Closes the port and every connection; what is being written may be cut. May be called again.
  public func stop() {
    try? group.syncShutdownGracefully()
  }

  /// A thread inherits the mask of its creator. With every signal blocked there, each one reaches the threads that are
  /// meant to handle it, and a client that hangs up raises no SIGPIPE.
  private static func withSignalsBlocked<Result>(_ body: () -> Result) -> Result {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return body()
  }
}
