internal import Glibc
public import Model

/// A listener on the literal 127.0.0.1, on a port that the system chose, for the end of a browser login.
///
/// Small requests, each with a deadline of its own; connections that say nothing (browsers open some ahead, others on
/// this machine may want to hold the login up) keep nobody waiting.
public final class LoopbackListener: CallbackListener {
  public let port: Int
  private let socket: Descriptor
  /// Connections whose request is not complete, the oldest first.
  private var arriving: [Arrival] = []

  /// Of `arriving`. The oldest gives way to one more.
  private static let capacity = 32
  /// Accepted before the others are looked at again, so that each is read at least once before it gives way.
  private static let acceptedAtOnce = 8

  public init() throws(CallbackFailure) {
    do throws(SystemError) {
      let number = try call { Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0) }
      socket = Descriptor(owning: number)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
      port = try Self.listen(number, at: &address)
    } catch {
      throw .unbound(reason: error.reason)
    }
  }

  private static func listen(_ number: Int32, at address: inout sockaddr_in) throws(SystemError) -> Int {
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general -> Int32 in
        guard Glibc.bind(number, general, length) == 0, Glibc.listen(number, 8) == 0 else { return -1 }
        return getsockname(number, general, &length)
      }
    }
    guard result == 0 else { throw SystemError(errno) }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  public func next(until deadline: BootTime) throws(CallbackFailure) -> (any CallbackRequest)? {
    let clocks = SystemClocks()
    while clocks.boot() < deadline {
      arriving.removeAll { $0.deadline <= clocks.boot() }
      let end = arriving.map(\.deadline).reduce(deadline) { min($0, $1) }
      let readable = try Wait.readable([socket.number] + arriving.map(\.connection.number), until: end)
      for arrival in arriving where readable.contains(arrival.connection.number) {
        let step = arrival.read()
        if case .incomplete = step { continue }
        arriving.removeAll { $0 === arrival }
        if case .complete(let target) = step { return LoopbackRequest(arrival.connection, target: target) }
      }
      if readable.contains(socket.number) { acceptSome(clocks.boot() + Arrival.patience) }
    }
    return nil
  }

  private func acceptSome(_ deadline: BootTime) {
    for _ in 0..<Self.acceptedAtOnce {
      let number = accept(socket.number, nil, nil)
      guard number >= 0 else {
        // Room for the next attempt, if it is descriptors that are wanting.
        if errno == EMFILE || errno == ENFILE { arriving.removeFirst(min(1, arriving.count)) }
        return
      }
      _ = fcntl(number, F_SETFD, FD_CLOEXEC)
      _ = fcntl(number, F_SETFL, O_NONBLOCK)
      if arriving.count == Self.capacity { arriving.removeFirst() }
      arriving.append(Arrival(SharedDescriptor(number), deadline))
    }
  }
}

/// Closed when the last who knows it goes.
private final class SharedDescriptor {
  let number: Int32
  private let owner: Descriptor

  init(_ number: Int32) {
    self.number = number
    owner = Descriptor(owning: number)
  }
}

/// A connection whose request is on its way.
private final class Arrival {
  enum Step {
    case incomplete
    case complete(target: [UInt8])
    /// Ended, too large, or no GET request.
    case unusable
  }

  static let patience = Duration.seconds(2)
  /// A browser sends a few hundred bytes; headers can be more where cookies of other services on localhost come along.
  private static let limit = 64 * 1024

  let connection: SharedDescriptor
  let deadline: BootTime
  private var received: [UInt8] = []
  /// Line feeds in a row at the end of `received`.
  private var feeds = 0

  init(_ connection: SharedDescriptor, _ deadline: BootTime) {
    self.connection = connection
    self.deadline = deadline
  }

  func read() -> Step {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(connection.number, &buffer, buffer.count)
    if count < 0, errno == EAGAIN || errno == EINTR { return .incomplete }
    guard count > 0, received.count + count <= Self.limit else { return .unusable }
    for byte in buffer.prefix(count) {
      received.append(byte)
      if byte != 0x0D { feeds = byte == 0x0A ? feeds + 1 : 0 }
      if feeds == 2 { return request }
    }
    return .incomplete
  }

  private var request: Step {
    let words = received.prefix { $0 != 0x0D && $0 != 0x0A }.split(separator: 0x20)
    guard words.count == 3, words[0].elementsEqual("GET".utf8), words[2].starts(with: "HTTP/1.".utf8) else {
      return .unusable
    }
    return .complete(target: Array(words[1]))
  }
}

private final class LoopbackRequest: CallbackRequest {
  let target: [UInt8]
  private let connection: SharedDescriptor

  init(_ connection: SharedDescriptor, target: [UInt8]) {
    self.connection = connection
    self.target = target
  }

  func answer(status: Int, title: String, text: String) {
    let page = """
      <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <meta name="color-scheme" content="light dark"><title>\(title)</title>
      <body style="font:1.1rem system-ui,sans-serif;max-width:32rem;margin:18vh auto;padding:0 1rem">
      <h1 style="font-size:1.5rem">\(title)</h1><p>\(text)</p></body></html>

      """
    let head = [
      "HTTP/1.1 \(status) \(status == 200 ? "OK" : "Error")", "Content-Type: text/html; charset=utf-8",
      "Content-Length: \(page.utf8.count)", "Cache-Control: no-store", "Referrer-Policy: no-referrer",
      "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'", "Connection: close", "", "",
    ]
    try? Output.write(Array((head.joined(separator: "\r\n") + page).utf8), to: connection.number)
    shutdown(connection.number, Int32(SHUT_WR))
  }
}

private enum Wait {
  /// Those of the descriptors that can be read from; none when the deadline has come.
  static func readable(_ descriptors: [Int32], until deadline: BootTime) throws(CallbackFailure) -> [Int32] {
    if let signal = Interrupts.pending { throw .interrupted(Interrupted(signal: signal)) }
    let left = (deadline - SystemClocks().boot()).saturatedNanoseconds
    guard left > 0 else { return [] }
    var watched = (descriptors + [Interrupts.descriptor]).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let count = poll(&watched, nfds_t(watched.count), milliseconds(toCover: left))
    if let signal = Interrupts.pending { throw .interrupted(Interrupted(signal: signal)) }
    return count > 0 ? watched.dropLast().filter { $0.revents != 0 }.map(\.fd) : []
  }
}
