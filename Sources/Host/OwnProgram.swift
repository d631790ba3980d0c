internal import Glibc

/// The program that is running.
public enum OwnProgram {
  /// An absolute path by which it can be started again: as it was called, by its path or through PATH, so that a link
  /// that an upgrade turns to another version is kept; else the file itself.
  public static func path(_ environment: Environment) -> String? {
    guard let name = givenArguments().first.flatMap({ String(validating: $0, as: UTF8.self) }) else { return real }
    let program = Program(name, environment: environment)
    for candidate in program.candidates {
      guard let path = String(validating: candidate, as: UTF8.self).flatMap(WorkingDirectory.absolute),
        let status = try? FileStatus.of(path, followingLinks: true), status.form == .regular, access(path, X_OK) == 0
      else { continue }
      return path
    }
    return real
  }

  /// The small program that is called and becomes this one (`Front`): ROOT/bin/daypass, where this is in
  /// ROOT/libexec/daypass. Nil where this one was started without it.
  public static var front: String? {
    guard let file, let end = file.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    let directory = file[..<end]
    guard directory.hasSuffix(place) else { return nil }
    let path = directory.dropLast(place.utf8.count) + "/bin/daypass"
    return access(String(path), X_OK) == 0 ? String(path) : nil
  }

  private static let place = "/libexec/daypass"

  private static var real: String? { front ?? file }

  /// What the kernel runs: the full program, or in a bundle the loader beside it.
  private static var file: String? {
    guard let path = realpath("/proc/self/exe", nil) else { return nil }
    defer { free(path) }
    return String(validating: bytes(of: path), as: UTF8.self)
  }
}
