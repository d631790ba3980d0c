import ArgumentParser
import Model
import Testing

@testable import Command

@Suite("--min-ttl")
struct MinimumTTLTests {
  private func seconds(_ text: String?) throws -> Int64 {
    try MinimumTTLOption.parse(text.map { ["--min-ttl", $0] } ?? []).choice.seconds(default: 60)
  }

  @Test("is digits with a unit or none")
  func units() throws {
    #expect(try seconds(nil) == 60)
    #expect(try seconds("0") == 0)
    #expect(try seconds("90") == 90)
    #expect(try seconds("90s") == 90)
    #expect(try seconds("15m") == 900)
    #expect(try seconds("2h") == 7200)
  }

  @Test(
    "anything else is a usage error",
    arguments: ["", "m", "1d", "1.5h", " 1", "99999999999999999999", "9223372036854775807h"])
  func wrong(text: String) {
    let failure = #expect(throws: Failure.self) { try seconds(text) }
    #expect(failure?.kind == .usage)
  }

  @Test("is a problem where less is left")
  func problem() {
    #expect(MinimumTTL.problem(left: 60, minimum: 60) == nil)
    #expect(MinimumTTL.problem(left: 0, minimum: 0) == nil)
    let problem = MinimumTTL.problem(left: 59, minimum: 7200)
    #expect(problem?.kind.exitCode == 75)
    #expect(problem?.message == "only 59 s are left, which is less than the 2 h of --min-ttl")
  }
}
