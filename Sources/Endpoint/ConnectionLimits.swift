internal import Glibc

struct ConnectionLimits: Sendable {
  /// From the first byte of a request to the end of its head (and body, which is skipped), and for a client to take its
  /// answer. A new connection is inside a request from its beginning.
  var request: Duration
  /// Between two requests on one connection.
  var idle: Duration
  /// At once; one more is closed.
  var connections: Int

  static let standard = ConnectionLimits(
    request: .seconds(5), idle: .seconds(60), connections: min(10_000, affordable(openFiles: openFileLimit)))

  /// Whoever opens connections must not take the descriptors away that a refresh needs.
  static func affordable(openFiles: Int) -> Int { max(openFiles / 2, openFiles - 256) }

  private static var openFileLimit: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    return Int(clamping: limit.rlim_cur)
  }
}
