import Synchronization

/// Something that is done once in a while, whoever comes by: at the first occasion, then once in each `pause` at most.
public final class Cadence: Sendable {
  private let pause: Duration
  private let last = Mutex<BootTime?>(nil)

  public init(_ pause: Duration) { self.pause = pause }

  /// True for whoever is to do it now.
  public func isDue(at now: BootTime) -> Bool {
    last.withLock { last in
      if let last, now < last + pause { return false }
      last = now
      return true
    }
  }
}
