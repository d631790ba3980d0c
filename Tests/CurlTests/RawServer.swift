import Glibc
import Synchronization

/// A TCP server on a loopback port of its own that knows nothing of HTTP but where a message ends: the tests say, byte
/// by byte, what it answers. Every connection is handled on a thread of its own.
final class RawServer: Sendable {
  let port: UInt16
  private let listener: Int32
  private let seen = Mutex<[ReceivedRequest]>([])
  private let accepted = Mutex(0)
  private let handle: @Sendable (Conversation) -> Void

  var requests: [ReceivedRequest] { seen.withLock { $0 } }
  var connectionCount: Int { accepted.withLock { $0 } }
  var url: String { "http://127.0.0.1:\(port)" }

  /// The handler is called once for each connection, which is closed when it returns.
  init(atSocket path: String? = nil, _ handle: @escaping @Sendable (Conversation) -> Void) throws {
    self.handle = handle
    (listener, port) = if let path { (try RawServer.listen(at: path), 0) } else { try RawServer.listen() }
    Detached.run { [self] in
      while true {
        let descriptor = accept(listener, nil, nil)
        if descriptor < 0 {
          // Closed here, where nobody can be about to accept on a number that another server has been given by then.
          close(listener)
          return
        }
        accepted.withLock { $0 += 1 }
        Detached.run { [self] in
          handle(Conversation(descriptor, record: { request in self.seen.withLock { $0.append(request) } }))
          close(descriptor)
        }
      }
    }
  }

  /// Answers every request on every connection with the same bytes.
  convenience init(always reply: String) throws {
    try self.init { conversation in while conversation.request() != nil { conversation.send(reply) } }
  }

  /// Connections already accepted go on until their handler ends.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  struct NoSocket: Error {}

  /// A port that nobody listens on.
  static func unusedPort() throws -> UInt16 {
    let (descriptor, port) = try listen()
    close(descriptor)
    return port
  }

  private static func listen(at path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    let isListening = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && Glibc.listen(descriptor, 8) == 0
      }
    }
    guard isListening else { throw NoSocket() }
    return descriptor
  }

  private static func listen() throws -> (Int32, UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 64) == 0
          && getsockname(descriptor, address, &length) == 0
      }
    }
    guard isListening else { throw NoSocket() }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }
}

struct ReceivedRequest: Sendable {
  /// Request line and header lines as sent.
  let head: String
  let body: [UInt8]

  var line: String { head.split(separator: "\r\n").first.map(String.init) ?? "" }

  /// All values of that header, in order.
  func values(_ name: String) -> [String] {
    head.split(separator: "\r\n").dropFirst().compactMap { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == name else { return nil }
      return String(parts[1].drop { $0 == " " })
    }
  }
}

/// One connection, seen from the server.
struct Conversation: Sendable {
  private let descriptor: Int32
  private let record: @Sendable (ReceivedRequest) -> Void

  init(_ descriptor: Int32, record: @escaping @Sendable (ReceivedRequest) -> Void) {
    self.descriptor = descriptor
    self.record = record
  }

  /// The next request, or nil when the client has gone.
  func request() -> ReceivedRequest? {
    var bytes: [UInt8] = []
    var headEnd: Int?
    var length = 0
    while true {
      if headEnd == nil, let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
        headEnd = end.upperBound
        let request = ReceivedRequest(head: String(decoding: bytes[..<end.lowerBound], as: UTF8.self), body: [])
        length = request.values("content-length").first.flatMap { Int($0) } ?? 0
      }
      if let headEnd, bytes.count >= headEnd + length {
        let request = ReceivedRequest(
          head: String(decoding: bytes[..<(headEnd - 4)], as: UTF8.self),
          body: Array(bytes[headEnd..<(headEnd + length)]))
        record(request)
        return request
      }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count <= 0 { return nil }
      bytes += buffer.prefix(count)
    }
  }

  /// False when the client has gone.
  @discardableResult
  func send(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count <= 0 { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Waits until the client closes its side.
  func waitForEnd() {
    var byte: UInt8 = 0
    while recv(descriptor, &byte, 1, 0) > 0 {}
  }

  /// Makes the close at the end of the handler a reset.
  func resetOnClose() {
    var lingering = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
  }
}

/// A thread of its own: servers must go on while tests block the threads of the cooperative pool.
enum Detached {
  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  static func run(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body)).toOpaque()
    let status = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
        return nil
      }, work)
    precondition(status == 0, "no thread")
    pthread_detach(thread)
  }
}

extension [UInt8] {
  func firstRange(of pattern: [UInt8]) -> Range<Int>? {
    guard pattern.count <= count else { return nil }
    for start in 0...(count - pattern.count) where self[start..<(start + pattern.count)].elementsEqual(pattern) {
      return start..<(start + pattern.count)
    }
    return nil
  }
}
