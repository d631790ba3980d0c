import Glibc
import Host
import Synchronization
import Testing

/// A directory of one test's own, 0700, gone with the value.
final class Scratch: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/daypass-host-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    path = try #require(made)
  }

  deinit { _ = try? run("/bin/rm", "-rf", path) }

  subscript(name: String) -> String { "\(path)/\(name)" }
}

struct Ended {
  var code: Int32
  var output: String
}

/// Between `pipe` and close-on-exec no other test may start a program: it would keep the pipe open.
private let starting = Mutex(())

/// Starts a helper program; its standard output is the returned descriptor.
func start(_ arguments: [String]) throws -> (pid: pid_t, output: Int32) {
  let started = starting.withLock { _ in spawn(arguments) }
  return try #require(started, "\(arguments[0]) cannot be started")
}

private func spawn(_ arguments: [String]) -> (pid: pid_t, output: Int32)? {
  var ends: [Int32] = [-1, -1]
  guard pipe(&ends) == 0 else { return nil }
  for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
  var words = arguments.map { strdup($0) } + [nil]
  defer { for word in words { free(word) } }
  var pid: pid_t = 0
  let code = posix_spawnp(&pid, arguments[0], &actions, nil, &words, environ)
  close(ends[1])
  if code == 0 { return (pid, ends[0]) }
  close(ends[0])
  return nil
}

@discardableResult
func run(_ arguments: String...) throws -> Ended {
  let (pid, output) = try start(arguments)
  let text = readAll(output)
  close(output)
  return Ended(code: wait(pid), output: text)
}

func readAll(_ descriptor: Int32) -> String {
  var content: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count <= 0 { return String(decoding: content, as: UTF8.self) }
    content += chunk[..<count]
  }
}

/// Waits until a helper has said something.
func readSome(_ descriptor: Int32) -> String {
  var chunk = [UInt8](repeating: 0, count: 4096)
  let count = read(descriptor, &chunk, chunk.count)
  return String(decoding: chunk[..<max(0, count)], as: UTF8.self)
}

/// The exit code, or 128 + the signal.
func wait(_ pid: pid_t) -> Int32 {
  var status: Int32 = 0
  while waitpid(pid, &status, 0) < 0, errno == EINTR {}
  return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f
}

func contents(_ path: String) throws -> [UInt8] {
  let file = open(path, O_RDONLY)
  try #require(file >= 0, "\(path): \(errno)")
  defer { close(file) }
  return Array(readAll(file).utf8)
}

func create(_ path: String, _ text: String, mode: mode_t = 0o600) throws {
  let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode)
  try #require(file >= 0)
  defer { close(file) }
  try #require(fchmod(file, mode) == 0)
  let bytes = Array(text.utf8)
  try #require(write(file, bytes, bytes.count) == bytes.count)
}

func status(_ path: String) throws -> stat {
  var status = stat()
  try #require(fstatat(AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) == 0)
  return status
}

/// All names in a directory, the hidden ones too.
func listing(_ path: String) throws -> [String] {
  try run("/bin/ls", "-A", path).output.split(separator: "\n").map(String.init)
}

let isRoot = geteuid() == 0

/// Test threads block most signals, as no shell does; what is given is passed on, so it matters.
func startAsFromAShell() {
  var none = sigset_t()
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, nil)
}
