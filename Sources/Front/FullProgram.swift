internal import CHost
internal import Glibc

/// The full program, found from where this one lies: ROOT/bin/daypass belongs to ROOT/libexec/daypass/daypass. In a tree
/// of `ci/build --bundle` a loader lies beside it and ROOT/lib holds its libraries: what a program names as its loader is
/// an absolute path, which another image need not have.
enum FullProgram {
  typealias Words = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  /// The same process with the same arguments, environment, descriptors and signals, in the full program's hands.
  static func become(_ arguments: Words, count: Int, _ environment: Words) -> Never {
    guard let own = ownPath(), let root = directory(of: own).flatMap({ directory(of: $0) }) else {
      fail("its own place is not known", errno)
    }
    let program = root + Array("/libexec/daypass/daypass".utf8)
    let loader = root + Array("/libexec/daypass/ld.so".utf8)
    if path(loader, { access($0, F_OK) }) == 0 {
      start(loader, for: program, root, own, arguments, count, environment)
      fail(loader, errno)
    }
    if isSame(program, own) { fail(program, ELOOP) }
    _ = path(program) { execve($0, arguments, environment) }
    let code = errno
    guard code == ENOENT, path(program, { access($0, F_OK) }) == 0 else { fail(program, code) }
    // It is there: what is not is the loader that it names, as on systems with another C library.
    fail(
      String(decoding: program, as: UTF8.self), "the loader that it names is not on this system",
      "a tree of `ci/build --bundle` brings its own")
  }

  private static func start(
    _ loader: [UInt8], for program: [UInt8], _ root: [UInt8], _ own: [UInt8], _ arguments: Words, _ count: Int,
    _ environment: Words
  ) {
    let given = arguments[0].map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } ?? own
    let libraries = root + Array("/lib".utf8)
    let words = [loader, Array("--argv0".utf8), given, Array("--library-path".utf8), libraries, program]
    var all: [UnsafeMutablePointer<CChar>?] = words.map { word in path(word) { strdup($0) } }
    for index in 1..<max(1, count) { all.append(arguments[index]) }
    all.append(nil)
    _ = path(loader) { execve($0, all, environment) }
    for index in words.indices { free(all[index]) }
  }

  // MARK: Where this program is

  private static func ownPath() -> [UInt8]? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    if length > 0, length < buffer.count { return buffer.prefix(length).map { UInt8(bitPattern: $0) } }
    // Without /proc the kernel still tells by which name it was started.
    guard let started = chost_started_as(), let resolved = realpath(started, nil) else { return nil }
    defer { free(resolved) }
    return Array(UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
  }

  /// Of one that is this program itself it would become itself for ever.
  private static func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    var (first, second) = (stat(), stat())
    return path(one) { stat($0, &first) } == 0 && path(other) { stat($0, &second) } == 0
      && first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  private static func directory(of path: [UInt8]) -> [UInt8]? {
    path.lastIndex(of: UInt8(ascii: "/")).map { Array(path[..<$0]) }
  }

  private static func path<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    var bytes = bytes
    bytes.append(0)
    return bytes.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { text in
        // Never empty: it ends with a zero.
        guard let start = text.baseAddress else { _exit(70) }
        return body(start)
      }
    }
  }

  // MARK: Where there is none

  private static func fail(_ path: [UInt8], _ code: Int32) -> Never {
    fail(String(decoding: path, as: UTF8.self), code)
  }

  private static func fail(_ what: String, _ code: Int32) -> Never {
    let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
    fail(what, reason, "an installation is bin/daypass and all of libexec/daypass: see ci/install")
  }

  private static func fail(_ what: String, _ reason: String, _ advice: String) -> Never {
    let text = "daypass: \(what): \(reason); \(advice)\n"
    _ = Array(text.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    _exit(70)
  }
}
