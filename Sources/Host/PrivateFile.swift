internal import Glibc
public import Model
internal import Synchronization

/// A file for one secret that another program of our user shall read: 0600, in memory where the system offers that,
/// gone when the value goes.
public final class PrivateFile: Sendable {
  public let path: String
  private let isThere = Mutex(true)

  /// In the first of $XDG_RUNTIME_DIR, /run, /dev/shm, $TMPDIR, /tmp that can be written.
  /// - Parameter contents: as they are, no newline is added.
  public convenience init(_ contents: Secret, environment: Environment) throws(PrivateFileFailure) {
    let (runtime, temporary) = (environment.nonEmpty("XDG_RUNTIME_DIR"), environment.nonEmpty("TMPDIR"))
    let directories = [runtime, "/run", "/dev/shm", temporary, "/tmp"]
    try self.init(contents, firstOf: directories.compactMap { $0 })
  }

  init(_ contents: Secret, firstOf directories: [String]) throws(PrivateFileFailure) {
    var reason = "no such directory"
    for directory in directories where directory.utf8.first == UInt8(ascii: "/") {
      do {
        path = try Self.create(in: directory, contents)
        return
      } catch {
        reason = error.reason
      }
    }
    throw .nowhere(directories: directories, reason: reason)
  }

  deinit { remove() }

  public func remove() {
    let wasThere = isThere.withLock { isThere in
      defer { isThere = false }
      return isThere
    }
    if wasThere { unlink(path) }
  }

  private static func create(in directory: String, _ contents: Secret) throws(SystemError) -> String {
    // In a directory that others can write, only the sticky bit keeps them from putting another file in its place.
    let status = try FileStatus.of(directory, followingLinks: true)
    let isSafe = status.mode & 0o022 == 0 || status.mode & mode_t(S_ISVTX) != 0
    guard status.form == .directory, isSafe, status.owner == 0 || status.owner == geteuid() else {
      throw SystemError(EPERM)
    }
    while true {
      let path = "\(directory)/daypass-\(String(UInt64.random(in: .min ... .max), radix: 36))"
      do throws(SystemError) {
        let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        do throws(SystemError) {
          try call { fchmod(file.number, 0o600) }
          try contents.withBytes { bytes throws(SystemError) in try file.writeAll(bytes) }
          return path
        } catch {
          unlink(path)
          throw error
        }
      } catch  where error.code == EEXIST {
        continue
      }
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
