internal import Glibc
public import Model
internal import Synchronization

/// A file that a program which we run shall read, and nobody else: 0600, in memory where the system offers that, gone
/// when the value goes.
///
/// It is locked while its maker lives. One that nobody holds was left by a process that was killed; the next file made
/// there takes it away.
public final class PrivateFile: Sendable {
  public let path: String
  /// Open for the sake of its lock.
  private let file: Int32
  private let owner: RunAs?
  private let isThere = Mutex(true)

  private static let prefix = "daypass-exec-"

  /// In the first of $XDG_RUNTIME_DIR, /run, /dev/shm, $TMPDIR, /tmp that can be written.
  /// - Parameter contents: as they are, no newline is added.
  /// - Parameter owner: who shall read it, if not ourselves; the directory is one that this user can write.
  public convenience init(
    _ contents: Secret, environment: Environment, owner: RunAs? = nil
  ) throws(PrivateFileFailure) {
    let (runtime, temporary) = (environment.nonEmpty("XDG_RUNTIME_DIR"), environment.nonEmpty("TMPDIR"))
    let directories = [runtime, "/run", "/dev/shm", temporary, "/tmp"]
    try self.init(contents, firstOf: directories.compactMap { $0 }, owner: owner)
  }

  init(_ contents: Secret, firstOf directories: [String], owner: RunAs? = nil) throws(PrivateFileFailure) {
    var reason = "no such directory"
    for directory in directories where directory.utf8.first == UInt8(ascii: "/") {
      do {
        (path, file) = try Self.acting(as: owner) { () throws(SystemError) in
          let made = try Self.create(in: directory, contents)
          Self.removeAbandoned(in: directory)
          return made
        }
        self.owner = owner
        return
      } catch {
        reason = error.reason
      }
    }
    throw .nowhere(directories: directories, reason: reason)
  }

  /// In that directory and nowhere else.
  public convenience init(_ contents: Secret, in directory: String) throws(PrivateFileFailure) {
    try self.init(contents, firstOf: [directory])
  }

  /// A second file in the same place, for the same reader.
  public init(_ contents: Secret, beside other: PrivateFile) throws(PrivateFileFailure) {
    let directory = String(other.path[..<(other.path.lastIndex(of: "/") ?? other.path.startIndex)])
    do {
      (path, file) = try Self.acting(as: other.owner) { () throws(SystemError) in
        try Self.create(in: directory, contents)
      }
      owner = other.owner
    } catch {
      throw .nowhere(directories: [directory], reason: error.reason)
    }
  }

  deinit {
    remove()
    close(file)
  }

  public func remove() {
    let wasThere = isThere.withLock { isThere in
      defer { isThere = false }
      return isThere
    }
    if wasThere { _ = try? Self.acting(as: owner) { () throws(SystemError) in unlink(path) } }
  }

  private static func acting<Result>(
    as owner: RunAs?, _ body: () throws(SystemError) -> Result
  ) throws(SystemError) -> Result {
    guard let owner else { return try body() }
    return try owner.perform(body)
  }

  private static func create(
    in directory: String, _ contents: Secret
  ) throws(SystemError) -> (path: String, file: Int32) {
    // In a directory that others can write, only the sticky bit keeps them from putting another file in its place.
    let status = try FileStatus.of(directory, followingLinks: true)
    let isSafe = status.mode & 0o022 == 0 || status.mode & mode_t(S_ISVTX) != 0
    guard status.form == .directory, isSafe, status.owner == 0 || status.owner == geteuid() else {
      throw SystemError(EPERM)
    }
    while true {
      let path = "\(directory)/\(prefix)\(String(UInt64.random(in: .min ... .max), radix: 36))"
      do throws(SystemError) {
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = try call { open(path, flags, 0o600) }
        do throws(SystemError) {
          try call { fchmod(file, 0o600) }
          // Another may have seen it before we held it, and removed it.
          let isHeld = flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
          var status = stat()
          try call { fstat(file, &status) }
          if !isHeld || status.st_nlink == 0 { throw SystemError(EEXIST) }
          try contents.withBytes { bytes throws(SystemError) in try Descriptor.writeAll(bytes, to: file) }
          return (path, file)
        } catch {
          if error.code != EEXIST { unlink(path) }
          close(file)
          throw error
        }
      } catch  where error.code == EEXIST {
        continue
      }
    }
  }

  private static func removeAbandoned(in directory: String) {
    guard let opened = try? Descriptor.open(directory, O_RDONLY | O_DIRECTORY) else { return }
    TemporaryFile.removeAbandoned(in: opened.number) { name in
      name.hasPrefix(prefix) && name.utf8.count <= prefix.utf8.count + 13
    }
  }
}

public enum PrivateFileFailure: Explained, Hashable {
  case nowhere(directories: [String], reason: String)

  public var kind: FailureKind { .output }
  public var message: String {
    switch self {
    case .nowhere(let directories, let reason):
      "no private file can be made in \(directories.joined(separator: ", ").printable()): \(reason)"
    }
  }
  public var hint: String? { "set TMPDIR to a directory of your own" }
}
