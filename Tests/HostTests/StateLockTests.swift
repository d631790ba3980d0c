import Glibc
import Host
import Model
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct StateLockTests {
  let scratch: Scratch
  let state: StateDirectoryOnDisk
  let clocks = SystemClocks()

  init() throws {
    scratch = try Scratch()
    state = StateDirectoryOnDisk(path: scratch["state"])
  }

  @Test func aFreeLockIsTakenEvenWhenTheDeadlineHasPassed() throws {
    let lock = try state.lock("session", deadline: BootTime(nanoseconds: 0))
    #expect(try status(scratch["state/session.lock"]).st_mode & 0o7777 == 0o600)
    #expect(try state.names() == [])
    lock.unlock()
    #expect(try listing(scratch["state"]) == [])
  }

  @Test func aFileThatHasTakenTheLocksPlaceIsLeftThere() throws {
    let lock = try state.lock("session", deadline: clocks.boot())
    try #require(unlink(scratch["state/session.lock"]) == 0)
    let other = try state.lock("session", deadline: clocks.boot())
    lock.unlock()
    #expect(throws: StateFailure.self) { try state.lock("session", deadline: clocks.boot()) }
    other.unlock()
    #expect(try listing(scratch["state"]) == [])
  }

  @Test func whatAKilledHolderLeftGoesWithTheNextWriteOnceItIsOld() throws {
    try state.write([1], to: "data")
    for name in ["old", "young", "held"] {
      try create(scratch["state/\(name).lock"], "")
    }
    let holder = open(scratch["state/held.lock"], O_RDWR)
    defer { close(holder) }
    try #require(flock(holder, LOCK_EX) == 0)
    let hours = timespec(tv_sec: Int(time(nil)) - 7200, tv_nsec: 0)
    for name in ["old", "held"] {
      try #require(utimensat(AT_FDCWD, scratch["state/\(name).lock"], [hours, hours], 0) == 0)
    }
    try StateDirectoryOnDisk(path: state.path).write([2], to: "data")
    #expect(try listing(scratch["state"]).sorted() == ["data", "held.lock", "young.lock"])
  }

  /// Only a file system in memory keeps such a time.
  @Test func anyTimeOfALockFileIsSurvived() throws {
    var template = Array("/dev/shm/daypass-host-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return }
    let directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer {
      unlink("\(directory)/data")
      unlink("\(directory)/old.lock")
      rmdir(directory)
    }
    let state = StateDirectoryOnDisk(path: directory)
    try state.write([1], to: "data")
    try create("\(directory)/old.lock", "")
    let first = timespec(tv_sec: .min, tv_nsec: 0)
    try #require(utimensat(AT_FDCWD, "\(directory)/old.lock", [first, first], 0) == 0)
    try StateDirectoryOnDisk(path: directory).write([2], to: "data")
    #expect(try listing(directory) == ["data"])
  }

  /// Each removes the file that others have just opened to lock it.
  @Test func noTwoHoldItAlthoughItsFileComesAndGoes() async throws {
    let counter = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<6 {
        group.addTask { [path = state.path] in
          let state = StateDirectoryOnDisk(path: path)
          for _ in 0..<4000 {
            // Without a rest between: who comes from a rest seldom meets the removal.
            guard let lock = try? state.lock("session", deadline: BootTime(nanoseconds: 0)) else { continue }
            counter.enter()
            sched_yield()
            counter.leave()
            lock.unlock()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(counter.most == 1)
    #expect(try listing(scratch["state"]) == [])
  }

  @Test func aHeldLockIsBusyUntilTheDeadline() throws {
    let lock = try state.lock("session", deadline: clocks.boot())
    let start = clocks.boot()
    let failure = #expect(throws: StateFailure.self) {
      try state.lock("session", deadline: start + .milliseconds(150))
    }
    #expect(failure == .lockBusy(path: scratch["state/session.lock"]))
    #expect(failure?.kind == .busy)
    #expect(clocks.boot() - start >= .milliseconds(150))
    lock.unlock()
    lock.unlock()
    try state.lock("session", deadline: clocks.boot()).unlock()
  }

  @Test func locksOfTwoNamesAreIndependent() throws {
    let first = try state.lock("a", deadline: clocks.boot())
    let second = try state.lock("b", deadline: clocks.boot())
    first.unlock()
    second.unlock()
  }

  @Test func aForgottenLockIsFreed() throws {
    do { _ = try state.lock("session", deadline: clocks.boot()) }
    try state.lock("session", deadline: clocks.boot()).unlock()
  }

  @Test func anotherProcessesLockIsRespectedUntilItDies() throws {
    try state.write([1], to: "session")
    try create(scratch["state/session.lock"], "")
    let script = "import fcntl,sys,time; f=open(sys.argv[1]); fcntl.flock(f,2); print(1,flush=True); time.sleep(99)"
    let holder = try start(["python3", "-c", script, scratch["state/session.lock"]])
    defer { close(holder.output) }
    #expect(readSome(holder.output).hasPrefix("1"))
    #expect(throws: StateFailure.self) { try state.lock("session", deadline: clocks.boot() + .milliseconds(30)) }

    let died = clocks.boot()
    kill(holder.pid, SIGKILL)
    let lock = try state.lock("session", deadline: clocks.boot() + .seconds(20))
    #expect(clocks.boot() - died < .seconds(5))
    lock.unlock()
    #expect(wait(holder.pid) == 137)
  }

  @Test func onlyOneOfManyHoldsIt() async throws {
    let deadline = clocks.boot() + .seconds(50)
    try state.write(Array("0".utf8), to: "counter")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<2 {
        group.addTask { [path = state.path] in
          let state = StateDirectoryOnDisk(path: path)
          for _ in 0..<15 {
            let lock = try state.lock("counter", deadline: deadline)
            guard case .present(let text) = try state.read("counter"),
              let count = Int(String(decoding: text, as: UTF8.self))
            else {
              Issue.record("no counter")
              return
            }
            try state.write(Array("\(count + 1)".utf8), to: "counter")
            lock.unlock()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try state.read("counter") == .present(Array("30".utf8)))
  }

  @Test func aLinkInTheLocksPlaceIsNotFollowed() throws {
    try state.write([1], to: "session")
    try #require(symlink(scratch["victim"], scratch["state/session.lock"]) == 0)
    let failure = #expect(throws: StateFailure.self) { try state.lock("session", deadline: clocks.boot()) }
    #expect(failure?.kind == .output)
    #expect(try listing(scratch.path) == ["state"])
  }
}

/// How many are inside at once.
private final class Counter: Sendable {
  private let counts = Mutex((now: 0, most: 0))

  func enter() {
    counts.withLock {
      $0.now += 1
      $0.most = max($0.most, $0.now)
    }
  }
  func leave() { counts.withLock { $0.now -= 1 } }
  var most: Int { counts.withLock { $0.most } }
}
