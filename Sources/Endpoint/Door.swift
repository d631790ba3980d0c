internal import Glibc
internal import Model
internal import NIOCore
internal import NIOPosix

/// A listening socket and whoever answers behind it.
struct Door: Sendable {
  /// What is known of a connection when it is accepted.
  struct Guest {
    let policy: RequestPolicy
    let ends: ConnectionEnds?
    /// The client's address, without its port.
    let address: String
  }

  private let socket: Listener.Socket
  private let hosts: AllowedHosts
  private let hopLimit: Int?
  private let responder: @Sendable (Guest) -> any Responder

  init(
    _ socket: Listener.Socket, hosts: AllowedHosts = AllowedHosts(), hopLimit: Int? = nil,
    _ responder: @escaping @Sendable (Guest) -> any Responder
  ) {
    self.socket = socket
    self.hosts = hosts
    self.hopLimit = hopLimit
    self.responder = responder
  }

  /// Nil where the socket was bound by somebody else.
  var address: EndpointAddress? { if case .address(let address) = socket { address } else { nil } }

  func open(
    on group: MultiThreadedEventLoopGroup, _ connections: OpenConnections,
    _ handler: @escaping @Sendable (any Responder) -> Connection
  ) throws -> any Channel {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      // Read only when there is room to answer: see `Connection`.
      .childChannelOption(.autoRead, value: false)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.keepFromPrograms()
          try channel.pipeline.syncOperations.addHandler(AcceptPause())
        }
      }
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.keepFromPrograms()
          guard connections.enter(channel) else { throw ChannelError.operationUnsupported }
          channel.closeFuture.whenComplete { _ in connections.leave(channel) }
          if let hopLimit { try channel.limitHops(to: hopLimit) }
          try channel.pipeline.syncOperations.addHandler(handler(responder(guest(channel))))
        }
      }
    switch socket {
    case .address(let address):
      // Restarted within a minute, the port may still have connections of the last run.
      let channel = bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      return try channel.bind(host: address.host, port: address.port).wait()
    case .inherited(let number): return try bootstrap.withBoundSocket(number).wait()
    }
  }

  private func guest(_ channel: any Channel) -> Guest {
    let local = channel.localAddress.flatMap(EndpointAddress.init)
    return Guest(
      policy: RequestPolicy(port: local?.port ?? 0, address: local?.hostInURL ?? "127.0.0.1", others: hosts),
      ends: ConnectionEnds(local: channel.localAddress, remote: channel.remoteAddress),
      address: channel.remoteAddress?.ipAddress ?? "")
  }
}

extension EndpointAddress {
  init?(_ address: SocketAddress) {
    guard let host = address.ipAddress, let port = address.port else { return nil }
    self.init(host: host, port: port)
  }
}

extension ConnectionEnds {
  init?(local: SocketAddress?, remote: SocketAddress?) {
    guard let local = local.flatMap(Self.bytes), let remote = remote.flatMap(Self.bytes) else { return nil }
    self.init(local: local.address, localPort: local.port, remote: remote.address, remotePort: remote.port)
  }

  private static func bytes(_ address: SocketAddress) -> (address: [UInt8], port: UInt16)? {
    guard let port = address.port.flatMap({ UInt16(exactly: $0) }) else { return nil }
    switch address {
    // The address behind family and port, and with IPv6 the flow (ip(7), ipv6(7)).
    case .v4(let v4): return (withUnsafeBytes(of: v4.address) { Array($0.dropFirst(4).prefix(4)) }, port)
    case .v6(let v6): return (withUnsafeBytes(of: v6.address) { Array($0.dropFirst(8).prefix(16)) }, port)
    case .unixDomainSocket: return nil
    }
  }
}

extension Channel {
  /// NIO leaves its sockets open for whatever is run: a hook or a token's command would hold a client's connection, or
  /// the port, for as long as it lives.
  fileprivate func keepFromPrograms() throws {
    try pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { socket in
      guard fcntl(socket, F_SETFD, FD_CLOEXEC) == 0 else { throw IOError(errnoCode: errno, reason: "fcntl") }
    }
  }

  /// How many machines an answer may pass (ip(7), IP_TTL; ipv6(7), IPV6_UNICAST_HOPS).
  fileprivate func limitHops(to limit: Int) throws {
    let isV6 = if case .v6 = localAddress { true } else { false }
    let option =
      isV6
      ? ChannelOptions.Types.SocketOption(level: .ipv6, name: .init(rawValue: IPV6_UNICAST_HOPS))
      : ChannelOptions.Types.SocketOption(level: .ip, name: .init(rawValue: IP_TTL))
    try syncOptions?.setOption(option, value: SocketOptionValue(limit))
  }
}
