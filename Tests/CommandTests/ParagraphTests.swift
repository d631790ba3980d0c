import Testing

@testable import Command

@Suite("Running text")
struct ParagraphTests {
  @Test("is broken at blanks only")
  func broken() {
    let text = Paragraph("one two three fourteen five")
    #expect(text.lines(columns: 9) == ["one two", "three", "fourteen", "five"])
    #expect(text.lines(columns: 3) == ["one", "two", "three", "fourteen", "five"])
    #expect(text.lines(columns: .max) == ["one two three fourteen five"])
    #expect(text.lines(columns: 0) == text.lines(columns: 1))
  }

  @Test("hangs behind its label")
  func label() {
    #expect(Paragraph("a bb ccc").lines(columns: 8, label: "Key  ") == ["Key  a", "     bb", "     ccc"])
    #expect(Paragraph("").lines(columns: 8, label: "Key  ") == ["Key  "])
  }

  @Test("keeps together what is appended whole")
  func whole() {
    var text = Paragraph("code")
    text.append(whole: "AB CD")
    text.append("and more")
    #expect(text.lines(columns: 6) == ["code", "AB CD", "and", "more"])
  }

  @Test("does not count emphasis")
  func emphasis() {
    let style = Style(isOn: true)
    #expect(Paragraph("\(style.good("one two")) three").lines(columns: 7) == ["\u{1B}[32mone two\u{1B}[0m", "three"])
    #expect(Style.width(of: "a\(style.strong("mm"))m") == 4)
  }

  @Test("facts stand one under the other, and those without a text are left out")
  func facts() {
    let facts = Facts([("A", "one two"), ("Nothing", nil), ("Longer", "three")], indent: " ", width: 4)
    #expect(facts.lines(columns: 9) == [" A   one", "     two", " Longer three"])
    #expect(Facts([("A", "x  y ")], indent: "", width: 3).lines(columns: .max) == ["A  x  y "])
  }
}
