public import Model
internal import Glibc
internal import NIOCore
internal import NIOPosix

/// The credential service on a loopback port of its own, on one thread of its own.
///
/// AWS SDKs find it by AWS_CONTAINER_CREDENTIALS_FULL_URI and the token. It is up when `start` returns, and answers 503
/// until the board holds credentials. All calls block; none may be made from its own thread.
public final class CredentialServer: Sendable {
  /// The port of 127.0.0.1 that it listens on.
  public let port: Int
  /// For AWS_CONTAINER_CREDENTIALS_FULL_URI. A literal address, because not every SDK takes a name.
  public var url: String { "http://127.0.0.1:\(port)\(Router.path)" }

  private let group: MultiThreadedEventLoopGroup

  private init(port: Int, group: MultiThreadedEventLoopGroup) {
    self.port = port
    self.group = group
  }

  deinit { stop() }

  /// Listens on 127.0.0.1, any port.
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
    let group = withSignalsBlocked { MultiThreadedEventLoopGroup(numberOfThreads: 1) }
    let connections = ConnectionCount(limit: limits.connections)
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      // Read only when there is room to answer: see `Connection`.
      .childChannelOption(.autoRead, value: false)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptPause())
        }
      }
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard connections.enter() else { throw ChannelError.operationUnsupported }
          channel.closeFuture.whenComplete { _ in connections.leave() }
          let router = Router(
            policy: RequestPolicy(port: channel.localAddress?.port ?? 0), token: token, board: board)
          try channel.pipeline.syncOperations.addHandler(Connection(router: router, clocks: clocks, limits: limits))
        }
      }
    do {
      let channel = try bootstrap.bind(host: "127.0.0.1", port: 0).wait()
      guard let port = channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
      return CredentialServer(port: port, group: group)
    } catch {
      try? group.syncShutdownGracefully()
      throw .notBound(address: "127.0.0.1", reason: "\(error)")
    }
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
