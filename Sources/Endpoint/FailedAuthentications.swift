internal import Model
internal import Synchronization

/// How often each address has shown a wrong token within the present second: guessing is slowed down, and nobody who
/// has the right token notices.
final class FailedAuthentications: Sendable {
  /// A second, from one address.
  static let limit = 10
  /// Addresses that are remembered within one second.
  private static let capacity = 10_000

  private struct Window {
    var second: Int64 = .min
    var counts: [String: Int] = [:]
  }

  private let window = Mutex(Window())

  /// Counts one more; true where it is beyond the limit. 127.0.0.0/8 is one address: whoever is on this machine can take
  /// any of its 16 million for each try.
  func isBeyondLimit(_ address: String, at now: BootTime) -> Bool {
    let address = address.hasPrefix("127.") ? "127.0.0.0/8" : address
    return window.withLock { window in
      let second = now.nanoseconds / 1_000_000_000
      if window.second != second || window.counts.count > Self.capacity {
        window = Window(second: second)
      }
      let count = (window.counts[address] ?? 0) + 1
      window.counts[address] = count
      return count > Self.limit
    }
  }
}
