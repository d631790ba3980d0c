internal import Glibc

/// An open file that is ours alone: closed when the value goes, never passed to a program we run.
struct Descriptor: ~Copyable {
  let number: Int32

  /// Takes over a descriptor that nobody else closes.
  init(owning number: Int32) { self.number = number }

  deinit { close(number) }

  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(SystemError) -> Descriptor {
    guard !path.utf8.contains(0) else { throw SystemError(EINVAL) }
    return Descriptor(owning: try call { Glibc.open(path, flags | O_CLOEXEC, mode) })
  }

  static func open(
    _ name: String, in directory: Int32, _ flags: Int32, mode: mode_t = 0
  ) throws(SystemError) -> Descriptor {
    guard !name.utf8.contains(0) else { throw SystemError(EINVAL) }
    return Descriptor(owning: try call { openat(directory, name, flags | O_CLOEXEC, mode) })
  }

  func status() throws(SystemError) -> FileStatus {
    var status = stat()
    try call { fstat(number, &status) }
    return FileStatus(status)
  }

  /// Everything up to the end, or nil if that is more than `limit` bytes.
  func readAll(limit: Int) throws(SystemError) -> [UInt8]? {
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = try call { chunk.withUnsafeMutableBytes { read(number, $0.baseAddress, $0.count) } }
      if count == 0 { return content }
      guard content.count + count <= limit else { return nil }
      content.append(contentsOf: chunk[..<count])
    }
  }

  func writeAll(_ content: UnsafeRawBufferPointer) throws(SystemError) {
    try Descriptor.writeAll(content, to: number)
  }

  static func writeAll(_ content: UnsafeRawBufferPointer, to number: Int32) throws(SystemError) {
    guard let start = content.baseAddress else { return }
    var written = 0
    while written < content.count {
      let count = try call { write(number, start + written, content.count - written) }
      guard count > 0 else { throw SystemError(EIO) }
      written += count
    }
  }
}

/// What the rules about files look at.
struct FileStatus {
  enum Form: Equatable { case regular, directory, symbolicLink, other }

  let form: Form
  let owner: uid_t
  let group: gid_t
  /// The permission bits, with set-id and sticky.
  let mode: mode_t
  let links: UInt
  let size: Int64
  let identity: Identity

  struct Identity: Equatable {
    let device: dev_t
    let inode: ino_t
  }

  init(_ status: stat) {
    form =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .symbolicLink
      default: .other
      }
    owner = status.st_uid
    group = status.st_gid
    mode = status.st_mode & 0o7777
    links = UInt(status.st_nlink)
    size = Int64(status.st_size)
    identity = Identity(device: status.st_dev, inode: status.st_ino)
  }

  /// Of what the path leads to, or of the link itself.
  static func of(_ path: String, followingLinks: Bool) throws(SystemError) -> FileStatus {
    guard !path.utf8.contains(0) else { throw SystemError(EINVAL) }
    var status = stat()
    try call { fstatat(AT_FDCWD, path, &status, followingLinks ? 0 : AT_SYMLINK_NOFOLLOW) }
    return FileStatus(status)
  }

  var octalMode: String {
    let digits = String(mode & 0o777, radix: 8)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }
}
