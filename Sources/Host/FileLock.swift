internal import Glibc
internal import Model
internal import Synchronization

/// An exclusive lock on a file beside the data (flock(2)). The data file itself is replaced by renaming, so a lock on
/// it would be a lock on a file that is gone. The lock file is never removed, for the same reason.
final class FileLock: StateLock {
  static let suffix = ".lock"

  private let file: Mutex<Int32?>

  private init(_ file: Int32) { self.file = Mutex(file) }

  deinit { unlock() }

  func unlock() {
    let taken = file.withLock { file in
      defer { file = nil }
      return file
    }
    guard let taken else { return }
    // Said in so many words: a process that was just forked can hold the same open file for a moment.
    flock(taken, LOCK_UN)
    close(taken)
  }

  /// Waits, with looks 10 to 80 ms apart, so that a holder's death is noticed within 100 ms.
  static func take(
    _ name: String, in directory: Int32, path: String, deadline: BootTime
  ) throws(StateFailure) -> FileLock {
    let clocks = SystemClocks()
    var pause = Duration.milliseconds(10)
    while true {
      do {
        if let lock = try attempt(name, in: directory) { return lock }
      } catch {
        throw .unwritable(path: path, reason: error.code == ELOOP ? "it is a symbolic link" : error.reason)
      }
      let left = deadline - clocks.boot()
      if left <= .zero { throw .lockBusy(path: path) }
      do {
        try clocks.sleep(min(pause, left))
      } catch {
        throw .interrupted(error)
      }
      pause = min(pause * 2, .milliseconds(80))
    }
  }

  /// Nil if somebody else holds it.
  private static func attempt(_ name: String, in directory: Int32) throws(SystemError) -> FileLock? {
    let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    let file = try call { openat(directory, name, flags, 0o600) }
    do throws(SystemError) {
      var status = stat()
      try call { fstat(file, &status) }
      let found = FileStatus(status)
      guard found.form == .regular, found.owner == geteuid() else { throw SystemError(EPERM) }
      // A umask can have made it unusable for the next caller. It holds nothing that others could have read.
      if found.mode & 0o777 != 0o600 { try call { fchmod(file, 0o600) } }
      do throws(SystemError) {
        try call { flock(file, LOCK_EX | LOCK_NB) }
      } catch  where error.code == EWOULDBLOCK {
        close(file)
        return nil
      }
      try call { fstat(file, &status) }
      // Somebody deleted it meanwhile: the next caller would lock another file.
      guard status.st_nlink > 0 else {
        close(file)
        return nil
      }
      return FileLock(file)
    } catch {
      close(file)
      throw error
    }
  }
}
