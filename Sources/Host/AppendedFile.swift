internal import Glibc
public import Model

/// A file that others read line by line and that we add to.
public enum AppendedFile {
  /// One write, so that nobody reads half of it, on a line of its own: whoever wrote last may have left theirs open.
  public static func append(_ content: Secret, to path: String) throws(OutputFailure) {
    do throws(SystemError) {
      let file = try Descriptor.open(path, O_WRONLY | O_APPEND | O_NOCTTY)
      if !content.isEmpty, hasOpenLine(path) {
        try Secret("\n").withBytes { bytes throws(SystemError) in try file.writeAll(bytes) }
      }
      try content.withBytes { bytes throws(SystemError) in try file.writeAll(bytes) }
    } catch {
      throw error.code == ENOSPC ? .full : .failed(reason: "\(path.printable()): \(error.reason)")
    }
  }

  /// Whether its last byte ends no line. One that cannot be read, or has no place to look at, is taken to be whole.
  private static func hasOpenLine(_ path: String) -> Bool {
    guard let file = try? Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) else { return false }
    let end = lseek(file.number, 0, SEEK_END)
    var last: UInt8 = 0
    return end > 0 && pread(file.number, &last, 1, end - 1) == 1 && last != UInt8(ascii: "\n")
  }
}
