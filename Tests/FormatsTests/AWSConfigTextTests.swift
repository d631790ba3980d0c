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
}
