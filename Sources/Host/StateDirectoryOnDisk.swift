internal import Glibc
public import Model
internal import Stat
internal import Synchronization

/// The state directory, judged each time it is used and held open between: a directory put in its place later is not
/// used, and everything below it is reached relative to the descriptor.
public final class StateDirectoryOnDisk: StateDirectory {
  public let path: String
  /// The largest file that is read.
  static let sizeLimit = 1 << 20

  private struct Held {
    var current: Int32?
    /// Removed from under us. Kept open, because another thread may be using the number.
    var earlier: [Int32] = []
  }

  private let held = Mutex(Held())
  /// Of clearing up after killed processes. Where thousands of files lie, looking at each of them for each write would be
  /// most of the work.
  private let cadence = Cadence(.seconds(60))

  /// Nothing is touched before the first use.
  public init(path: String) {
    // A slash at the end would make the system follow a link in this place.
    var path = path
    while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
    self.path = path
  }

  deinit {
    let held = held.withLock { $0 }
    for directory in held.earlier { close(directory) }
    if let directory = held.current { close(directory) }
  }

  public func read(_ name: String) throws(StateFailure) -> StateFile {
    let filePath = self.path(of: name)
    do {
      guard let directory = try directory(creating: false) else { return .absent }
      try requirePlain(name)
      let file = try Descriptor.open(name, in: directory, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
      if let reason = StateFileRules.objection(to: try file.status(), sizeLimit: Self.sizeLimit) {
        SeenFiles.forsake()
        return .unacceptable(path: filePath, reason: reason)
      }
      SeenFiles.note(.state, name, open: file.number)
      guard let content = try file.readAll(limit: Self.sizeLimit) else {
        return .unacceptable(path: filePath, reason: StateFileRules.tooLarge)
      }
      return .present(content)
    } catch let failure as StateFailure {
      throw failure
    } catch let error as SystemError {
      if error.code == ENOENT { SeenFiles.noteAbsence(.state, name) } else { SeenFiles.forsake() }
      switch error.code {
      case ENOENT: return .absent
      case ELOOP: return .unacceptable(path: filePath, reason: "it is a symbolic link")
      case EACCES, ENXIO, ENODEV: return .unacceptable(path: filePath, reason: error.reason)
      default: throw .unreadable(path: filePath, reason: error.reason)
      }
    } catch {
      throw .unreadable(path: filePath, reason: "unknown error")
    }
  }

  public func write(_ bytes: [UInt8], to name: String, _ durability: Durability) throws(StateFailure) {
    try newVersion(of: name, bytes: 0, durability).commit(bytes)
  }

  public func reserve(_ name: String, bytes: Int) throws(StateFailure) -> any ReservedWrite {
    try newVersion(of: name, bytes: bytes, .lasting)
  }

  private func newVersion(
    of name: String, bytes: Int, _ durability: Durability
  ) throws(StateFailure) -> TemporaryFile {
    try changing(name) { directory throws(SystemError) in
      if cadence.isDue(at: SystemClocks().boot()) { Self.clearUp(directory) }
      return try TemporaryFile(
        directory: directory, name: name, path: self.path(of: name), reserving: bytes, durability)
    }
  }

  public func remove(_ name: String, _ durability: Durability) throws(StateFailure) {
    guard try directory(creating: false) != nil else { return }
    try changing(name) { directory throws(SystemError) in
      if durability == .lasting {
        // What a killed writer left may hold what is to be removed.
        Self.clearUp(directory)
        FileLock.removeFree(name + FileLock.suffix, in: directory)
      }
      do throws(SystemError) {
        try call { unlinkat(directory, name, 0) }
        if durability == .lasting { try synchronizeDirectory(directory) }
      } catch  where error.code == ENOENT {
        return
      }
    }
  }

  public func stamp(of name: String) throws(StateFailure) -> FileStamp? {
    guard let directory = try directory(creating: false) else { return nil }
    try requirePlain(name)
    var status = stat()
    guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    return FileStamp(status)
  }

  /// Data files only: neither temporary files nor locks.
  public func names() throws(StateFailure) -> [String] {
    guard let directory = try directory(creating: false) else { return [] }
    do {
      return try entries(of: directory).filter { StateFileRules.isPlainName($0) && !$0.hasSuffix(FileLock.suffix) }
        .sorted()
    } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
  }

  public func lock(_ name: String, deadline: BootTime) throws(StateFailure) -> any StateLock {
    let file = name + FileLock.suffix
    guard let directory = try directory(creating: true) else { throw .unwritable(path: path, reason: "it went away") }
    try requirePlain(name)
    return try FileLock.take(file, in: directory, path: self.path(of: file), deadline: deadline)
  }

  /// Takes away what killed processes left.
  private static func clearUp(_ directory: Int32) {
    TemporaryFile.removeAbandoned(in: directory)
    FileLock.removeAbandoned(in: directory)
  }

  private func path(of name: String) -> String { path == "/" ? "/\(name)" : "\(path)/\(name)" }

  private func requirePlain(_ name: String) throws(StateFailure) {
    guard StateFileRules.isPlainName(name) else {
      throw .unwritable(path: path(of: name), reason: "not a plain file name")
    }
  }

  private func changing<Result>(
    _ name: String, _ body: (Int32) throws(SystemError) -> Result
  ) throws(StateFailure) -> Result {
    guard let directory = try directory(creating: true) else { throw .unwritable(path: path, reason: "it went away") }
    try requirePlain(name)
    do {
      return try body(directory)
    } catch {
      throw .unwritable(path: path(of: name), reason: error.reason)
    }
  }

  /// The directory, open and judged; nil if it does not exist and is not to be created.
  private func directory(creating: Bool) throws(StateFailure) -> Int32? {
    let result: Result<Int32?, StateFailure> = held.withLock { held in
      do throws(StateFailure) {
        if let directory = held.current {
          if try StateFileRules.isStillThere(directory, path: path) { return .success(directory) }
          held.earlier.append(directory)
          held.current = nil
        }
        held.current = try StateFileRules.open(path, creating: creating)
        return .success(held.current)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
