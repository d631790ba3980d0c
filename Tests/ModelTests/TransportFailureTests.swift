import Model
import Testing

@Suite struct TransportFailureTests {
  @Test func `only an https address is offered as the one to use instead`() {
    func hint(_ target: String) -> String? { TransportFailure.redirected(host: "op.example", to: target).hint }
    #expect(hint("https://login.example/")?.contains("if you trust it") == true)
    for target in ["file:///etc/passwd", "http://op.example/", "javascript:x", ""] {
      #expect(hint(target)?.contains("trust") == false)
    }
  }
}
