internal import Glibc
internal import Model

/// What the state directory and the files in it must be like. Nothing is repaired: whoever made it so may have read it.
enum StateFileRules {
  static let tooLarge = "it is too large"

  /// Letters, digits, `.`, `-`, `_`, not hidden.
  static func isPlainName(_ name: String) -> Bool {
    guard let first = name.utf8.first, first != UInt8(ascii: "."), name.utf8.count <= 200 else { return false }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }

  /// Why a file must not be read, nil if it may.
  static func objection(to status: FileStatus, sizeLimit: Int) -> String? {
    if status.form != .regular { return "it is not a regular file" }
    if status.owner != geteuid() { return "it belongs to uid \(status.owner)" }
    // None at all: it was replaced while we opened it, and is still whole.
    if status.links > 1 { return "it has \(status.links) hard links" }
    if status.mode & 0o077 != 0 { return "it is open to others (mode \(status.octalMode))" }
    if status.size > sizeLimit { return tooLarge }
    return nil
  }

  /// Opens and judges the directory; nil if it does not exist and is not to be created.
  static func open(_ path: String, creating: Bool) throws(StateFailure) -> Int32? {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw unusable(path, "the path is empty or holds a NUL byte") }
    do {
      if creating { try createDirectory(path) }
      return try openExisting(path)
    } catch let failure as StateFailure {
      throw failure
    } catch let error as SystemError {
      switch error.code {
      case ENOENT: return nil
      case ENOTDIR, ELOOP, ENAMETOOLONG: throw unusable(path, error.reason)
      case _ where creating: throw .unwritable(path: path, reason: error.reason)
      default: throw .unreadable(path: path, reason: error.reason)
      }
    } catch {
      throw .unreadable(path: path, reason: "unknown error")
    }
  }

  /// Judges the held directory again; false if it has been removed, or moved away from its path.
  static func isStillThere(_ directory: Int32, path: String) throws(StateFailure) -> Bool {
    var status = stat()
    guard fstat(directory, &status) == 0 else { return false }
    let held = FileStatus(status)
    guard let named = try? FileStatus.of(path, followingLinks: false), named.identity == held.identity else {
      return false
    }
    try judge(held, path)
    return true
  }

  private static func openExisting(_ path: String) throws -> Int32 {
    // Judged before it is opened too: a link or a directory closed to ourselves gives errors that say less.
    try judge(try FileStatus.of(path, followingLinks: false), path)
    let directory = try call { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
    do {
      var status = stat()
      try call { fstat(directory, &status) }
      try judge(FileStatus(status), path)
      return directory
    } catch {
      close(directory)
      throw error
    }
  }

  private static func judge(_ status: FileStatus, _ path: String) throws(StateFailure) {
    let shown = path.printable()
    switch status.form {
    case .directory: break
    case .symbolicLink:
      throw unusable(path, "it is a symbolic link", hint: "set DAYPASS_HOME to the directory it leads to, or remove it")
    case .regular, .other:
      throw unusable(path, "it is not a directory", hint: "move it away, or set DAYPASS_HOME to a directory")
    }
    if status.owner != geteuid() {
      throw unusable(
        path, "it belongs to uid \(status.owner), not to uid \(geteuid())",
        hint: "run as that user, or set DAYPASS_HOME to a directory of your own")
    }
    if status.mode & 0o077 != 0 {
      throw unusable(path, "it is open to others (mode \(status.octalMode))", hint: "run `chmod 700 \(shown)`")
    }
    if status.mode & 0o700 != 0o700 {
      throw unusable(path, "it is closed to yourself (mode \(status.octalMode))", hint: "run `chmod 700 \(shown)`")
    }
  }

  private static func unusable(_ path: String, _ reason: String, hint: String? = nil) -> StateFailure {
    .unusableDirectory(
      path: path, reason: reason, hint: hint ?? "set DAYPASS_HOME to a directory of your own")
  }

  /// Like `mkdir -p`, each new directory 0700 (as the XDG Base Directory Specification wants it).
  private static func createDirectory(_ path: String) throws(SystemError) {
    do throws(SystemError) {
      try makeDirectory(path)
    } catch  where error.code == ENOENT {
      guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else { throw error }
      var parent = String(path[..<slash])
      while parent.utf8.count > 1, parent.utf8.last == UInt8(ascii: "/") { parent.removeLast() }
      try createDirectory(parent)
      try makeDirectory(path)
    }
  }

  /// Does nothing if something is there already: it is judged later.
  private static func makeDirectory(_ path: String) throws(SystemError) {
    do throws(SystemError) {
      try call { mkdir(path, 0o700) }
    } catch  where error.code == EEXIST {
      return
    }
    // A umask can have taken bits of our own.
    let made = try FileStatus.of(path, followingLinks: false)
    if made.form == .directory, made.mode & 0o777 != 0o700 { try call { chmod(path, 0o700) } }
  }
}

/// The names in a directory, `.` and `..` left out.
func entries(of directory: Int32) throws(SystemError) -> [String] {
  // A descriptor of its own: the position in a directory belongs to the open file.
  let again = try call { openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
  guard let stream = fdopendir(again) else {
    let code = errno
    close(again)
    throw SystemError(code)
  }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { field in
      String(validating: field.prefix { $0 != 0 }, as: UTF8.self)
    }
    if let name, name != ".", name != ".." { names.append(name) }
  }
  return names
}

/// Makes a rename or removal last. Some file systems cannot, and say so with EINVAL.
func synchronizeDirectory(_ directory: Int32) throws(SystemError) {
  do {
    try call { fsync(directory) }
  } catch  where error.code == EINVAL || error.code == EROFS {
    return
  }
}
