internal import NIOCore

/// Stops accepting for a moment when the system has no descriptor or memory left for a connection.
///
/// The connection stays in the backlog and its readiness with it, so an event loop that goes on would do nothing but
/// fail. NIO's own AcceptBackoffHandler does not help: it holds back the next read, while the failed one stays
/// registered.
final class AcceptPause: ChannelInboundHandler {
  typealias InboundIn = Channel

  private static let length = TimeAmount.milliseconds(250)

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Only what leaves the channel open comes here: see `ServerSocketChannel.shouldCloseOnReadError` of NIO.
    guard error is IOError, let options = context.channel.syncOptions else { return }
    try? options.setOption(.autoRead, value: false)
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.length) {
      try? options.setOption(.autoRead, value: true)
    }
  }
}
