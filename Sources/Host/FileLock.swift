internal import Glibc
internal import Model
internal import Synchronization

/// An exclusive lock on a file beside the data (flock(2)). The data file itself is replaced by renaming, so a lock on
/// it would be a lock on a file that is gone.
///
/// Whoever holds the lock removes its file when letting go, or each token that was ever used would leave one. That
/// takes two rules, and then no two hold it at once: only the holder of the file that has the name removes it, and
/// nobody counts as a holder before having seen, with the lock in hand, that the file still has the name.
final class FileLock: StateLock {
  static let suffix = ".lock"

  private struct Held {
    let file: Int32
    /// Its own, because a lock can outlive the directory's holder.
    let directory: Int32
    let name: String
  }

  private let held: Mutex<Held?>

  private init(_ file: Int32, _ name: String, in directory: Int32) {
    held = Mutex(Held(file: file, directory: directory, name: name))
  }

  deinit { unlock() }

  func unlock() {
    let taken = held.withLock { held in
      defer { held = nil }
      return held
    }
    guard let taken else { return }
    // Before it is free. One that cannot be removed is a lock all the same.
    if FileLock.isNamed(taken.file, taken.name, in: taken.directory) { unlinkat(taken.directory, taken.name, 0) }
    close(taken.directory)
    // Said in so many words: a process that was just forked can hold the same open file for a moment.
    flock(taken.file, LOCK_UN)
    close(taken.file)
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

  /// Removes the files of locks whose holders were killed. Young ones are left alone: somebody may be about to lock
  /// one, and would find it taken.
  static func removeAbandoned(in directory: Int32) {
    guard let names = try? entries(of: directory) else { return }
    for name in names where name.hasSuffix(suffix) {
      var status = stat()
      guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0, FileStatus(status).form == .regular,
        // Saturating: a file system may hold any number there.
        WallTime(seconds: Int64(time(nil))) - WallTime(seconds: Int64(status.st_mtim.tv_sec)) > 3600
      else { continue }
      (try? attempt(name, in: directory))??.unlock()
    }
  }

  /// Removes the file of a lock that nobody holds, if there is one: what it was for is going.
  static func removeFree(_ name: String, in directory: Int32) {
    var status = stat()
    guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
    (try? attempt(name, in: directory))??.unlock()
  }

  /// Nil if somebody else holds it, or if it goes on losing its name: a network file system can show an open file and
  /// its name as two for good, and whoever waits shall rest between looks and see its deadline.
  private static func attempt(_ name: String, in directory: Int32) throws(SystemError) -> FileLock? {
    for _ in 1...3 {
      let file = try call {
        openat(directory, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0o600)
      }
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
        if isNamed(file, name, in: directory) {
          return FileLock(file, name, in: try call { fcntl(directory, F_DUPFD_CLOEXEC, 3) })
        }
        // Its holder removed it between our opening and our locking it.
        close(file)
      } catch {
        close(file)
        throw error
      }
    }
    return nil
  }

  /// Whether this open file is the one that has the name.
  private static func isNamed(_ file: Int32, _ name: String, in directory: Int32) -> Bool {
    var (open, named) = (stat(), stat())
    guard fstat(file, &open) == 0, fstatat(directory, name, &named, AT_SYMLINK_NOFOLLOW) == 0 else { return false }
    return FileStatus(open).identity == FileStatus(named).identity
  }
}
