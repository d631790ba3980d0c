import Model
import STS
import Testing

@Suite struct SessionNameTests {
  @Test(arguments: [
    ("alice@example.com", "alice@example.com"),
    ("repo:octo/app:ref:refs/heads/main", "repo-octo-app-ref-refs-heads-main"),
    ("", "daypass"), ("x", "x-"), ("é", "--"), ("e\u{301}", "e-"), ("Anna Müller", "Anna-M-ller"),
    ("a\u{0}b\r\n", "a-b--"),
    ("\u{212A}", "--"), ("a+b=c,d.e@f-g_h", "a+b=c,d.e@f-g_h"),
    (String(repeating: "a", count: 64), String(repeating: "a", count: 64)),
    ("auth0|5f7c8ec7c33c6c004bbafe82", "auth0-5f7c8ec7c33c6c004bbafe82"),
  ])
  func identitiesBecomeNames(_ identity: String, _ expected: String) throws {
    let made = SessionName(identity: identity)
    #expect(made.text == expected)
    #expect(try SessionName(made.text) == made)
  }

  @Test func longIdentitiesKeepTheirBeginningAndStayApart() throws {
    let base = "repo:some-organization/some-rather-long-repository-name:environment:production"
    let names = (0..<200).map { SessionName(identity: base + String($0)) }
    #expect(Set(names).count == 200)
    #expect(names.allSatisfy { $0.text.utf8.count == 64 })
    #expect(names.allSatisfy { $0.text.hasPrefix("repo-some-organization-some-rather-long-reposit-") })
    for name in names { #expect(try SessionName(name.text) == name) }
    #expect(SessionName(identity: base) == SessionName(identity: base))
  }

  @Test(arguments: [
    ("", SessionNameError.length(0)), ("x", .length(1)), (String(repeating: "x", count: 65), .length(65)),
    ("a b", .character(" ")), ("a/b", .character("/")), ("aé", .character("é")), ("a\n", .character("\n")),
  ])
  func chosenNamesAreTakenOrRefused(_ text: String, _ expected: SessionNameError) {
    #expect(throws: expected) { try SessionName(text) }
    #expect(expected.message.hasPrefix("session_name "))
  }
}
