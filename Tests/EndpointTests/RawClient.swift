import Glibc

/// A TCP connection that sends exactly what it is told.
final class RawClient {
  private let socket: Int32
  private var unread: [UInt8] = []

  struct Reply: Equatable {
    let status: Int
    let head: String
    let body: String

    func header(_ name: String) -> String? {
      head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }
        .map { String($0.dropFirst(name.count + 2)) }
    }
  }

  private(set) var isConnected = false

  /// Not connected yet.
  init() {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  convenience init(port: Int) {
    self.init()
    connect(port: port)
  }

  func connect(port: Int) {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  deinit { close(socket) }

  /// False once the other side has reset the connection.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

  /// The next answer; nil if the connection ends before it is complete.
  func reply() -> Reply? {
    let separator = Array("\r\n\r\n".utf8)
    while true {
      if let end = unread.indices.first(where: { unread[$0...].starts(with: separator) }) {
        let head = String(decoding: unread[..<end], as: UTF8.self)
        let provisional = Reply(status: Int(head.dropFirst(9).prefix(3)) ?? 0, head: head, body: "")
        let length = provisional.header("Content-Length").flatMap { Int($0) } ?? 0
        if unread.count >= end + 4 + length {
          let body = String(decoding: unread[(end + 4)..<(end + 4 + length)], as: UTF8.self)
          unread.removeFirst(end + 4 + length)
          return Reply(status: provisional.status, head: head, body: body)
        }
      }
      guard receive() else { return nil }
    }
  }

  /// All that comes until the server ends the connection.
  func everything() -> String {
    while receive() {}
    return String(decoding: unread, as: UTF8.self)
  }

  /// Whether the server ends the connection without sending more.
  func isEndedByServer() -> Bool {
    while receive() {}
    return unread.isEmpty && !hasTimedOut
  }

  private var hasTimedOut = false

  private func receive() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(socket, &buffer, buffer.count, 0)
    if count < 0, errno == EAGAIN { hasTimedOut = true }
    guard count > 0 else { return false }
    unread.append(contentsOf: buffer.prefix(count))
    return true
  }
}
