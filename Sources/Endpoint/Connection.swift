internal import Model
internal import NIOCore

/// One client's connection: bytes to requests, requests to answers, and its deadline. Confined to its event loop.
final class Connection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let router: Router
  private let clocks: any Clocks
  private let limits: ConnectionLimits
  private var reader = RequestReader()
  private var isClosing = false
  private var deadline: NIODeadline = .distantFuture
  private var phase = Phase.inside
  private var timer: Scheduled<Void>?

  private enum Phase { case inside, between, blocked }

  init(router: Router, clocks: any Clocks, limits: ConnectionLimits) {
    self.router = router
    self.clocks = clocks
    self.limits = limits
  }

  func channelActive(context: ChannelHandlerContext) {
    deadline = .now() + limits.request.amount
    watch(context)
    context.read()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    isClosing = true
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing else { return }
    reader.append(unwrapInboundIn(data).readableBytesView)
    while !isClosing {
      switch reader.next() {
      case .needsMore: return
      case .request(let head):
        let isLast = !head.isPersistent
        let response = router.response(to: head, now: clocks.wall())
        send(response.serialized(closing: isLast, omitsBody: head.isHEAD), closing: isLast, context)
        enter(.between)
      case .refused(let refusal): send(Router.response(to: refusal).serialized(closing: true), closing: true, context)
      }
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.flush()
    proceed(context)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    proceed(context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  /// Asks for more only while the client takes its answers: one that sends and never reads fills no memory here.
  private func proceed(_ context: ChannelHandlerContext) {
    guard !isClosing else { return context.read() }
    guard context.channel.isWritable else { return enter(.blocked) }
    enter(reader.isInside ? .inside : .between)
    context.read()
  }

  private func send(_ response: [UInt8], closing: Bool, _ context: ChannelHandlerContext) {
    let buffer = context.channel.allocator.buffer(bytes: response)
    guard closing else { return context.write(wrapOutboundOut(buffer), promise: nil) }
    isClosing = true
    deadline = .now() + limits.request.amount
    // Only our half: closed with bytes of the client still unread, the kernel would reset the connection and the client
    // might lose the answer. What still comes is dropped until the client closes, or the deadline.
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(buffer)).whenComplete { _ in channel.close(mode: .output, promise: nil) }
  }

  /// A phase's time runs from its beginning, however many bytes trickle in meanwhile.
  private func enter(_ next: Phase) {
    guard next != phase || next == .between else { return }
    phase = next
    deadline = .now() + (next == .between ? limits.idle.amount : limits.request.amount)
  }

  /// One timer a connection, which looks when it fires whether the deadline has moved since.
  private func watch(_ context: ChannelHandlerContext) {
    let wait = min(deadline, .now() + limits.request.amount)
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: wait) { [self] in
      if deadline <= .now() { context.close(promise: nil) } else { watch(context) }
    }
  }
}

extension Duration {
  fileprivate var amount: TimeAmount { .nanoseconds(saturatedNanoseconds) }
}
