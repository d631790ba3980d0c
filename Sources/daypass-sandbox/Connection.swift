import NIOCore
import NIOHTTP1

/// One connection: gathers each request whole, then delivers its reply.
final class Connection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let server: Server
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  private static let bodyLimit = 1 << 20

  init(server: Server) { self.server = server }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
    case .body(let buffer):
      // One byte beyond the limit is enough to know.
      body.append(contentsOf: buffer.readableBytesView.prefix(max(0, Self.bodyLimit + 1 - body.count)))
    case .end:
      guard let head else { return }
      let reply = body.count > Self.bodyLimit ? Reply(status: 413) : server.answer(request(head, context.channel))
      Delivery(channel: context.channel, server: server, reply: reply, isKeptAlive: head.isKeepAlive).start()
      self.head = nil
      body = []
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func request(_ head: HTTPRequestHead, _ channel: any Channel) -> Request {
    let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    return Request(
      method: head.method.rawValue, path: String(parts.first ?? ""), query: String(parts.dropFirst().first ?? ""),
      headers: head.headers.map { ($0.name.lowercased(), $0.value) }, body: body,
      isFromLoopback: channel.remoteAddress?.isLoopback ?? false)
  }
}

extension SocketAddress {
  fileprivate var isLoopback: Bool {
    switch self {
    case .v4: ipAddress?.hasPrefix("127.") ?? false
    case .v6: ipAddress == "::1" || ipAddress?.hasPrefix("::ffff:127.") ?? false
    case .unixDomainSocket: true
    }
  }
}
