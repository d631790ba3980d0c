import Glibc

/// Waiting for the end: SIGTERM, SIGINT, or the end of standard input.
enum Ending {
  /// Before any thread is started, so that every thread inherits it and the signals wait for `wait`.
  static func blockSignals() {
    var signals = set
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  static func wait(untilInputCloses: Bool) {
    var signals = set
    if !untilInputCloses {
      var received: Int32 = 0
      while sigwait(&signals, &received) != 0 {}
      return
    }
    var pause = timespec(tv_sec: 0, tv_nsec: 100_000_000)
    while sigtimedwait(&signals, nil, &pause) < 0 {
      if isInputClosed { return }
    }
  }

  private static var set: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    return signals
  }

  private static var isInputClosed: Bool {
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&input, 1, 0) > 0 else { return false }
    var bytes = [UInt8](repeating: 0, count: 512)
    return read(STDIN_FILENO, &bytes, bytes.count) <= 0
  }
}
