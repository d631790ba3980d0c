import Formats
import Model
import Testing

struct XMLTests {
  private let reply = """
    <?xml version="1.0" encoding="UTF-8"?>
    <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <AssumeRoleWithWebIdentityResult>
        <SubjectFromWebIdentityToken>a&amp;b &#233;&#x1F600;</SubjectFromWebIdentityToken>
        <Credentials>
          <SessionToken>abc/+=</SessionToken>
          <Expiration>2026-11-22T14:00:00Z</Expiration>
        </Credentials>
        <PackedPolicySize/>
      </AssumeRoleWithWebIdentityResult>
      <ResponseMetadata ><RequestId a='1' b = "x>y" >  r 1  </RequestId ></ResponseMetadata>
    </AssumeRoleWithWebIdentityResponse>

    """

  @Test func readsAReplyOfSTS() throws {
    let root = try parse(reply)
    #expect(root.name == "AssumeRoleWithWebIdentityResponse")
    #expect(root.children.map(\.name) == ["AssumeRoleWithWebIdentityResult", "ResponseMetadata"])
    #expect(root.text.isEmpty)
    let result = try root.only("AssumeRoleWithWebIdentityResult")
    #expect(result.child("SubjectFromWebIdentityToken")?.text == "a&b é😀")
    #expect(try result.only("Credentials").only("SessionToken").text == "abc/+=")
    #expect(result.child("PackedPolicySize") == XMLElement.leaf("PackedPolicySize"))
    // White space around a value is the value's.
    #expect(root.child("ResponseMetadata")?.child("RequestId")?.text == "  r 1  ")
    #expect(root.child("Error") == nil)
  }

  @Test func dropsPrefixes() throws {
    let root = try parse("<s:a xmlns:s='urn:x'><s:b>1</s:b><b>2</b></s:a>")
    #expect(root.name == "a")
    #expect(root.children.map(\.text) == ["1", "2"])
    #expect(throws: XMLError.repeated("b", in: "a")) { try root.only("b") }
  }

  @Test func attributesHaveLocalNamesAndAreThereOnce() throws {
    let root = try parse("<s:a xmlns:s='urn:x' s:b=\"1&amp;2\" c=''>x</s:a>")
    #expect(root.attributes.map(\.name) == ["s", "b", "c"])
    #expect(root.attribute("b") == "1&2" && root.attribute("c") == "" && root.attribute("B") == nil)
    #expect(throws: XMLError.repeatedAttribute(at: 9)) { try parse("<a b='1' b='2'/>") }
    let many = (1...40).map { " a\($0)=''" }.joined()
    #expect(try parse("<a\(many)/>").attributes.count == 40)
    for again in [1, 16, 17, 40] {
      #expect(throws: XMLError.repeatedAttribute(at: 2 + many.utf8.count + 1)) { try parse("<a\(many) a\(again)=''/>") }
    }
  }

  @Test func whatMustBeThereOnceIsThereOnce() throws {
    let root = try parse("<a><b/><c/><c/></a>")
    #expect(throws: Never.self) { try root.only("b") }
    #expect(throws: XMLError.repeated("c", in: "a")) { try root.only("c") }
    #expect(throws: XMLError.missing("d", in: "a")) { try root.only("d") }
    #expect(root.child("B") == nil)
  }

  @Test func resolvesReferencesAndLineEnds() throws {
    #expect(try parse("<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x41;&#x0041;&#13;</a>").text == "<>&\"'AAA\r")
    #expect(try parse("<a>&amp;lt;</a>").text == "&lt;")
    #expect(Array(try parse("<a>1\r\n2\r3\n</a>").text.utf8) == Array("1\n2\n3\n".utf8))
  }

