import Model
import Testing

@testable import Trust

@Suite("Values of conditions")
struct PolicyValueTests {
  @Test(
    "wildcards mean what IAM means by them",
    arguments: [
      ("*", "", true), ("*", "anything", true), ("?", "", false), ("?", "é", true), ("a*c", "abbc", true),
      ("a*c", "abbd", false), ("a*b*c", "a-b-b-c", true), ("repo:o/r:*", "repo:o/r:ref:x", true),
      ("repo:o/r:*", "repo:o/rr:ref:x", false), ("A", "a", false), ("a?c", "ac", false), ("**", "x", true),
    ])
  func wildcards(pattern: String, text: String, matches: Bool) {
    let value = PolicyValue(ByteText(pattern), wildcards: true, variables: true)
    #expect(value.matches(ByteText(text)) == matches)
  }

  @Test("a pattern of many stars is no trap for the reader")
  func manyStars() {
    let value = PolicyValue(ByteText(String(repeating: "*a", count: 200) + "b"), wildcards: true, variables: true)
    #expect(!value.matches(ByteText(String(repeating: "a", count: 2000))))
  }

  @Test("escapes are text, other variables are for AWS to fill in")
  func variables() {
    #expect(PolicyValue("a${*}", wildcards: true, variables: true).matches("a*"))
    #expect(!PolicyValue("a${*}", wildcards: true, variables: true).matches("ab"))
    #expect(PolicyValue("${aws:username}", wildcards: true, variables: true).hasVariable)
    #expect(PolicyValue("${aws:username}", wildcards: false, variables: false).matches("${aws:username}"))
  }

  @Test("a literal means itself and nothing else", arguments: ["a", "a*b?", "${aws:username}", "$", "${", "€"])
  func literal(text: String) {
    for wildcards in [true, false] {
      let written = PolicyValue.literal(ByteText(text), wildcards: wildcards)
      let value = PolicyValue(ByteText(written), wildcards: wildcards, variables: true)
      #expect(value.matches(ByteText(text)) && !value.hasVariable)
      #expect(!value.matches(ByteText(text + "x")) && !value.matches("ab"))
    }
  }
}
