internal import Glibc
public import Model

/// A listener on the literal 127.0.0.1, on a port that the system chose, for the end of a browser login. One small request
/// at a time, each with a deadline of its own, so that nobody on this machine can hold the login up.
public final class LoopbackListener: CallbackListener {
  public let port: Int
  private let socket: Descriptor

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
    while try Wait.readable(socket.number, until: deadline) {
      let number = accept(socket.number, nil, nil)
      guard number >= 0 else { continue }
      _ = fcntl(number, F_SETFD, FD_CLOEXEC)
      _ = fcntl(number, F_SETFL, O_NONBLOCK)
      let connection = Descriptor(owning: number)
      if let request = try LoopbackRequest.read(connection) { return request }
    }
    return nil
  }
}

private final class LoopbackRequest: CallbackRequest {
  let target: [UInt8]
  private let connection: Descriptor

  /// A browser sends a few hundred bytes; headers can be more where cookies of other services on localhost come along.
  private static let limit = 64 * 1024

  private init(_ connection: consuming Descriptor, target: [UInt8]) {
    self.connection = connection
    self.target = target
  }

  /// Nil for whatever is no complete GET request within two seconds.
  static func read(_ connection: consuming Descriptor) throws(CallbackFailure) -> LoopbackRequest? {
    let deadline = SystemClocks().boot() + .seconds(2)
    var received: [UInt8] = []
    while !received.hasEmptyLine {
      guard received.count < limit, try Wait.readable(connection.number, until: deadline) else { return nil }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = Glibc.read(connection.number, &buffer, buffer.count)
      guard count > 0 else { return nil }
      received += buffer.prefix(count)
    }
    let words = received.prefix { $0 != 0x0D && $0 != 0x0A }.split(separator: 0x20)
    guard words.count == 3, words[0].elementsEqual("GET".utf8), words[2].starts(with: "HTTP/1.".utf8) else {
      return nil
    }
    return LoopbackRequest(connection, target: Array(words[1]))
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

extension [UInt8] {
  fileprivate var hasEmptyLine: Bool {
    var feeds = 0
    for byte in self {
      switch byte {
      case 0x0A:
        feeds += 1
        if feeds == 2 { return true }
      case 0x0D: continue
      default: feeds = 0
      }
    }
    return false
  }
}

private enum Wait {
  /// False when the deadline has come.
  static func readable(_ descriptor: Int32, until deadline: BootTime) throws(CallbackFailure) -> Bool {
    while true {
      if let signal = Interrupts.pending { throw .interrupted(Interrupted(signal: signal)) }
      let left = (deadline - SystemClocks().boot()).saturatedNanoseconds
      guard left > 0 else { return false }
      var watched = [
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: Interrupts.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let timeout = Int32(clamping: left / 1_000_000 + 1)
      if poll(&watched, 2, timeout) > 0, watched[0].revents != 0 { return true }
    }
  }
}
