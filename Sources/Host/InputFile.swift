internal import Glibc
public import Model

/// A file that the user names: token, client secret, policy, CA certificates, configuration.
///
/// Symbolic links are followed (Kubernetes rotates tokens by them); what they lead to must be a regular file, so that a
/// FIFO or a device cannot hold the program up.
public enum InputFile {
  /// The whole file, read anew.
  /// - Parameter setting: the setting that names it, for messages.
  /// - Parameter limit: in bytes.
  public static func read(_ path: String, setting: String, limit: Int = 1 << 20) throws(InputFileFailure) -> [UInt8] {
    let content = try content(of: path, setting, limit) { _, _ throws(InputFileFailure) in }
    if content.isEmpty { throw .empty(path: path, setting: setting) }
    return content
  }

  /// The same, with the eyes of another user: what that user may not read is not read.
  public static func read(
    _ path: String, setting: String, limit: Int = 1 << 20, as user: RunAs?
  ) throws(InputFileFailure) -> [UInt8] {
    guard let user else { return try read(path, setting: setting, limit: limit) }
    let result: Result<[UInt8], InputFileFailure>
    do throws(SystemError) {
      result = try user.perform { () throws(SystemError) in
        do throws(InputFileFailure) { return .success(try read(path, setting: setting, limit: limit)) } catch {
          return .failure(error)
        }
      }
    } catch {
      throw .unreadable(path: path, setting: setting, reason: error.reason)
    }
    return try result.get()
  }

  /// A file that can decide what is run and trusted: root's or ours, and not writable by anybody else, or on a
  /// read-only mount. Nil if there is no such file; it may be empty.
  public static func readConfiguration(
    _ path: String, setting: String, limit: Int = 1 << 20
  ) throws(InputFileFailure) -> [UInt8]? {
    do {
      return try content(of: path, setting, limit) { file, status throws(InputFileFailure) in
        let (reason, mend): (String, String)
        if status.owner != 0, status.owner != geteuid() {
          (reason, mend) = ("it belongs to uid \(status.owner)", "use a file of your own")
        } else if status.mode & 0o022 != 0 {
          (reason, mend) = ("others can write it (mode \(status.octalMode))", "run `chmod go-w \(path.printable())`")
        } else {
          return
        }
        guard isOnReadOnlyMount(file) else {
          throw .untrusted(path: path, setting: setting, reason: reason, mend: mend)
        }
        // How it is mounted shows in no stamp.
        SeenFiles.forsake()
      }
    } catch .missing {
      return nil
    }
  }

  /// Whether there is anything at the path, whatever it is.
  public static func exists(_ path: String) -> Bool {
    SeenFiles.forsake()
    return (try? FileStatus.of(path, followingLinks: true)) != nil
  }

  /// Everything that standard input brings.
  public static func readStandardInput(setting: String, limit: Int = 1 << 20) throws(InputFileFailure) -> [UInt8] {
    let path = "standard input"
    do throws(SystemError) {
      let file = Descriptor(owning: try call { fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) })
      guard let content = try file.readAll(limit: limit) else {
        throw SystemError(EFBIG)
      }
      if !content.isEmpty { return content }
    } catch {
      if error.code == EFBIG { throw .tooLarge(path: path, setting: setting, limit: limit) }
      throw .unreadable(path: path, setting: setting, reason: error.reason)
    }
    throw .empty(path: path, setting: setting)
  }

  private static func content(
    of path: String, _ setting: String, _ limit: Int,
    judge: (Int32, FileStatus) throws(InputFileFailure) -> Void
  ) throws(InputFileFailure) -> [UInt8] {
    do {
      // Looked at before it is opened: opening some devices does something.
      try requireRegular(try FileStatus.of(path, followingLinks: true), path, setting)
      let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
      let status = try file.status()
      try requireRegular(status, path, setting)
      try judge(file.number, status)
      SeenFiles.note(.path, path, open: file.number)
      guard status.size <= limit, let content = try file.readAll(limit: limit) else {
        throw InputFileFailure.tooLarge(path: path, setting: setting, limit: limit)
      }
      return content
    } catch let failure as InputFileFailure {
      throw failure
    } catch let error as SystemError {
      if error.code == ENOENT { SeenFiles.noteAbsence(.path, path) } else { SeenFiles.forsake() }
      switch error.code {
      case ENOENT, ENOTDIR: throw .missing(path: path, setting: setting)
      default: throw .unreadable(path: path, setting: setting, reason: error.reason)
      }
    } catch {
      throw .unreadable(path: path, setting: setting, reason: "unknown error")
    }
  }

  private static func requireRegular(
    _ status: FileStatus, _ path: String, _ setting: String
  ) throws(InputFileFailure) {
    switch status.form {
    case .regular: return
    case .directory: throw .notRegular(path: path, setting: setting, form: "a directory")
    case .symbolicLink, .other: throw .notRegular(path: path, setting: setting, form: "a device, pipe or socket")
    }
  }

  private static func isOnReadOnlyMount(_ file: Int32) -> Bool {
    var volume = statvfs()
    return fstatvfs(file, &volume) == 0 && volume.f_flag & UInt(ST_RDONLY) != 0
  }
}

public enum InputFileFailure: Explained, Hashable {
  case missing(path: String, setting: String)
  case empty(path: String, setting: String)
  case notRegular(path: String, setting: String, form: String)
  case tooLarge(path: String, setting: String, limit: Int)
  case unreadable(path: String, setting: String, reason: String)
  case untrusted(path: String, setting: String, reason: String, mend: String)

  public var kind: FailureKind { .configuration }

  public var message: String {
    switch self {
    case .missing(let path, let setting): "\(setting): there is no file \(path.printable())"
    case .empty(let path, let setting): "\(setting): the file \(path.printable()) is empty"
    case .notRegular(let path, let setting, let form): "\(setting): \(path.printable()) is \(form), not a regular file"
    case .tooLarge(let path, let setting, let limit): "\(setting): \(path.printable()) is larger than \(limit) bytes"
    case .unreadable(let path, let setting, let reason): "\(setting): \(path.printable()) cannot be read: \(reason)"
    case .untrusted(let path, let setting, let reason, _): "\(setting): \(path.printable()) is not trusted: \(reason)"
    }
  }

  public var hint: String? {
    switch self {
    case .missing, .empty, .notRegular: "check the path"
    case .tooLarge: nil
    case .unreadable: "check who may read it"
    case .untrusted(_, _, _, let mend): mend
    }
  }
}
