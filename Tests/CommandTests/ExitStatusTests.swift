import Model
import Testing

@testable import Command

@Suite("Exit codes")
struct ExitStatusTests {
  @Test(
    "each kind of failure has its exit code and its code in an error event",
    arguments: [
      (.loginRequired, 4, "login_required"), (.usage, 64, "configuration"), (.malformed, 65, "invalid_response"),
      (.unreachable, 69, "unreachable"), (.bug, 70, "internal"), (.output, 74, "internal"),
      (.codeExpired, 75, "expired"),
      (.busy, 75, "unreachable"), (.denied, 77, "denied"), (.refused, 77, "refused"),
      (.configuration, 78, "configuration"),
      (.interrupted(2), 130, "interrupted"), (.interrupted(15), 143, "interrupted"),
      (.interrupted(1), 143, "interrupted"),
    ] as [(FailureKind, Int32, String)])
  func codes(kind: FailureKind, exit: Int32, code: String) {
    #expect(kind.exitCode == exit)
    #expect(kind.errorCode == code)
  }
}
