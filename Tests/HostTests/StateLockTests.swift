import Glibc
import Host
import Model
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
    lock.unlock()
    #expect(try status(scratch["state/session.lock"]).st_mode & 0o7777 == 0o600)
    #expect(try state.names() == [])
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
    try state.lock("session", deadline: clocks.boot()).unlock()
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
