import Glibc
import Host
import Model
import Testing

/// Each in a process of its own: handlers and the reaping of children belong to a process.
@Suite(.timeLimit(.minutes(2))) struct SupervisorTests {
  @Test func exitCodesAreTheChilds() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      for code in [0, 1, 2, 42, 63, 64, 100, 125, 126, 127, 128, 130, 143, 200, 254, 255] as [Int32] {
        let ended = try shell("exit \(code)")
        #expect(ended == code)
      }
    }
  }

  @Test func aDeathBySignalIs128AndTheSignal() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      for signal in [SIGHUP, SIGINT, SIGKILL, SIGSEGV, SIGPIPE, SIGTERM, SIGUSR1] {
        let code = try shell("ulimit -c 0; kill -\(signal) $$")
        #expect(code == 128 + signal)
      }
    }
  }

  @Test func everySignalThatCanBePassedOnReachesTheChildOnce() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      let signals = (1...31).filter { ![SIGKILL, SIGSTOP, SIGCHLD, SIGTSTP, SIGTTOU, SIGTTIN].contains($0) }
      #expect(signals.count == 25)
      let script = """
        import os, signal, sys, time
        seen = []
        numbers = [int(n) for n in sys.argv[1:]]
        for number in numbers:
            signal.signal(number, lambda n, frame: seen.append(n))
        for number in numbers:
            os.kill(os.getppid(), number)
            end = time.monotonic() + 20
            while number not in seen and time.monotonic() < end:
                time.sleep(0.001)
        time.sleep(0.2)
        sys.exit(0 if seen == numbers else 1)
        """
      let program = Program("python3", ["-c", script] + signals.map(String.init), environment: .given())
      let code = try Supervisor.run(program)
      #expect(code == 0)
    }
  }

  @Test func aForwardedSignalCanEndTheChild() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      let code = try shell("kill -TERM $PPID; while :; do sleep 0.05; done")
      #expect(code == 143)
      let trapped = try shell("trap 'exit 7' USR1; kill -USR1 $PPID; while :; do sleep 0.05; done")
      #expect(trapped == 7)
    }
  }

  @Test func aKeyPressedOnTheTerminalReachesTheChildOnce() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      // A session with a terminal of its own, so that the kernel itself sends the signal.
      let pty = try PseudoTerminal()
      try #require(setsid() > 0)
      try #require(ioctl(pty.slave, UInt(TIOCSCTTY), 0) == 0)
      // The terminal goes before we do.
      defer { signal(SIGHUP, SIG_IGN) }
      let scratch = try Scratch()
      let script = """
        import signal, sys, time
        seen = []
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGWINCH):
            signal.signal(number, lambda n, frame: seen.append(n))
        open(sys.argv[1], "w").close()
        end = time.monotonic() + 20
        while len(seen) < 3 and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.3)
        sys.exit(0 if sorted(seen) == [2, 3, 28] else 1)
        """
      let program = Program("python3", ["-c", script, scratch["ready"]], environment: .given())
      let code = try Supervisor.run(program) {
        if access(scratch["ready"], F_OK) != 0 { return .milliseconds(10) }
        _ = write(pty.master, "\u{3}\u{1c}", 2)
        pty.resize(columns: 90, rows: 30)
        return nil
      }
      #expect(code == 0)
    }
  }

  @Test func aKeyReachesAChildThatHasLeftOurGroup() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      let pty = try PseudoTerminal()
      try #require(setsid() > 0)
      try #require(ioctl(pty.slave, UInt(TIOCSCTTY), 0) == 0)
      // The terminal goes before we do.
      defer { signal(SIGHUP, SIG_IGN) }
      let scratch = try Scratch()
      let script = """
        import os, signal, sys, time
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, lambda n, frame: os._exit(6))
        open(sys.argv[1], "w").close()
        time.sleep(20)
        """
      let program = Program("python3", ["-c", script, scratch["ready"]], environment: .given())
      let code = try Supervisor.run(program) {
        if access(scratch["ready"], F_OK) != 0 { return .milliseconds(10) }
        _ = write(pty.master, "\u{3}", 1)
        return nil
      }
      #expect(code == 6)
    }
  }

  /// Threads that start programs may begin there.
  @Test func timedWorkBeginsWhenDescriptorsAreHandedOver() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      let given = dup(0)
      Host.prepare()
      var wasOpen: Bool?
      let code = try Supervisor.run(
        Program("sh", ["-c", "exit 7"], environment: .given()), handsOver: true
      ) {
        if wasOpen == nil { wasOpen = fcntl(given, F_GETFD) >= 0 }
        return nil
      }
      #expect(code == 7)
      #expect(wasOpen == false)
    }
  }

  @Test func timedWorkIsDoneWhileTheChildRuns() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      let scratch = try Scratch()
      var calls = 0
      let code = try Supervisor.run(
        Program("sh", ["-c", "until test -e \(scratch["enough"]); do sleep 0.01; done; exit 3"], environment: .given())
      ) {
        calls += 1
        if calls < 5 { return .milliseconds(5) }
        try? create(scratch["enough"], "")
        return nil
      }
      #expect(code == 3)
      #expect(calls == 5)
    }
  }

  @Test func childrenLeftToUsAreReaped() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      // Started beforehand by this process; the supervisor's loop takes their ends in too.
      let orphans = try (0..<20).map { _ in try start(["/bin/true"]) }
      let code = try shell("sleep 0.3")
      #expect(code == 0)
      for orphan in orphans {
        close(orphan.output)
        #expect(waitpid(orphan.pid, nil, WNOHANG) == -1)
      }
    }
  }

  /// A supervisor takes in whatever ended; another thread that started it still has to hear how.
  @Test func endsThatOthersWaitForAreNotLostToTheReaper() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      let scratch = try Scratch()
      let path = Environment(["PATH": "/usr/bin:/bin", "BROWSER": "true"])
      let none = Environment(["PATH": "/usr/bin:/bin", "BROWSER": "no-such-browser"])
      let hasStarted = BackgroundThread.start {
        let runner = ProgramRunner(path)
        var mistakes: [String] = []
        for number in 0..<60 {
          let deadline = SystemClocks().boot() + .seconds(60)
          let text = try? runner.output(of: ["printf", "\(number)"], limit: 100, until: deadline).exposedText()
          if text != "\(number)" { mistakes.append("\(number) printed \(text ?? "nothing")") }
          let failure = #expect(throws: ProgramFailure.self) {
            try runner.output(of: ["sh", "-c", "exit \(number + 1)"], limit: 100, until: deadline)
          }
          if failure != .failed(name: "sh", code: Int32(number + 1)) { mistakes.append("\(number): an exit was lost") }
          if !Browser.open("x", path) { mistakes.append("\(number): a browser's end was lost") }
          if Browser.open("x", none) { mistakes.append("\(number): the end of no browser was lost") }
        }
        try? create(scratch["mistakes.new"], mistakes.joined(separator: "; "))
        rename(scratch["mistakes.new"], scratch["mistakes"])
      }
      try #require(hasStarted)
      // Its own end comes long after theirs.
      let code = try shell("until test -e \(scratch["mistakes"]); do sleep 0.05; done")
      #expect(code == 0)
      #expect(try String(decoding: contents(scratch["mistakes"]), as: UTF8.self) == "")
      // And nothing of them is left for somebody else's number.
      #expect(waitpid(-1, nil, WNOHANG) == -1)
    }
  }

  @Test func anInterruptThatCameEarlierStartsNothing() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      Interrupts.install()
      kill(getpid(), SIGTERM)
      while Interrupts.pending == nil {}
      let scratch = try Scratch()
      let failure = #expect(throws: ExecFailure.self) { try shell("touch \(scratch["started"])") }
      #expect(failure?.shellCode == nil)
      #expect(failure?.kind == .interrupted(15))
      #expect(access(scratch["started"], F_OK) != 0)
    }
  }

  @Test func afterwardsSignalsAreOursAgain() async {
    await #expect(processExitsWith: .signal(SIGUSR1)) {
      startAsFromAShell()
      let code = try shell("exit 0")
      #expect(code == 0)
      kill(getpid(), SIGUSR1)
      while true {}
    }
  }
}

private func shell(_ script: String) throws -> Int32 {
  try Supervisor.run(Program("sh", ["-c", script], environment: .given()))
}
