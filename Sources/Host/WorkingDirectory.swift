internal import Glibc

/// The directory that relative paths begin at.
public enum WorkingDirectory {
  /// The path from the root; nil where the directory is gone, or has a name that is no text.
  public static func absolute(_ path: String) -> String? {
    if path.hasPrefix("/") { return path }
    guard let current = getcwd(nil, 0) else { return nil }
    defer { free(current) }
    guard let directory = String(validating: bytes(of: current), as: UTF8.self) else { return nil }
    return directory + "/" + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
  }
}
