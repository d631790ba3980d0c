import Glibc

/// A small file; never a device, never a pipe that nobody writes to.
enum FileContents {
  struct Unreadable: Error { let reason: String }
  private static let limit = 8 << 20

  /// All of it; one that is larger than it may be is refused.
  static func read(_ path: String) throws(Unreadable) -> [UInt8] {
    let contents = try beginning(of: path, limit + 1)
    guard contents.count <= limit else { throw Unreadable(reason: "it is larger than \(limit) bytes") }
    return contents
  }

  /// At most that many bytes.
  static func beginning(of path: String, _ most: Int) throws(Unreadable) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Unreadable(reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Unreadable(reason: "it is not a regular file")
    }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: min(most, 64 << 10))
    while result.count < most {
      let count = Glibc.read(descriptor, &buffer, min(buffer.count, most - result.count))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Unreadable(reason: String(cString: strerror(errno))) }
      if count == 0 { break }
      result += buffer.prefix(count)
    }
    return result
  }
}
