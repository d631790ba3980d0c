import Glibc
import Model
import NIOCore
import NIOHTTP1

/// Sends a reply, or fails to in the way that was ordered.
struct Delivery: Sendable {
  var channel: any Channel
  var server: Server
  var reply: Reply
  var isKeptAlive: Bool

  func start() {
    guard reply.delay > .zero else { return deliver() }
    channel.eventLoop.scheduleTask(in: .nanoseconds(reply.delay.saturatedNanoseconds)) { self.deliver() }
  }

  private func deliver() {
    switch reply.delivery {
    case .whole:
      writeHead()
      write(reply.body[...])
      channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
        if !self.isKeptAlive { self.channel.close(promise: nil) }
        self.refuse()
      }
    case .truncated:
      writeHead()
      write(reply.body.prefix(reply.body.count / 2))
      channel.flush()
      channel.close(promise: nil)
    case .trickled:
      writeHead()
      trickle(from: 0)
    case .hang: break
    case .close: channel.close(promise: nil)
    case .reset: reset()
    }
  }

  private func writeHead() {
    var headers = HTTPHeaders(reply.headers.map { ($0.name, $0.value) })
    headers.add(name: "content-length", value: String(reply.body.count))
    if !isKeptAlive { headers.add(name: "connection", value: "close") }
    let status = HTTPResponseStatus(statusCode: reply.status)
    channel.write(
      HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)), promise: nil)
  }

  private func write(_ bytes: ArraySlice<UInt8>) {
    channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: bytes))), promise: nil)
  }

  private func trickle(from index: Int) {
    guard channel.isActive else { return }
    guard index < reply.body.count else {
      channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
      return
    }
    write(reply.body[index...index])
    channel.flush()
    channel.eventLoop.scheduleTask(in: .seconds(1)) { self.trickle(from: index + 1) }
  }

  /// Closing with a linger time of zero sends RST (tcp(7), socket(7)).
  private func reset() {
    guard let options = channel as? any SocketOptionProvider else { return channel.close(promise: nil) }
    options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
      self.channel.close(promise: nil)
      self.refuse()
    }
  }

  private func refuse() {
    if let refusal = reply.refusal { server.refuse(for: refusal) }
  }
}
