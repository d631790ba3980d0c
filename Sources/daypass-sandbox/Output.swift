import Glibc
import Model

/// Writing whole, by write(2): standard output, the ready file, the log.
enum Output {
  /// False if not everything could be written.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Whoever waits for the file sees it whole or not at all.
  static func replace(_ path: String, with bytes: [UInt8]) throws(SandboxError) {
    let draft = path + ".new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: reason()) }
    let isWritten = write(bytes, to: descriptor)
    close(descriptor)
    guard isWritten, rename(draft, path) == 0 else { throw .unwritable(path: path, reason: reason()) }
  }

  static func read(_ path: String) throws(SandboxError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: reason()) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= 1 << 20 {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(path: path, reason: reason()) }
      if count == 0 { return bytes }
      bytes += buffer.prefix(count)
    }
    throw .unreadable(path: path, reason: "larger than 1 MiB")
  }

  static func reason() -> String { strerror(errno).map { String(cString: $0) } ?? "error \(errno)" }
}

/// One line a request: time, method, path, status, error code. Never a query, a header or a body.
final class RequestLog: Sendable {
  private let descriptor: Int32

  init(path: String) throws(SandboxError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: Output.reason()) }
  }

  deinit { close(descriptor) }

  func write(_ request: Request, _ reply: Reply) {
    let now = Moments.monotonic()
    let (seconds, attoseconds) = now.components
    let fraction = String(1_000 + attoseconds / 1_000_000_000_000_000).dropFirst()
    let result =
      switch reply.delivery {
      case .whole: "\(reply.status)"
      default: "\(reply.delivery)"
      }
    let line = "\(seconds).\(fraction) \(request.method.printable()) \(request.path.printable()) \(result)"
    _ = Output.write(Array("\(line) \(reply.outcome?.printable() ?? "-")\n".utf8), to: descriptor)
  }
}
