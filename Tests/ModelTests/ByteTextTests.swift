import Model
import Testing

struct ByteTextTests {
  /// Each pair is one `String` to Swift, and two issuers to everybody else.
  private let lookalikes = [
    ("client-K", "client-\u{212A}"), ("é", "e\u{301}"), (";", "\u{37E}"), ("`", "\u{1FEF}"), ("Å", "\u{212B}"),
    ("가", "\u{1100}\u{1161}"),
  ]

  @Test func isEqualOnlyToTheSameBytes() {
    for (one, other) in lookalikes {
      #expect(one == other)
      #expect(ByteText(one) != ByteText(other))
      #expect(!(ByteText(one) == other))
      #expect(ByteText(one) == one)
      #expect(Set([ByteText(one), ByteText(other), ByteText(one)]).count == 2)
      #expect([ByteText(one): 1][ByteText(other)] == nil)
    }
  }

  @Test func keepsItsBytes() {
    #expect(ByteText("e\u{301}\u{0}").utf8 == [0x65, 0xCC, 0x81, 0])
    #expect(ByteText("é").string.utf8.elementsEqual([0xC3, 0xA9]))
    #expect(ByteText("").isEmpty)
    #expect("\(ByteText("a"))" == "a")
  }

  @Test func repairsNothing() {
    #expect(ByteText(validating: Array("aé😀".utf8)) == "aé😀")
    #expect(ByteText(validating: []) == "")
    let broken: [[UInt8]] = [
      [0x80], [0xFF], [0xC3], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0x61, 0xE9],
    ]
    for bytes in broken { #expect(ByteText(validating: bytes) == nil, "\(bytes)") }
  }
}
