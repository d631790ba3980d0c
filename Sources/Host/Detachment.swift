internal import CHost
internal import Glibc
internal import Model
internal import Synchronization

/// Going on in the background while whoever called goes on too.
///
/// The process forks before it has a thread. The parent waits until the child says that it is under way, or ends.
public final class Detachment: Sendable {
  /// To the parent; nil once it was told.
  private let report: Mutex<Int32?>

  private init(report: Int32) { self.report = Mutex(report) }

  /// In the child, a value. The parent never returns from here: it ends with 0 when the child is under way, else with the
  /// child's exit code; an interrupt ends both. Nil where the system gives no process.
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
    guard isReadable(ends[0]) else { endWith(child, ends[0]) }
    if (try? call { read(ends[0], &byte, 1) }) == 1 { end(0) }
    let code = chost_wait(child)
    end(code < 0 ? 70 : code)
  }

  /// Whoever interrupts the caller means what it started, which belongs to no terminal and to no group of the caller's.
  private static func endWith(_ child: pid_t, _ report: Int32) -> Never {
    let signal = Interrupts.pending ?? SIGTERM
    kill(child, SIGTERM)
    // It puts away what it made. The interrupt stays pending, so nothing but the time is waited for here.
    var watched = pollfd(fd: report, events: Int16(POLLIN), revents: 0)
    var byte: UInt8 = 0
    let end = SystemClocks().boot() + .seconds(8)
    while case let left = end - SystemClocks().boot(), left > .zero {
      guard poll(&watched, 1, milliseconds(toCover: left.saturatedNanoseconds)) > 0 else { continue }
      // A byte: it was under way a moment ago, and ends now.
      if (try? call { read(report, &byte, 1) }) != 1 { break }
    }
    if SystemClocks().boot() >= end { kill(child, SIGKILL) }
    _ = chost_wait(child)
    Host.end(128 + signal)
  }

  /// False where an interrupt came first.
  private static func isReadable(_ descriptor: Int32) -> Bool {
    while true {
      if Interrupts.pending != nil { return false }
      var watched = [descriptor, Interrupts.descriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      _ = poll(&watched, 2, -1)
      if watched[0].revents != 0 { return true }
    }
  }

  /// Whether whoever called ended before this was under way: nobody will learn of what is begun here.
  public var isAbandoned: Bool {
    report.withLock { report in
      guard let report else { return false }
      var watched = pollfd(fd: report, events: 0, revents: 0)
      return poll(&watched, 1, 0) > 0 && watched.revents & Int16(POLLERR) != 0
    }
  }

  /// Lets the caller go on, and lets go of its streams and whatever else was given: a pipe that we held open would keep
  /// it waiting.
  ///
  /// - Parameters:
  ///   - log: a file (0600) for what is said from now on; made here, and left alone if it is there already.
  ///   - leavesDirectory: whether the working directory may be another, so that whoever owns it can put it away.
  public func underWay(log: String, leavesDirectory: Bool) {
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    let file = open(log, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    for number in 0...2 where nothing >= 0 { dup2(file >= 0 && number > 0 ? file : nothing, Int32(number)) }
    for descriptor in [nothing, file] where descriptor > 2 { close(descriptor) }
    chost_close_given(3)
    if leavesDirectory { _ = chdir("/") }
    report.withLock { report in
      guard let descriptor = report else { return }
      var byte: UInt8 = 1
      _ = write(descriptor, &byte, 1)
      close(descriptor)
      report = nil
    }
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
