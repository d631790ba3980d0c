internal import CHost
internal import Glibc
internal import Model

/// What a service is told by signals, in place of what ends a one-shot program: SIGHUP reloads, SIGTERM and SIGINT ask
/// it to finish, SIGUSR1 asks for another try. Others that would end it are passed over.
///
/// One for a process. Its loop waits here; other threads wake it.
public final class ServiceSignals: Sendable {
  public enum Signal: Sendable, Equatable {
    case reload
    /// SIGTERM or SIGINT.
    case end(Int32)
    case tryAgain
  }

  private let signals: Int32
  private let wakeup: WakeUp

  /// Nil if the system has no descriptors left. From now on nothing interrupts what blocks.
  public init?() {
    let signals = chost_watch()
    guard signals >= 0, let wakeup = WakeUp() else { return nil }
    self.signals = signals
    self.wakeup = wakeup
    // A signal while the configuration was read: the one handler has it, and nobody would look there again.
    chost_watch_earlier()
  }

  deinit { chost_unwatch() }

  /// Ends the present or the next wait; from any thread.
  public func wake() { wakeup.ring() }

  /// Waits for a signal, for `wake` or for the time to pass; what came meanwhile.
  public func wait(atMost duration: Duration) -> [Signal] {
    var watched = [signals, wakeup.readable].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    _ = poll(&watched, nfds_t(watched.count), milliseconds(toCover: duration.saturatedNanoseconds))
    wakeup.silence()
    var found: [Signal] = []
    var record = chost_signal()
    while chost_watch_next(&record) {
      switch record.number {
      case SIGHUP: found.append(.reload)
      case SIGTERM, SIGINT: found.append(.end(record.number))
      case SIGUSR1: found.append(.tryAgain)
      default: break
      }
    }
    return found
  }
}

/// A descriptor that other threads make readable.
private final class WakeUp: Sendable {
  let readable: Int32
  private let writable: Int32

  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (readable, writable) = (ends[0], ends[1])
  }

  deinit {
    close(readable)
    close(writable)
  }

  /// A full pipe is readable already.
  func ring() { _ = write(writable, "!", 1) }

  func silence() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while read(readable, &buffer, buffer.count) == buffer.count {}
  }
}
