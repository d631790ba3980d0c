internal import Glibc

/// Files of the state directory, opened only if they are as the rules say (design: ours, 0600 or less, one link, no
/// symbolic link, in a directory of ours that is closed to others). What the full program would say of others is its
/// affair: here they are a doubt.
enum JudgedFile {
  /// Of a directory that may hold state; nil for any other.
  static func directory(_ path: UnsafePointer<CChar>) -> Int32? {
    let directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard directory >= 0 else { return nil }
    var status = stat()
    guard fstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
      status.st_mode & 0o077 == 0, status.st_mode & 0o700 == 0o700
    else {
      close(directory)
      return nil
    }
    return directory
  }

  /// Reads a file of the directory whole; the number of its bytes, nil if it is not as it must be or does not fit.
  static func read(
    _ name: UnsafePointer<CChar>, in directory: Int32, into buffer: UnsafeMutableRawBufferPointer
  ) -> Int? {
    let file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
      status.st_nlink == 1, status.st_mode & 0o077 == 0
    else { return nil }
    return content(of: file, status, into: buffer)
  }

  /// A file that the service manager gives: its links and owner are that one's affair.
  static func readGiven(_ path: UnsafePointer<CChar>, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return content(of: file, status, into: buffer)
  }

  private static func content(of file: Int32, _ status: stat, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    guard status.st_size > 0, status.st_size <= buffer.count, let start = buffer.baseAddress else { return nil }
    let size = Int(status.st_size)
    var count = 0
    while count < size {
      let read = Glibc.read(file, start + count, size - count)
      guard read > 0 else { return nil }
      count += read
    }
    return size
  }
}