  @Test(arguments: [
    "", " ", "x", "<", "<a", "<a>", "<a/", "<a></a", "<a></b>", "<a></a:b>", "<a></ab>", "<ab></a>", "<a><b></a></b>",
    "<a/><b/>", "<a/>x", "x<a/>", "<a></a></a>", "< a/>", "<a></ a>", "<1/>", "<-a/>", "<:a/>", "<a:/>", "<a:b:c/>",
    "<é/>", "<a\u{212A}/>", "<>", "</a>", "<a/ >", "<a / >",
    // Mixed content
    "<a>x<b/></a>", "<a><b/>x</a>", "<a><b/>x<c/></a>",
    // Attributes
    "<a b/>", "<a b=/>", "<a b=1/>", "<a b='1/>", "<a b='1\"/>", "<a b='<'/>", "<a b='1'c='2'/>", "<a b='&x;'/>",
    "<a ='1'/>", "<a/b='1'>", "<a b='\u{1}'/>",
    // References
    "<a>&</a>", "<a>&amp</a>", "<a>&AMP;</a>", "<a>&nbsp;</a>", "<a>&x;</a>", "<a>&#;</a>", "<a>&#x;</a>",
    "<a>&#0;</a>", "<a>&#1;</a>", "<a>&#x1B;</a>", "<a>&#xD800;</a>", "<a>&#xDFFF;</a>", "<a>&#xFFFE;</a>",
    "<a>&#xFFFF;</a>", "<a>&#x110000;</a>", "<a>&#99999999999999999999;</a>", "<a>&#X41;</a>", "<a>&#-1;</a>",
    "<a>&#+65;</a>", "<a>&#6 5;</a>", "<a>&#65</a>", "<a>&#xG;</a>", "<a>&#A;</a>", "<a>& amp;</a>", "<a>&",
    // Characters
    "<a>\u{0}</a>", "<a>\u{1B}</a>", "<a>\u{8}</a>", "<a>\u{FFFE}</a>", "<a>\u{FFFF}</a>", "<a>]]></a>",
    "\u{FEFF}<a/>",
    // Markup with no use here
    "<!DOCTYPE a><a/>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "<!-- x --><a/>", "<a><!-- x --></a>",
    "<a/><!-- x -->", "<a><![CDATA[x]]></a>", "<a>x<![CDATA[y]]></a>", "<!ENTITY x 'y'><a/>", "<!", "<a><!",
    "<?x y?><a/>", "<a><?x y?></a>", "<a/><?x y?>", "<?xml-stylesheet href='x'?><a/>",
    // The declaration
    "<?xml?><a/>", "<?xml ?><a/>", "<?xml version='1.0'><a/>", "<?xml version='1.0'?>", " <?xml version='1.0'?><a/>",
    "<?xml version='1.0'?><?xml version='1.0'?><a/>", "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
    "<?xml version='1.0' encoding='UTF-16'?><a/>", "<?xml version='1.0' encoding='UTF-7'?><a/>",
    "<?xml encoding='UTF-8'?><a/>", "<?xml encoding='UTF-8' version='1.0'?><a/>",
    "<?xml version='1.0' version='1.0'?><a/>", "<?XML version='1.0'?><a/>", "<?xml version='1.0' x='y'?><a/>",
  ])
  func refuses(document: String) {
    #expect(throws: XMLError.self) { try parse(document) }
  }

  @Test(arguments: [
    "<?xml version='1.0'?><a/>", "<?xml version=\"1.0\" encoding=\"utf-8\" standalone='no' ?>\n<a/>", " \r\n\t<a/>\n",
    "<_a-b.c1/>", "<a\n/>", "<a></a\t>", "<a b=''/>", "<a b='&lt;&#10;'></a>", "<a>\u{7F}\u{85}é\u{10FFFF}</a>",
    "<a>]] ></a>", "<a>></a>", "<a> <b/> </a>", "<a>&#32;<b/></a>",
  ])
  func accepts(document: String) {
    #expect(throws: Never.self) { try parse(document) }
  }

