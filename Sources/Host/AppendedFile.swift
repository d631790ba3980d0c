internal import Glibc
public import Model

/// A file that others read line by line and that we add to.
public enum AppendedFile {
  /// One write, so that nobody reads half of it.
  public static func append(_ content: Secret, to path: String) throws(OutputFailure) {
    do throws(SystemError) {
      let file = try Descriptor.open(path, O_WRONLY | O_APPEND | O_NOCTTY)
      try content.withBytes { bytes throws(SystemError) in try file.writeAll(bytes) }
    } catch {
      throw error.code == ENOSPC ? .full : .failed(reason: "\(path.printable()): \(error.reason)")
    }
  }
}
