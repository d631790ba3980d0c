import Glibc
import Host
import Model
import Testing

/// Each in a process of its own: what is tested belongs to a whole process.
@Suite(.timeLimit(.minutes(2))) struct ProcessTests {
  @Test func aProgramTakesOurPlace() async {
    await #expect(processExitsWith: .exitCode(42)) {
      startAsFromAShell()
      Host.prepare()
      try Exec.replace(with: Program("sh", ["-c", "exit $1", "sh", "42"], environment: .given()))
    }
  }

  @Test func whatCannotBeRunIsReportedWithAShellsCode() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      let scratch = try Scratch()
      try create(scratch["noexec"], "#!/bin/sh\n", mode: 0o600)
      try create(scratch["lost"], "#!/no/such/interpreter\n", mode: 0o700)
      try create(scratch["binary"], "\u{7f}\0\u{1}", mode: 0o700)
      let environment = Environment(["PATH": "\(scratch.path):/nonexistent"])
      let cases: [(String, Int32)] = [
        ("none", 127), (scratch["none"], 127), (scratch["noexec/below"], 127), ("", 127), ("lost", 127),
        ("noexec", 126), (scratch["noexec"], 126), (scratch.path, 126), ("binary", 126), (scratch["binary"], 126),
      ]
      for (name, code) in cases {
        let failure = #expect(throws: ExecFailure.self) {
          try Exec.replace(with: Program(name, environment: environment))
        }
        #expect(failure?.shellCode == code, "\(name)")
        let supervised = #expect(throws: ExecFailure.self) {
          try Supervisor.run(Program(name, environment: environment))
        }
        #expect(supervised == failure, "\(name)")
      }
      #expect(throws: ExecFailure.noInterpreter(name: "lost")) {
        try Supervisor.run(Program("lost", environment: environment))
      }
    }
  }

  @Test func aLaterDirectoryIsTriedAfterOneWhereTheFileCannotBeRun() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      let scratch = try Scratch()
      try #require(mkdir(scratch["a"], 0o700) == 0 && mkdir(scratch["b"], 0o700) == 0)
      try create(scratch["a/tool"], "#!/bin/sh\nexit 1\n", mode: 0o600)
      try create(scratch["b/tool"], "#!/bin/sh\nexit 9\n", mode: 0o700)
      let environment = Environment(["PATH": "\(scratch["a"]):\(scratch["b"])"])
      let code = try Supervisor.run(Program("tool", environment: environment))
      #expect(code == 9)
    }
  }

  @Test func aScriptWithoutAFirstLineIsAShells() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      let scratch = try Scratch()
      try create(scratch["script"], "test \"$1\" = 'a b' && exit 5\n", mode: 0o700)
      let program = Program("script", ["a b"], environment: Environment(["PATH": scratch.path]))
      let code = try Supervisor.run(program)
      #expect(code == 5)
    }
  }

  @Test func signalsLimitsAndUmaskAreWhatWeWereGiven() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      signal(SIGPIPE, SIG_DFL)
      signal(SIGUSR2, SIG_IGN)
      signal(SIGHUP, SIG_IGN)
      var blocked = sigset_t()
      sigemptyset(&blocked)
      sigaddset(&blocked, SIGWINCH)
      pthread_sigmask(SIG_BLOCK, &blocked, nil)
      umask(0o027)
      var limit = rlimit(rlim_cur: 200, rlim_max: 300)
      try #require(setrlimit(__rlimit_resource_t(7), &limit) == 0)
      let given = try ownState()
      try #require(given.count == 6)

      Host.prepare()
      Interrupts.install()
      let scratch = try Scratch()
      // Not through a shell: some clear the mask.
      let files = ["status", "limits", "coredump_filter"].map { "/proc/self/\($0)" }
      let code = try Supervisor.run(Program("cp", files + [scratch.path], environment: .given()))
      #expect(code == 0)
      let own = try ownState()
      #expect(zip(own, given).allSatisfy { $0 != $1 }, "all of it was changed")
      #expect(own[4].split(separator: " ").dropFirst(3).prefix(2) == ["300", "300"], "as many files as are allowed")
      #expect(try state(in: scratch.path) == given)
    }
  }

  @Test func onlyDescriptorsWeWereGivenArePassedOn() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      #expect(dup2(STDERR_FILENO, 77) == 77)
      Host.prepare()
      #expect(dup2(STDERR_FILENO, 78) == 78)
      #expect(dup2(STDERR_FILENO, 790) == 790)
      let test = "test -e /proc/self/fd/77 && ! test -e /proc/self/fd/78 && ! test -e /proc/self/fd/790"
      let code = try Supervisor.run(Program("sh", ["-c", test], environment: .given()))
      #expect(code == 0)
      try Exec.replace(with: Program("sh", ["-c", test], environment: .given()))
    }
  }

  @Test func closedStandardDescriptorsAreOpenedAndStayClosedForTheProgram() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      close(STDIN_FILENO)
      close(STDOUT_FILENO)
      Host.prepare()
      #expect(fcntl(STDIN_FILENO, F_GETFD) >= 0)
      #expect(throws: OutputFailure.closed) { try StandardOutput.write("data") }
      let test = "! test -e /proc/self/fd/1"
      let code = try Supervisor.run(Program("sh", ["-c", test], environment: .given()))
      #expect(code == 0)
    }
  }

  @Test func weAreNotDumpableAndABrokenPipeDoesNotKill() async {
    await #expect(processExitsWith: .success) {
      startAsFromAShell()
      Host.prepare()
      var core = rlimit()
      getrlimit(__rlimit_resource_t(4), &core)
      #expect(core.rlim_cur == 0)
      var ends: [Int32] = [-1, -1]
      #expect(pipe(&ends) == 0)
      close(ends[0])
      #expect(throws: OutputFailure.closed) { try Output.write([1], to: ends[1]) }
    }
  }

  @Test(arguments: [0, 0o777] as [mode_t]) func filesArePrivateUnderAnyUmask(_ mask: mode_t) async {
    await #expect(processExitsWith: .success) { [mask] in
      startAsFromAShell()
      umask(mask)
      let scratch = try Scratch()
      try #require(chmod(scratch.path, 0o700) == 0)
      let state = StateDirectoryOnDisk(path: scratch["a/b"])
      try state.write([1], to: "session")
      try state.lock("session", deadline: BootTime(nanoseconds: 0)).unlock()
      let lock = try state.lock("session", deadline: BootTime(nanoseconds: 0))
      defer { lock.unlock() }
      #expect(try state.read("session") == .present([1]))
      for (name, mode) in [("a", 0o700), ("a/b", 0o700), ("a/b/session", 0o600), ("a/b/session.lock", 0o600)] {
        #expect(try status(scratch[name]).st_mode & 0o7777 == mode)
      }
      let file = try PrivateFile(Secret("x"), environment: Environment(["XDG_RUNTIME_DIR": scratch["a"]]))
      #expect(try status(file.path).st_mode & 0o7777 == 0o600)
    }
  }
}

/// Mask, dispositions, umask, core size, open files, core filter of the calling thread.
private func ownState() throws -> [String] { try state(in: "/proc/thread-self") }

private func state(in directory: String) throws -> [String] {
  func lines(_ file: String, _ prefixes: String...) throws -> [String] {
    let text = String(decoding: try contents("\(directory)/\(file)"), as: UTF8.self)
    let lines = text.split(separator: "\n")
    return prefixes.compactMap { prefix in lines.first { $0.hasPrefix(prefix) }.map(String.init) }
  }
  let filter = directory == "/proc/thread-self" ? "/proc/self/coredump_filter" : "\(directory)/coredump_filter"
  return try lines("status", "SigBlk", "SigIgn", "Umask") + lines("limits", "Max core", "Max open")
    + [String(decoding: try contents(filter), as: UTF8.self)]
}