  @Test func refusesWhatIsNotUTF8() {
    for bytes: [UInt8] in [[0xFF], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80]] {
      #expect(throws: XMLError.notUTF8) { try XMLElement.parse(Array("<a>".utf8) + bytes + Array("</a>".utf8)) }
    }
    // UTF-16
    #expect(throws: XMLError.notUTF8) { try XMLElement.parse([0xFF, 0xFE, 0x3C, 0, 0x61, 0, 0x2F, 0, 0x3E, 0]) }
    #expect(throws: XMLError.self) { try XMLElement.parse([0x3C, 0, 0x61, 0, 0x2F, 0, 0x3E, 0]) }
  }

  @Test func refusesABillionLaughsAtItsFirstByte() {
    var bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [<!ENTITY lol \"lol\">"
    for level in 1...9 {
      bomb += "<!ENTITY lol\(level) \"\(String(repeating: "&lol\(level > 1 ? "\(level - 1)" : "");", count: 10))\">"
    }
    bomb += "]><lolz>&lol9;</lolz>"
    #expect(throws: XMLError.markupDeclaration(at: 22)) { try parse(bomb) }
    #expect(throws: XMLError.malformedReference(at: 6)) { try parse("<lolz>&lol9;</lolz>") }
  }

  @Test func depthIsLimited() {
    func nested(_ depth: Int) -> String {
      String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
    }
    #expect(throws: Never.self) { try parse(nested(16)) }
    #expect(throws: XMLError.tooDeep(at: 48)) { try parse(nested(17)) }
    #expect(throws: XMLError.tooDeep(at: 48)) { try parse(nested(100_000)) }
    #expect(throws: XMLError.tooDeep(at: 48)) { try parse(String(repeating: "<a>", count: 100_000)) }
  }

  @Test func sizeIsLimitedToTheByte() {
    let filler = String(repeating: "x", count: (1 << 20) - 7)
    #expect(throws: Never.self) { try parse("<a>\(filler)</a>") }
    #expect(throws: XMLError.tooLarge(limit: 1 << 20)) { try parse("<a>\(filler)x</a>") }
  }

  @Test func everyTruncationIsAnError() {
    // Up to the last `>`; white space may follow.
    let document = String(reply.dropLast())
    for prefix in truncations(of: document) {
      #expect(throws: XMLError.self, "\(prefix.count)") { try XMLElement.parse(prefix) }
    }
    #expect(throws: Never.self) { try parse(document) }
  }

  @Test func mutatedDocumentsAreRefusedOrSurviveWriting() {
    let seeds = [reply, "<a><b>1</b><b>&lt;</b></a>", "<x:a b='c'><d/><e>f</e></x:a>"]
    var accepted = 0
    for bytes in mutations(of: seeds, alphabet: "<>/&;#x'\"= ?!:ab1", seed: 4) {
      guard let element = try? XMLElement.parse(bytes) else { continue }
      accepted += 1
      #expect((try? parse(written(element))) == element, "\(bytes)")
    }
    #expect(accepted > 50)
  }

  @Test func aMegabyteOfAnythingTakesLinearTime() {
    let size = (1 << 20) - 16
    let start = ContinuousClock.now
    for unit in ["<a/>", "<b>x</b>", " "] {
      let content = String(repeating: unit, count: size / unit.utf8.count)
      #expect(throws: Never.self) { try parse("<a>\(content)</a>") }
    }
    for unit in ["&#65;", "&amp;", "]", "\r", "é"] {
      #expect(throws: Never.self) { try parse("<a>\(String(repeating: unit, count: size / unit.utf8.count))</a>") }
    }
    let attributes = (0..<size / 16).map { "b\($0)='c' " }.joined()
    #expect(throws: Never.self) { try parse("<a \(attributes)/>") }
    #expect(throws: Never.self) { try parse("<a b='\(String(repeating: "x", count: size))'/>") }
    for unit in ["<", "&", "<a ", "<a b='", "&#", "<a:", "?"] {
      #expect(throws: XMLError.self) { try parse(String(repeating: unit, count: size / unit.utf8.count)) }
    }
    #expect(throws: XMLError.self) { try parse("<a>&#\(String(repeating: "9", count: size - 32));</a>") }
    // A quadratic step would take hours; this leaves room for a debug build on a busy machine.
    #expect(ContinuousClock.now - start < .seconds(120))
  }

  private func parse(_ text: String) throws -> XMLElement { try XMLElement.parse(Array(text.utf8)) }

  private func written(_ element: XMLElement) -> String {
    // A prefix for each, because two qualified names may have one local part.
    let attributes = element.attributes.enumerated().map {
      " p\($0.offset):\($0.element.name)=\"\(escaped($0.element.value))\""
    }
    return "<\(element.name)\(attributes.joined())>" + escaped(element.text) + element.children.map(written).joined()
      + "</\(element.name)>"
  }

  private func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "<": "&lt;"
      case "&": "&amp;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "\r": "&#13;"
      default: String(scalar)
      }
    }.joined()
  }
}

extension XMLElement {
  fileprivate static func leaf(_ name: String) -> XMLElement? { try? parse(Array("<\(name)></\(name)>".utf8)) }
}
