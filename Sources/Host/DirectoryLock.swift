internal import Glibc
internal import Model

/// An exclusive lock on a directory (flock(2)), for changing files in it that are replaced by renaming. It leaves nothing
/// behind, unlike a lock file, and so may be taken in a directory that is not ours alone.
public final class DirectoryLock {
  private let directory: Descriptor

  private init(_ directory: consuming Descriptor) { self.directory = directory }

  /// A file system without such locks (NFS has them for files alone) counts as locked: there is no better.
  static func take(_ path: String, deadline: BootTime) throws(StateFailure) -> DirectoryLock {
    let clocks = SystemClocks()
    let lock: DirectoryLock
    do throws(SystemError) {
      lock = DirectoryLock(try Descriptor.open(path, O_RDONLY | O_DIRECTORY))
    } catch {
      throw .unwritable(path: path, reason: error.reason)
    }
    while flock(lock.directory.number, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK || errno == EINTR {
      let left = deadline - clocks.boot()
      if left <= .zero { throw .lockBusy(path: path) }
      do { try clocks.sleep(min(.milliseconds(20), left)) } catch { throw .interrupted(error) }
    }
    return lock
  }

  /// Held until here.
  public func release() { flock(directory.number, LOCK_UN) }
}
