import Formats
import Model
import Testing

struct RedactionTests {
  @Test func leavesProseAlone() {
    for text in [
      "", "no such user", "see https://login.example.com/docs/errors?code=AADSTS70043, please",
      "Trace ID: 2f9e1c0a-7d42-4a55-9a2f-6f6e2a7b0c11", "arn:aws:sts::123456789012:assumed-role/admin/alice", "é 拒否",
    ] {
      #expect(Redaction.withoutTokens(text, sent: [Secret("qqqqqqqqqqqq")]) == text)
    }
  }

  @Test func takesOutWhatLooksLikeAToken() {
    let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
    #expect(Redaction.withoutTokens("bad \(jwt), sorry") == "bad <redacted>, sorry")
    #expect(Redaction.withoutTokens(String(repeating: "a", count: 129)) == "<redacted>")
    #expect(Redaction.withoutTokens("(\(jwt))\(jwt)") == "(<redacted>)<redacted>")
  }

  @Test(arguments: [
    "0.AXkAcanary-secret", "canary~secret!with!marks", "short|canarysecret", "canarysecret",
  ])
  func takesOutWhatWasSentWholeOrCut(_ text: String) {
    let secret = Secret(text)
    for said in ["unknown token \(text)", "unknown token '\(text)'", "token=\(text.prefix(14))... is unknown"] {
      let shown = Redaction.withoutTokens(said, sent: [Secret("other-secret"), secret])
      #expect(shown.contains("<redacted>"))
      #expect(!shown.contains("canary"))
    }
  }

  /// What is no longer than a word would be found in every other sentence.
  @Test func aSecretAsShortAsAWordIsNotLookedFor() {
    #expect(Redaction.withoutTokens("the demo has ended", sent: [Secret("demo"), Secret("")]) == "the demo has ended")
  }

  @Test func isNotSlowedDownByWhatItLooksFor() {
    let text = String(repeating: "a", count: 100) + " "
    let long = String(repeating: text, count: 10_000)
    let secrets = (0..<4).map { _ in Secret(String(repeating: "a", count: 20_000) + "b") }
    #expect(!Redaction.withoutTokens(long, sent: secrets).contains("a "))
  }
}
