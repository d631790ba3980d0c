import Host
import Model
import Synchronization

/// Clocks that move only when told. The truth is what servers go by; the wall clock can be wrong.
final class ManualClocks: Clocks {
  private struct Time {
    var elapsed: Int64 = 0
    var wallOffset: Int64 = 0
  }

  static let start = WallTime(seconds: 1_800_000_000)
  private let time = Mutex(Time())
  private let signal = Mutex<Int32?>(nil)

  func wall() -> WallTime { time.withLock { ManualClocks.start + $0.elapsed / 1_000_000_000 + $0.wallOffset } }
  func boot() -> BootTime { BootTime(nanoseconds: time.withLock { 5_000_000_000_000 + $0.elapsed }) }
  var truth: WallTime { time.withLock { ManualClocks.start + $0.elapsed / 1_000_000_000 } }

  func sleep(_ duration: Duration) throws(Interrupted) {
    if let signal = signal.withLock({ $0 }) { throw Interrupted(signal: signal) }
    advance(duration)
  }
  /// Whoever waits from now on is told to end.
  func interrupt(by signal: Int32?) { self.signal.withLock { $0 = signal } }
  func advance(_ duration: Duration) { time.withLock { $0.elapsed += max(0, duration.saturatedNanoseconds) } }
  func advance(seconds: Int64) { advance(.seconds(seconds)) }
  /// Somebody sets the wall clock.
  func step(_ seconds: Int64) { time.withLock { $0.wallOffset += seconds } }
}

final class MemoryKeyRing: KeyRing {
  private let keys = Mutex<[String: Secret]>([:])
  private let lasting: Mutex<Bool>

  init(isLasting: Bool = true) { lasting = Mutex(isLasting) }

  func key(_ name: String) -> Secret? { keys.withLock { $0[name] } }
  func store(_ key: Secret, as name: String) -> Bool {
    keys.withLock { $0[name] = key }
    return true
  }
  func remove(_ name: String) { keys.withLock { $0[name] = nil } }
  func restart() { keys.withLock { $0 = [:] } }
  var count: Int { keys.withLock { $0.count } }
  var isLasting: Bool {
    get { lasting.withLock { $0 } }
    set { lasting.withLock { $0 = newValue } }
  }
}

/// Programs that print what they are told to.
final class PrintingPrograms: Programs {
  private let print = Mutex<@Sendable ([String]) -> Result<String, ProgramFailure>>({ _ in .success("") })
  private let calls = Mutex<[[String]]>([])

  var commands: [[String]] { calls.withLock { $0 } }
  func set(_ print: @escaping @Sendable ([String]) -> Result<String, ProgramFailure>) {
    self.print.withLock { $0 = print }
  }

  func output(of command: [String], limit: Int, until deadline: BootTime) throws(ProgramFailure) -> Secret {
    calls.withLock { $0.append(command) }
    return Secret(try print.withLock { $0 }(command).get())
  }
}

final class Lines: Diagnostics {
  private let lines = Mutex<[(LogLevel, String)]>([])

  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    let text = message()
    lines.withLock { $0.append((level, text)) }
  }

  var all: [String] { lines.withLock { $0.map(\.1) } }
  var warnings: [String] { lines.withLock { $0.filter { $0.0 >= .warning }.map(\.1) } }
}

/// A real directory whose deadlines follow the manual clocks, and whose disk can fail.
final class Disk: StateDirectory {
  enum Fault: Hashable {
    case unwritable
    /// Locks can be had, and no room.
    case full
    /// Also what was reserved cannot be written.
    case broken
    case busy
  }

  let real: StateDirectoryOnDisk
  private let clocks: ManualClocks
  private let fault = Mutex<Fault?>(nil)
  private let read = Mutex<[String]>([])
  private let lists = Mutex(0)
  private let rival = Mutex<(@Sendable () -> Void)?>(nil)

  init(_ path: String, _ clocks: ManualClocks) {
    real = StateDirectoryOnDisk(path: path)
    self.clocks = clocks
  }

  func fail(_ fault: Fault?) { self.fault.withLock { $0 = fault } }
  /// Somebody else who is a little faster: what is done once, when the next caller reaches for a lock.
  func beforeNextLock(_ body: @escaping @Sendable () -> Void) { rival.withLock { $0 = body } }
  private func check(_ name: String) throws(StateFailure) {
    switch fault.withLock({ $0 }) {
    case .unwritable: throw .unwritable(path: "\(path)/\(name)", reason: "Read-only file system")
    case .broken: throw .unwritable(path: "\(path)/\(name)", reason: "Input/output error")
    case .full: throw .unwritable(path: "\(path)/\(name)", reason: "No space left on device")
    case .busy, nil: return
    }
  }

  var path: String { real.path }
  func read(_ name: String) throws(StateFailure) -> StateFile {
    read.withLock { $0.append(name) }
    return try real.read(name)
  }
  /// The names of the files that were read since.
  func takeReads() -> [String] {
    read.withLock { names in
      defer { names = [] }
      return names
    }
  }
  func names() throws(StateFailure) -> [String] {
    lists.withLock { $0 += 1 }
    return try real.names()
  }
  /// How often its files were listed since.
  func takeLists() -> Int {
    lists.withLock { count in
      defer { count = 0 }
      return count
    }
  }
  func stamp(of name: String) throws(StateFailure) -> FileStamp? { try real.stamp(of: name) }
  func write(_ bytes: [UInt8], to name: String, _ durability: Durability) throws(StateFailure) {
    try check(name)
    try real.write(bytes, to: name, durability)
  }
  func reserve(_ name: String, bytes: Int) throws(StateFailure) -> any ReservedWrite {
    try check(name)
    return Room(disk: self, name: name, real: try real.reserve(name, bytes: bytes))
  }
  func remove(_ name: String, _ durability: Durability) throws(StateFailure) {
    try check(name)
    try real.remove(name, durability)
  }
  func lock(_ name: String, deadline: BootTime) throws(StateFailure) -> any StateLock {
    if fault.withLock({ $0 }) != .full { try check(name) }
    let faster = rival.withLock { rival in
      defer { rival = nil }
      return rival
    }
    faster?()
    if fault.withLock({ $0 }) == .busy {
      clocks.advance(deadline - clocks.boot())
      throw .lockBusy(path: "\(path)/\(name).lock")
    }
    return try real.lock(name, deadline: SystemClocks().boot() + (deadline - clocks.boot()))
  }

  private final class Room: ReservedWrite {
    let disk: Disk
    let name: String
    let real: any ReservedWrite

    init(disk: Disk, name: String, real: any ReservedWrite) {
      self.disk = disk
      self.name = name
      self.real = real
    }

    func commit(_ bytes: [UInt8]) throws(StateFailure) {
      if disk.fault.withLock({ $0 }) == .broken { try disk.check(name) }
      try real.commit(bytes)
    }
  }
}
