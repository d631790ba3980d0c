import Model
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The listening socket and its connections, all on one event loop.
final class Server: Sendable {
  private struct Open {
    var listener: (any Channel)?
    var connections: [ObjectIdentifier: any Channel] = [:]
    var sandbox: Sandbox?
  }

  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let open = Mutex(Open())
  private let log: RequestLog?

  init(log: RequestLog?) { self.log = log }

  /// Returns the port; 0 takes any. Who connects now waits in the backlog until `serve` names who answers.
  func listen(host: String, port: Int) throws(SandboxError) -> Int {
    do {
      let channel = try bootstrap.serverChannelOption(.autoRead, value: false).bind(host: host, port: port).wait()
      open.withLock { $0.listener = channel }
      return channel.localAddress?.port ?? port
    } catch {
      throw .unlistenable(address: "\(host):\(port)", reason: "\(error)")
    }
  }

  func serve(_ sandbox: Sandbox) throws(SandboxError) {
    let listener = open.withLock { open in
      open.sandbox = sandbox
      return open.listener
    }
    do {
      try listener?.setOption(.autoRead, value: true).wait()
    } catch {
      throw .unlistenable(address: "the socket", reason: "\(error)")
    }
  }

  func stop() {
    let listener = open.withLock { $0.listener }
    _ = try? listener?.close().wait()
    closeConnections()
    try? group.syncShutdownGracefully()
  }

  func answer(_ request: Request) -> Reply {
    guard let sandbox = open.withLock({ $0.sandbox }) else { return Reply(status: 503) }
    let reply = sandbox.answer(request)
    log?.write(request, reply)
    return reply
  }

  /// Connections are refused until the time is over; those that are open end now.
  func refuse(for duration: Duration) {
    guard let listener = open.withLock({ $0.listener.take() }), let address = listener.localAddress else { return }
    closeConnections()
    let end = NIODeadline.now() + .nanoseconds(duration.saturatedNanoseconds)
    listener.close().whenComplete { _ in self.listenAgain(address, at: end) }
  }

  private func listenAgain(_ address: SocketAddress, at time: NIODeadline) {
    group.next().scheduleTask(deadline: time) {
      self.bootstrap.bind(to: address).whenComplete { result in
        switch result {
        case .success(let channel): self.open.withLock { $0.listener = channel }
        case .failure: self.listenAgain(address, at: .now() + .milliseconds(50))
        }
      }
    }
  }

  private func closeConnections() {
    for channel in open.withLock({ Array($0.connections.values) }) { channel.close(promise: nil) }
  }

  private var bootstrap: ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1_024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        self.note(channel)
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Connection(server: self))
        }
      }
  }

  private func note(_ channel: any Channel) {
    let key = ObjectIdentifier(channel)
    open.withLock { $0.connections[key] = channel }
    channel.closeFuture.whenComplete { _ in self.open.withLock { $0.connections[key] = nil } }
  }
}
