internal import Model
internal import NIOCore

/// One client's connection: bytes to requests, requests to answers, and its deadline. Confined to its event loop.
final class Connection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let responder: any Responder
  private let clocks: any Clocks
  private let limits: ConnectionLimits
  private let requests: RequestCount
  private let connections: OpenConnections
  private var reader = RequestReader()
  private var isClosing = false
  /// What was read may hold further requests, whose turn comes later.
  private var isBehind = false
  private var isTurnComing = false
  private var deadline: NIODeadline = .distantFuture
  private var phase = Phase.inside
  private var timer: Scheduled<Void>?

  private enum Phase { case inside, between, blocked }

  /// Requests of one connection that are answered before it is others' turn.
  private static let turn = 16

  init(
    responder: any Responder, clocks: any Clocks, limits: ConnectionLimits, requests: RequestCount,
    connections: OpenConnections
  ) {
    self.responder = responder
    self.clocks = clocks
    self.limits = limits
    self.requests = requests
    self.connections = connections
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
    unwrapInboundIn(data).withUnsafeReadableBytes { reader.append($0) }
    answer(context)
  }

  /// Answers what was read, as far as the client takes its answers, and no more at once than is fair.
  private func answer(_ context: ChannelHandlerContext) {
    isBehind = true
    var count = 0
    while !isClosing {
      guard context.channel.isWritable else { return }
      guard count < Self.turn else { return answerLater(context) }
      count += 1
      switch reader.next() {
      case .needsMore:
        isBehind = false
        return
      case .request(let head):
        let isLast = !head.isPersistent || connections.isDraining
        send(responder.response(to: head, now: clocks.wall()), closing: isLast, omitsBody: head.isHEAD, context)
        // Its time begins when the answers of this round are on their way.
        phase = .between
      case .refused(let refusal): send(.to(refusal), closing: true, omitsBody: false, context)
      }
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.flush()
    proceed(context)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if isBehind { answerLater(context) } else { proceed(context) }
  }

  /// Goes on with what was left over when it was everybody else's turn.
  private func answerLater(_ context: ChannelHandlerContext) {
    guard !isTurnComing else { return }
    isTurnComing = true
    context.eventLoop.assumeIsolated().execute { [self] in
      isTurnComing = false
      guard !isClosing, context.channel.isActive else { return }
      answer(context)
      context.flush()
      proceed(context)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is DrainBegins, !isClosing, !reader.isInside, context.channel.isWritable else { return }
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  /// Asks for more only while the client takes its answers: one that sends and never reads fills no memory here.
  private func proceed(_ context: ChannelHandlerContext) {
    guard !isClosing else { return context.read() }
    guard context.channel.isWritable else { return enter(.blocked) }
    guard !isBehind else { return }
    enter(reader.isInside ? .inside : .between)
    context.read()
  }

  private func send(
    _ response: Response, closing: Bool, omitsBody: Bool, _ context: ChannelHandlerContext
  ) {
    requests.add(response.status)
    let buffer = response.framed(closing: closing, omitsBody: omitsBody)
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
