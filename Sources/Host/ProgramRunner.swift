internal import CHost
internal import Glibc
public import Model
internal import Synchronization

/// Programs that print something, each in a process group of its own.
public struct ProgramRunner: Programs {
  private let environment: Environment
  /// Process groups that run now, of all runners: children belong to the process.
  fileprivate static let running = Mutex<Set<pid_t>>([])

  /// Kills what still runs: whoever waits for it ends.
  public static func killAll() {
    running.withLock { groups in
      for group in groups { kill(-group, SIGKILL) }
    }
  }

  public init(_ environment: Environment) { self.environment = environment }

  public func output(of command: [String], limit: Int, until deadline: BootTime) throws(ProgramFailure) -> Secret {
    let program = Program(command.first ?? "", Array(command.dropFirst()), environment: environment)
    let start = SystemClocks().boot()
    var capture = chost_capture()
    let code: Int32
    do throws(ExecFailure) {
      code = try program.withCForm { chost_capture_start($0, &capture) }
    } catch {
      throw .notStarted(name: program.shownName, reason: error.message)
    }
    guard code == 0 else { throw .notStarted(name: program.shownName, reason: SystemError(code).reason) }
    var captured = Captured(program: program, capture: capture, limit: limit)
    return try captured.wait(from: start, until: deadline)
  }
}

/// One program that runs. Killed, if it still does, when the value goes.
private struct Captured: ~Copyable {
  private let name: String
  private let program: Program
  private let group: pid_t
  private let output: Descriptor
  private let endPipe: Descriptor
  private let limit: Int
  private var text: [UInt8] = []
  private var end: chost_end?
  private var isClosed = false
  /// Nobody has said yet that the program ended.
  private var mayRun = true

  init(program: Program, capture: chost_capture, limit: Int) {
    self.program = program
    name = program.shownName
    group = capture.group
    ProgramRunner.running.withLock { _ = $0.insert(capture.group) }
    output = Descriptor(owning: capture.output)
    endPipe = Descriptor(owning: capture.end)
    self.limit = limit
  }

  deinit {
    // While it is named there, nobody has taken it in, so that no other has its number.
    ProgramRunner.running.withLock { _ = $0.remove(group) }
    chost_capture_finish(group, mayRun)
  }

  mutating func wait(from start: BootTime, until deadline: BootTime) throws(ProgramFailure) -> Secret {
    let clocks = SystemClocks()
    while end == nil {
      if let signal = Interrupts.pending { throw .interrupted(Interrupted(signal: signal)) }
      let left = deadline - clocks.boot()
      guard left > .zero else { throw .timedOut(name: name, after: wholeSeconds(deadline - start)) }
      try takeIn(waiting: milliseconds(toCover: left.saturatedNanoseconds))
    }
    // What it had written before it ended. Somebody it left behind may keep the pipe open for ever.
    while try takeIn(waiting: 0) {}
    try judge()
    return Secret(text)
  }

  private func judge() throws(ProgramFailure) {
    guard let end else { return }
    switch (UInt32(bitPattern: end.kind), end.value) {
    case (CHOST_EXITED.rawValue, 0): return
    case (CHOST_EXITED.rawValue, let code): throw .failed(name: name, code: code)
    case (CHOST_KILLED.rawValue, let signal): throw .killed(name: name, signal: signal)
    default: throw .notStarted(name: name, reason: ExecFailure(program, end.value).reason)
    }
  }

  /// False where there was nothing more to read.
  @discardableResult
  private mutating func takeIn(waiting timeout: Int32) throws(ProgramFailure) -> Bool {
    var watched = [
      pollfd(fd: isClosed ? -1 : output.number, events: Int16(POLLIN), revents: 0),
      pollfd(fd: end == nil ? endPipe.number : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: Interrupts.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&watched, 3, timeout) > 0 else { return false }
    if watched[1].revents != 0 { readEnd() }
    guard watched[0].revents != 0 else { return false }
    var chunk = [UInt8](repeating: 0, count: 16_384)
    guard let count = try? call({ chunk.withUnsafeMutableBytes { read(output.number, $0.baseAddress, $0.count) } }),
      count > 0
    else {
      isClosed = true
      return false
    }
    guard count <= limit - text.count else { throw .tooMuch(name: name, limit: limit) }
    text.append(contentsOf: chunk[..<count])
    return true
  }

  /// The first record counts: who could not start the program says so before it ends.
  private mutating func readEnd() {
    var record = chost_end()
    let size = MemoryLayout<chost_end>.size
    let count = try? call { withUnsafeMutableBytes(of: &record) { read(endPipe.number, $0.baseAddress, size) } }
    // Without a word if whoever would have told was killed, with the program or alone.
    mayRun = count != size
    end = count == size ? record : chost_end(kind: Int32(bitPattern: CHOST_KILLED.rawValue), value: SIGKILL)
  }
}

/// For messages: the caller asked for whole seconds, and a little has passed since.
private func wholeSeconds(_ duration: Duration) -> Duration {
  .seconds((duration + .milliseconds(500)).components.seconds)
}

extension ExecFailure {
  /// Without the program's name.
  fileprivate var reason: String {
    switch self {
    case .notFound: "there is no such program"
    case .noInterpreter: "its interpreter does not exist"
    case .notExecutable(_, let reason), .noProcess(let reason): reason
    case .interrupted(let signal): signal.message
    }
  }
}
