import Glibc
import Host
import Model
import Testing

@Suite struct ProgramRunnerTests {
  private func output(
    _ command: [String], limit: Int = 1000, within limitTime: Duration = .seconds(60),
    environment: [String: String] = ["PATH": "/usr/bin:/bin"]
  ) throws(ProgramFailure) -> String {
    let runner = ProgramRunner(Environment(environment))
    return try runner.output(of: command, limit: limit, until: SystemClocks().boot() + limitTime).exposedText()
  }

  @Test func `what a program prints comes back byte for byte`() throws {
    #expect(try output(["printf", "%s\\n", "a b"]) == "a b\n")
    #expect(try output(["true"]) == "")
  }

  @Test func `no shell reads the arguments`() throws {
    #expect(try output(["printf", "%s", "$HOME;`id`"]) == "$HOME;`id`")
  }

  @Test func `it has the given environment, and nothing to read`() throws {
    #expect(
      try output(["sh", "-c", "cat; env | grep -v ^_= | grep -v ^PWD= | grep -v ^SHLVL="]) == "PATH=/usr/bin:/bin\n")
  }

  @Test func `how it failed is said`() {
    #expect(throws: ProgramFailure.failed(name: "sh", code: 3)) { try output(["sh", "-c", "exit 3"]) }
    #expect(throws: ProgramFailure.killed(name: "sh", signal: SIGKILL)) { try output(["sh", "-c", "kill -KILL $$"]) }
    #expect(throws: ProgramFailure.notStarted(name: "no-such-program", reason: "there is no such program")) {
      try output(["no-such-program"])
    }
    #expect(throws: ProgramFailure.self) { try output([]) }
  }

  @Test func `more than the limit is refused, the limit itself is not`() throws {
    #expect(try output(["printf", "12345"], limit: 5) == "12345")
    #expect(throws: ProgramFailure.tooMuch(name: "printf", limit: 4)) { try output(["printf", "12345"], limit: 4) }
    // One that never ends by itself.
    #expect(throws: ProgramFailure.tooMuch(name: "yes", limit: 100_000)) { try output(["yes"], limit: 100_000) }
  }

  @Test func `at the deadline it is killed with all that it started`() throws {
    let scratch = try Scratch()
    let script =
      "sleep 1000 2>/dev/null & echo $! > \(scratch["child"]).new; mv \(scratch["child"]).new \(scratch["child"]); wait"
    #expect(throws: ProgramFailure.timedOut(name: "sh", after: .seconds(2))) {
      try output(["sh", "-c", script], within: .seconds(2))
    }
    let child = try #require(pid_t(String(try run("cat", scratch["child"]).output.dropLast())))
    // Whoever is left without a parent is taken in by init, after it was killed.
    for _ in 0..<1000 where kill(child, 0) == 0 && !isZombie(child) { usleep(10_000) }
    #expect(kill(child, 0) != 0 || isZombie(child))
  }

  @Test func `one whose watcher was killed does not go on`() throws {
    let scratch = try Scratch()
    let script = "echo $$ > \(scratch["pid"]); kill -KILL $PPID; exec sleep 1000"
    #expect(throws: ProgramFailure.killed(name: "sh", signal: SIGKILL)) { try output(["sh", "-c", script]) }
    let child = try #require(pid_t(String(try run("cat", scratch["pid"]).output.dropLast())))
    for _ in 0..<1000 where kill(child, 0) == 0 && !isZombie(child) { usleep(10_000) }
    #expect(kill(child, 0) != 0 || isZombie(child))
    kill(child, SIGKILL)
  }

  private func isZombie(_ pid: pid_t) -> Bool {
    let status = (try? run("cat", "/proc/\(pid)/stat").output) ?? ""
    return status.isEmpty || status.contains(") Z ")
  }

  @Test func `one that leaves somebody behind who holds its output is over when it ends`() throws {
    let text = try output(["sh", "-c", "sleep 1000 2>/dev/null & echo $!"])
    let left = try #require(pid_t(String(text.dropLast())))
    #expect(kill(left, SIGKILL) == 0)
  }

  @Test func `many at once do not wait for one another`() async throws {
    let texts = await withTaskGroup(of: String?.self) { group in
      for number in 0..<16 { group.addTask { try? output(["printf", "%s", String(number)]) } }
      return await group.reduce(into: Set<String>()) { if let text = $1 { $0.insert(text) } }
    }
    #expect(texts.count == 16)
  }
}
