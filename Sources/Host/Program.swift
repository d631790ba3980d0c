internal import CHost
internal import Model

/// A program to run: its name as a person types it, its arguments, its whole environment. Bytes, as the system has
/// them.
public struct Program: Sendable {
  public var name: [UInt8]
  /// Without the name.
  public var arguments: [[UInt8]]
  public var environment: Environment
  /// Nil: as ourselves.
  public var user: RunAs?

  public init(name: [UInt8], arguments: [[UInt8]], environment: Environment, user: RunAs? = nil) {
    self.name = name
    self.arguments = arguments
    self.environment = environment
    self.user = user
  }

  public init(_ name: String, _ arguments: [String] = [], environment: Environment) {
    self.init(
      name: Array(name.utf8), arguments: arguments.map { Array($0.utf8) }, environment: environment)
  }

  /// Where a shell looks (POSIX, Shell Command Language §2.9.1.4): at the name itself if it holds a slash, else in each
  /// directory of its PATH, an empty one meaning the current directory.
  var candidates: [[UInt8]] {
    let slash = UInt8(ascii: "/")
    if name.isEmpty { return [] }
    if name.contains(slash) { return [name] }
    let path = environment.value(of: "PATH") ?? Self.defaultPath[...]
    return path.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { directory in
      if directory.isEmpty { return name }
      return directory.last == slash ? directory + name : directory + [slash] + name
    }
  }

  /// What shells use where PATH is unset.
  private static let defaultPath = Array("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".utf8)

  /// An empty name would not be seen without its quotes.
  var shownName: String { name.isEmpty ? "\"\"" : String(decoding: name, as: UTF8.self).printable() }

  /// Lends the C form of everything.
  func withCForm<Result>(_ body: (UnsafePointer<chost_program>) -> Result) throws(ExecFailure) -> Result {
    let candidates = candidates
    let blocks = [candidates, [name] + arguments, environment.entries, [shell, []] + arguments]
    // A NUL byte would cut an argument short and run something else than was asked for.
    guard blocks.allSatisfy({ $0.allSatisfy { !$0.contains(0) } }) else {
      throw .notExecutable(name: shownName, reason: "an argument holds a NUL byte")
    }
    let paths = CStrings(candidates)
    let arguments = CStrings(blocks[1])
    let environment = CStrings(blocks[2])
    let script = CStrings(blocks[3])
    // The place for the script's path: C puts a borrowed pointer there, so ours must not be freed through it.
    return withExtendedLifetime((paths, arguments, environment, script)) {
      paths.withConstantPointers { candidates in
        withUser { identity in
          var program = chost_program(
            candidates: candidates, arguments: arguments.pointers, environment: environment.pointers,
            script_arguments: script.pointers, identity: identity)
          return body(&program)
        }
      }
    }
  }

  private func withUser<Result>(_ body: (UnsafePointer<chost_identity>?) -> Result) -> Result {
    guard let user else { return body(nil) }
    return user.withIdentity(body)
  }

  private var shell: [UInt8] { Array("/bin/sh".utf8) }
}

/// A null-terminated array of C strings, as `execve` takes it.
final class CStrings {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  /// What must be freed, whatever became of `pointers` meanwhile.
  private let owned: [UnsafeMutablePointer<CChar>]

  init(_ strings: [[UInt8]]) {
    owned = strings.map { bytes in
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
      for (index, byte) in bytes.enumerated() { copy[index] = CChar(bitPattern: byte) }
      copy[bytes.count] = 0
      return copy
    }
    pointers = .allocate(capacity: strings.count + 1)
    for (index, string) in owned.enumerated() { pointers[index] = string }
    pointers[strings.count] = nil
  }

  deinit {
    for string in owned { string.deallocate() }
    pointers.deallocate()
  }

  func withConstantPointers<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result) -> Result {
    let count = owned.count + 1
    return pointers.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: count) { body(UnsafePointer($0)) }
  }
}
