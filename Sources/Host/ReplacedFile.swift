internal import Glibc
public import Model

/// A file of the user's that other programs read and that we change: its new content is written beside it and renamed
/// over it, so that nobody ever reads half of it.
///
/// A symbolic link stays one: what it leads to is replaced. Mode and owner stay; a new file is 0600, in directories
/// that are made as they are needed.
public struct ReplacedFile: Sendable {
  public let path: String
  private let label: String

  /// - Parameters:
  ///   - path: need not exist.
  ///   - label: what it is, for messages.
  public init(_ path: String, label: String) { (self.path, self.label) = (path, label) }

  /// Nil where there is no such file.
  public func read(limit: Int = 16 << 20) throws(InputFileFailure) -> [UInt8]? {
    do throws(InputFileFailure) {
      return try InputFile.read(path, setting: label, limit: limit)
    } catch .missing {
      return nil
    } catch .empty {
      return []
    }
  }

  /// To be held from reading to replacing, or two who change the file at once undo each other. Programs that are not
  /// daypass do not look at it. Makes the directories; waits for up to 20 s, then says that it is busy.
  public func lock() throws(Failure) -> DirectoryLock {
    let directory: String
    do throws(SystemError) {
      directory = try ReplacedFile.directory(of: try resolved())
      try ReplacedFile.makeDirectories(directory)
    } catch {
      throw Failure(OutputFailure.failed(reason: "\(path.printable()): \(error.reason)"))
    }
    do throws(StateFailure) {
      return try DirectoryLock.take(directory, deadline: SystemClocks().boot() + .seconds(20))
    } catch .unwritable(let path, let reason) {
      throw Failure(OutputFailure.failed(reason: "\(path.printable()): \(reason)"))
    } catch {
      throw Failure(error)
    }
  }

  /// A file that nobody may write is left alone: its owner has said so, although renaming over it would work.
  public func replace(with content: [UInt8]) throws(OutputFailure) {
    if let status = try? FileStatus.of(path, followingLinks: true), status.mode & 0o222 == 0 {
      throw .failed(reason: "\(path.printable()) is read-only (mode \(status.octalMode))")
    }
    let file: TemporaryFile
    do throws(SystemError) {
      file = try temporary(beside: try resolved())
    } catch {
      throw error.code == ENOSPC ? .full : .failed(reason: "\(path.printable()): \(error.reason)")
    }
    do throws(StateFailure) { try file.commit(content) } catch { throw .failed(reason: error.message) }
  }

  private func temporary(beside target: String) throws(SystemError) -> TemporaryFile {
    let directory = try ReplacedFile.directory(of: target)
    try ReplacedFile.makeDirectories(directory)
    let place = Descriptor(owning: try call { open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    let name = String(target.split(separator: "/").last ?? "")
    return try TemporaryFile(
      directory: place.number, name: name, path: target, reserving: 0,
      like: try? FileStatus.of(target, followingLinks: true))
  }

  private static func directory(of target: String) throws(SystemError) -> String {
    guard let slash = target.utf8.lastIndex(of: UInt8(ascii: "/")) else { throw SystemError(EINVAL) }
    return slash == target.startIndex ? "/" : String(target[..<slash])
  }

  /// Where the links lead, be there a file or not.
  private func resolved() throws(SystemError) -> String {
    if let real = realpath(path, nil) {
      defer { free(real) }
      return String(decoding: bytes(of: real), as: UTF8.self)
    }
    let code = errno
    // A link to nothing: what it was meant to lead to is not ours to guess.
    guard code == ENOENT, (try? FileStatus.of(path, followingLinks: false)) == nil else { throw SystemError(code) }
    guard let absolute = WorkingDirectory.absolute(path) else { throw SystemError(ENOENT) }
    return absolute
  }

  private static func makeDirectories(_ path: String) throws(SystemError) {
    guard !path.isEmpty, mkdir(path, 0o700) != 0 else { return }
    let code = errno
    switch code {
    case EEXIST: return
    case ENOENT:
      guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { throw SystemError(code) }
      try makeDirectories(String(path[..<slash]))
      // Somebody else can have made it meanwhile.
      do { try call { mkdir(path, 0o700) } } catch  where error.code == EEXIST {}
    default: throw SystemError(code)
    }
  }
}
