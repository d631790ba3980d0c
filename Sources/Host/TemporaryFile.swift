internal import Glibc
internal import Model
internal import Synchronization

/// A new version of a file on its way: written under another name beside it, then renamed over it.
///
/// It is locked while its writer lives. One that nobody holds was left by a process that was killed, and the next
/// writer removes it; process numbers would say nothing where containers share a directory.
final class TemporaryFile: ReservedWrite {
  /// Hidden, so that it is never taken for data.
  static let prefix = ".unfinished-"

  private let directory: Int32
  private let target: String
  private let path: String
  private let temporary: String
  /// Whose mode and owner it takes over; else it is 0600 and ours.
  private let model: FileStatus?
  /// Bytes taken at the start: how long the file is at least.
  private let reserved: Int
  private let durability: Durability
  /// Nil once renamed or given up.
  private let file: Mutex<Int32?>

  /// - Parameter directory: open as long as this value lives, or until `commit`.
  /// - Parameter reserving: bytes to take now.
  init(
    directory: Int32, name: String, path: String, reserving: Int, like model: FileStatus? = nil,
    _ durability: Durability = .lasting
  ) throws(SystemError) {
    // Its own descriptor, because a write can outlive the directory's holder.
    let directory = try call { fcntl(directory, F_DUPFD_CLOEXEC, 3) }
    do throws(SystemError) {
      let (temporary, file) = try Self.create(in: directory)
      do throws(SystemError) {
        if reserving > 0 { try Self.allocate(file, reserving) }
      } catch {
        Self.discard(temporary, file, in: directory)
        throw error
      }
      self.directory = directory
      self.target = name
      self.path = path
      self.temporary = temporary
      self.model = model
      self.reserved = reserving
      self.durability = durability
      self.file = Mutex(file)
    } catch {
      close(directory)
      throw error
    }
  }

  deinit {
    if let file = file.withLock({ $0 }) { Self.discard(temporary, file, in: directory) }
    close(directory)
  }

  func commit(_ bytes: [UInt8]) throws(StateFailure) {
    let taken = file.withLock { file in
      defer { file = nil }
      return file
    }
    guard let file = taken else { throw .unwritable(path: path, reason: "it was already written") }
    do {
      try write(bytes, to: file)
      close(file)
    } catch {
      Self.discard(temporary, file, in: directory)
      throw .unwritable(path: path, reason: error.reason)
    }
  }

  private func write(_ bytes: [UInt8], to file: Int32) throws(SystemError) {
    let result: Result<Void, SystemError> = bytes.withUnsafeBytes { content in
      do throws(SystemError) {
        return .success(try Descriptor.writeAll(content, to: file))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
    // Each call that is not made cannot fail: what was never longer is not cut.
    if reserved > bytes.count { try call { ftruncate(file, bytes.count) } }
    if let model {
      // Only root can give a file away; for everybody else it is their own already, or becomes so.
      if model.owner != geteuid() || model.group != getegid() { _ = fchown(file, model.owner, model.group) }
      try call { fchmod(file, model.mode) }
    }
    if durability == .lasting { try call { fsync(file) } }
    try call { renameat(directory, temporary, directory, target) }
    if durability == .lasting { try synchronizeDirectory(directory) }
  }

  /// Removes what killed writers left.
  /// - Parameter isOurs: by its name.
  static func removeAbandoned(in directory: Int32, _ isOurs: (String) -> Bool = { $0.hasPrefix(prefix) }) {
    guard let names = try? entries(of: directory) else { return }
    for name in names where isOurs(name) {
      guard let file = try? Descriptor.open(name, in: directory, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY),
        let status = try? file.status(), status.form == .regular, status.owner == geteuid(),
        flock(file.number, LOCK_EX | LOCK_NB) == 0
      else { continue }
      unlinkat(directory, name, 0)
    }
  }

  private static func create(in directory: Int32) throws(SystemError) -> (name: String, file: Int32) {
    while true {
      let name = prefix + String(UInt64.random(in: .min ... .max), radix: 36)
      do throws(SystemError) {
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = try call { openat(directory, name, flags, 0o600) }
        do throws(SystemError) {
          try call { fchmod(file, 0o600) }
          if try hold(file) { return (name, file) }
        } catch {
          discard(name, file, in: directory)
          throw error
        }
        // Another writer saw it before we held it, and removed it.
        close(file)
      } catch  where error.code == EEXIST {
        continue
      }
    }
  }

  private static func hold(_ file: Int32) throws(SystemError) -> Bool {
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      // Where there are no locks nobody removes it either.
      return errno != EWOULDBLOCK
    }
    var status = stat()
    try call { fstat(file, &status) }
    return status.st_nlink > 0
  }

  private static func allocate(_ file: Int32, _ count: Int) throws(SystemError) {
    while true {
      let code = posix_fallocate(file, 0, count)
      if code == 0 { return }
      if code != EINTR { throw SystemError(code) }
    }
  }

  /// Unlinked before it is closed: closing gives up the lock.
  private static func discard(_ name: String, _ file: Int32, in directory: Int32) {
    unlinkat(directory, name, 0)
    close(file)
  }
}
