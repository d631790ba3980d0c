internal import CHost
internal import Glibc

/// Going on in the background while whoever called goes on too.
///
/// The process forks before it has a thread. The parent waits until the child says that it is under way, or ends.
public struct Detachment: Sendable {
  private let report: Int32

  /// In the child, a value. The parent never returns from here: it ends with 0 when the child is under way, else with the
  /// child's exit code. Nil where the system gives no process.
  public static func begin() -> Detachment? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let child = chost_continue_detached()
    if child < 0 { return nil }
    if child == 0 {
      close(ends[0])
      return Detachment(report: ends[1])
    }
    close(ends[1])
    var byte: UInt8 = 0
    let count = try? call { read(ends[0], &byte, 1) }
    if count == 1 { endAtOnce(0) }
    let code = chost_wait(child)
    endAtOnce(code < 0 ? 70 : code)
  }

  /// Lets the caller go on, and lets go of its streams: a pipe that we held open would keep it waiting.
  ///
  /// - Parameter log: a file (0600) for what is said from now on; made here, and left alone if it is there already.
  public func underWay(log: String) {
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    let file = open(log, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    for number in 0...2 where nothing >= 0 { dup2(file >= 0 && number > 0 ? file : nothing, Int32(number)) }
    for descriptor in [nothing, file] where descriptor > 2 { close(descriptor) }
    var byte: UInt8 = 1
    _ = write(report, &byte, 1)
    close(report)
  }
}

extension Detachment {
  /// Nobody needs a log that says nothing.
  public static func removeEmptyLog(_ path: String) {
    var status = stat()
    if lstat(path, &status) == 0, status.st_size == 0 { unlink(path) }
  }
}

/// Another process, known well enough not to be mistaken for a later one of the same number.
public struct Ancestor: Sendable, Equatable {
  let number: Int32
  /// In clock ticks since the boot (proc(5), /proc/PID/stat, field 22).
  let startedAt: UInt64

  public var isAlive: Bool { ProcessFacts(number)?.startedAt == startedAt }

  /// Whom a job belongs to: the nearest ancestor whose environment does not have `marker`, because it set that variable
  /// for the job, or that belongs to somebody else. Without a marker the leader of our session, if it is an ancestor,
  /// else our parent. Nil where there is none: whoever started us stands outside of this container, and ends with it.
  public static func runner(marker: String?) -> Ancestor? {
    let leader = getsid(0)
    var number = getppid()
    var nearest: Ancestor?
    for _ in 0..<100 where number > 1 {
      guard let facts = ProcessFacts(number) else { break }
      let ancestor = Ancestor(number: number, startedAt: facts.startedAt)
      nearest = nearest ?? ancestor
      if let marker {
        guard facts.hasVariable(marker) else { return ancestor }
      } else if number == leader {
        return ancestor
      }
      number = facts.parent
    }
    return marker == nil ? nearest : nil
  }
}

private struct ProcessFacts {
  let number: Int32
  let parent: Int32
  let startedAt: UInt64

  init?(_ number: Int32) {
    guard let file = try? Descriptor.open("/proc/\(number)/stat", O_RDONLY), let text = try? file.readAll(limit: 4096),
      // The name, in parentheses, may hold anything.
      let end = text.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = text[(end + 1)...].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    guard fields.count > 19, fields[0] != "Z", let parent = Int32(fields[1]), let startedAt = UInt64(fields[19]) else {
      return nil
    }
    self.number = number
    self.parent = parent
    self.startedAt = startedAt
  }

  func hasVariable(_ name: String) -> Bool {
    guard let file = try? Descriptor.open("/proc/\(number)/environ", O_RDONLY),
      let text = try? file.readAll(limit: 4 << 20)
    else { return false }
    let start = Array("\(name)=".utf8)
    return text.split(separator: 0).contains { $0.starts(with: start) }
  }
}
