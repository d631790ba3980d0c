import Formats
import Testing

@Suite struct AWSConfigTextTests {
  private func written(into text: String) -> String {
    var file = AWSConfigText(Array(text.utf8), kind: .config)
    file.set([("region", "eu-west-1"), ("credential_process", "/bin/x")], in: "work")
    return String(decoding: file.bytes, as: UTF8.self)
  }

  @Test func anIndentedHeaderBelowAnEmptySectionStaysAHeader() {
    #expect(
      written(into: "[profile work]\n# mine\n  [profile other]\n  output = json\n")
        == "[profile work]\n  region = eu-west-1\n  credential_process = /bin/x\n# mine\n  [profile other]\n"
        + "  output = json\n")
  }

  @Test func aLineThatNoReaderUnderstandsIsKept() {
    let once = written(into: "[profile work]\nregion = us-east-1\nwhat is this\n  and this\n")
    #expect(
      once == "[profile work]\nregion = eu-west-1\ncredential_process = /bin/x\nwhat is this\n  and this\n")
    #expect(written(into: once) == once)
  }

  private func removed(from text: String) -> String {
    var file = AWSConfigText(Array(text.utf8), kind: .config)
    file.remove(["region", "credential_process"], from: "work")
    return String(decoding: file.bytes, as: UTF8.self)
  }

  @Test func aCommentBehindAValueGetsALineOfItsOwn() {
    let process = "credential_process = /bin/x\n"
    for (old, new) in [
      ("region = us-east-1 ; mine\n", "; mine\nregion = eu-west-1\n"),
      ("region=us-east-1\t# a ; b\r\n", "# a ; b\r\nregion=eu-west-1\r\n"),
      ("region = # none yet\n", "# none yet\nregion = eu-west-1\n"),
      ("region = us;east#1\n", "region = eu-west-1\n"),
    ] {
      #expect(written(into: "[profile work]\n\(process)\(old)[x]\n") == "[profile work]\n\(process)\(new)[x]\n")
    }
    #expect(
      written(into: "[profile work]\n\(process)region = us-east-1 ; mine")
        == "[profile work]\n\(process); mine\nregion = eu-west-1")
    #expect(removed(from: "[profile work]\n\(process)region = us-east-1 ; mine\n") == "[profile work]\n; mine\n")
  }

  @Test func commentsBetweenTheLinesOfAValueStay() {
    let old = "[profile work]\ncredential_process = /bin/x\nregion = us\n  # one\n\n; two\n  -east-1\noutput = json\n"
    #expect(
      written(into: old)
        == "[profile work]\ncredential_process = /bin/x\nregion = eu-west-1\n  # one\n\n; two\noutput = json\n")
    #expect(removed(from: old) == "[profile work]\n  # one\n\n; two\noutput = json\n")
  }

  /// A CR and the line feed of the next line would be one line end.
  @Test(arguments: ["[a]\nx = 1\r", "[a]\r\nx = 1\r", "[a]\rx = 1\n", "\n\r", "\n\r\r"])
  func aSectionOfOursComesAndGoesBehindAnyLineEnd(_ old: String) {
    #expect(removed(from: written(into: old)) == old)
  }

  @Test(arguments: [
    "[a]\r[profile work]\routput = json\r\n\n[b]\n", "[a]\r[profile work]\routput = json\n\n[b]\n",
    "[a]\r[profile work]\routput = json\r\r\n[b]\n",
  ])
  func settingsOfOursComeAndGoBetweenLineEndsOfSeveralKinds(_ old: String) {
    #expect(removed(from: written(into: old)) == old)
  }
}
