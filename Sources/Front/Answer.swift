internal import Glibc

/// Standard output. The full program waits for a reader with its signals in hand; where there is anything to wait for,
/// or nobody to read, it does that.
enum Answer {
  /// False if nothing was written. Ends the process where some of it was and no more can be.
  static func write(_ output: UnsafeRawBufferPointer) -> Bool {
    guard let start = output.baseAddress, isReady() else { return false }
    let handler = signal(SIGPIPE, SIG_IGN)
    var written = 0
    while written < output.count {
      let count = Glibc.write(STDOUT_FILENO, start + written, output.count - written)
      if count > 0 {
        written += count
      } else if count < 0, errno == EAGAIN, written > 0 {
        var watched = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        _ = poll(&watched, 1, -1)
      } else if count == 0 || errno != EINTR {
        guard written > 0 else {
          signal(SIGPIPE, handler)
          return false
        }
        fail(errno)
      }
    }
    return true
  }

  private static func isReady() -> Bool {
    var watched = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
    return poll(&watched, 1, 0) == 1 && watched.revents == Int16(POLLOUT)
  }

  /// In the full program's words: it cannot be asked to begin again.
  private static func fail(_ code: Int32) -> Never {
    switch code {
    case EPIPE: say("daypass: the output cannot be written: nobody reads it\n")
    case ENOSPC, EDQUOT: say("daypass: the output cannot be written: no space left; free the disk it goes to\n")
    default: say("daypass: the output cannot be written\n")
    }
    _exit(74)
  }

  static func say(_ text: StaticString) {
    _ = Glibc.write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }
}
