import Glibc
import Host
import Model
import Testing

/// Each in a process of its own: the first interrupt is for good.
@Suite(.timeLimit(.minutes(2))) struct InterruptTests {
  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func aSignalEndsEveryWaitAtOnce(_ number: Int32) async {
    await #expect(processExitsWith: .success) { [number] in
      startAsFromAShell()
      #expect(Interrupts.install())
      let clocks = SystemClocks()
      let start = clocks.boot()
      try clocks.sleep(.milliseconds(20))
      #expect(clocks.boot() - start >= .milliseconds(20))
      #expect(Interrupts.pending == nil)

      let helper = try startSilently(["/bin/sh", "-c", "sleep 0.2; kill -\(number) \(getpid())"])
      for _ in 0..<2 {
        #expect(throws: Interrupted(signal: number)) { try clocks.sleep(.seconds(60)) }
      }
      #expect(clocks.boot() - start < .seconds(30))
      #expect(Interrupts.pending == number)
      #expect(wait(helper) == 0)

      let scratch = try Scratch()
      let state = StateDirectoryOnDisk(path: scratch["state"])
      let lock = try state.lock("session", deadline: clocks.boot())
      let failure = #expect(throws: StateFailure.self) {
        try state.lock("session", deadline: clocks.boot() + .seconds(60))
      }
      #expect(failure == .interrupted(Interrupted(signal: number)))
      lock.unlock()
    }
  }

  @Test func aSecondSignalEndsTheProcess() async {
    await #expect(processExitsWith: .exitCode(143)) {
      startAsFromAShell()
      Interrupts.install()
      kill(getpid(), SIGINT)
      let clocks = SystemClocks()
      #expect(throws: Interrupted.self) { try clocks.sleep(.seconds(60)) }
      let start = clocks.boot()
      while clocks.boot() - start < .milliseconds(150) {}
      kill(getpid(), SIGTERM)
      while clocks.boot() - start < .seconds(60) {}
    }
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func aSignalBeforeAServiceListensIsItsFirst(_ number: Int32) async {
    await #expect(processExitsWith: .success) { [number] in
      startAsFromAShell()
      Interrupts.install()
      kill(getpid(), number)
      while Interrupts.pending == nil {}
      let signals = try #require(ServiceSignals())
      #expect(signals.wait(atMost: .seconds(60)) == [number == SIGHUP ? .reload : .end(number)])
      // Whatever waits is not interrupted by it any more.
      #expect(Interrupts.pending == nil)
      try SystemClocks().sleep(.milliseconds(1))
      #expect(signals.wait(atMost: .zero) == [])
    }
  }

  @Test func aSignalIgnoredAtTheStartStaysIgnored() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      signal(SIGHUP, SIG_IGN)
      Host.prepare()
      Interrupts.install()
      kill(getpid(), SIGHUP)
      try SystemClocks().sleep(.milliseconds(20))
      #expect(Interrupts.pending == nil)
    }
  }

  @Test func anOutputWithoutAReaderIsLeft() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      Interrupts.install()
      var ends: [Int32] = [-1, -1]
      #expect(pipe(&ends) == 0)
      let helper = try startSilently(["/bin/sh", "-c", "sleep 0.2; kill -TERM \(getpid())"])
      _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
      #expect(throws: OutputFailure.interrupted(Interrupted(signal: SIGTERM))) {
        try Output.write([UInt8](repeating: 0, count: 1_000_000), to: ends[1])
      }
      #expect(wait(helper) == 0)
    }
  }
}

/// A helper whose output does not matter.
private func startSilently(_ arguments: [String]) throws -> pid_t {
  let (pid, output) = try start(arguments)
  close(output)
  return pid
}
