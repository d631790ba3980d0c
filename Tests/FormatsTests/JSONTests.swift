import Formats
import Model
import Testing

struct JSONTests {
  @Test func readsMembersInOrder() throws {
    let value = try parse(#"{"b":[1,true,null],"a":"x\n\u00e9","c":{"d":-0.5e1}}"#)
    let object = try #require(value.object)
    #expect(object.members.map(\.key) == ["b", "a", "c"])
    #expect(object["b"]?.array?.count == 3)
    #expect(object["b"]?.array?.first?.integer == 1)
    #expect(object["b"]?.array?.dropFirst().first?.bool == true)
    #expect(object["b"]?.array?.last == .null)
    #expect(object["a"]?.text == "x\né")
    #expect(object["c"]?.object?["d"]?.integer == -5)
    #expect(object["e"] == nil)
    #expect(value.array == nil && value.text == nil && value.bool == nil && value.integer == nil)
  }

  @Test func comparesNamesByBytesAndNotAsSwiftDoes() throws {
    // Each pair is equal as `String`.
    for (one, other) in [("K", "\u{212A}"), ("é", "e\u{301}"), (";", "\u{37E}"), ("`", "\u{1FEF}")] {
      #expect(one == other)
      let object = try #require(try parse("{\"\(one)\":1,\"\(other)\":2}").object)
      #expect(object[one]?.integer == 1)
      #expect(object[other]?.integer == 2)
      #expect(try parse("{\"\(one)\":1}").object?[other] == nil)
      #expect(try parse("\"\(one)\"") != parse("\"\(other)\""))
    }
  }

  @Test func refusesANameTwiceAlsoAmongMany() throws {
    for count in [2, 15, 16, 17, 18, 1000] {
      let names = (0..<count).map { "\"n\($0)\":0" }
      #expect(try parse("{" + names.joined(separator: ",") + "}").object?.members.count == count)
      for repeated in [0, count / 2, count - 1] {
        #expect(throws: JSONError.self, "\(count) \(repeated)") {
          try parse("{" + (names + ["\"n\(repeated)\":0"]).joined(separator: ",") + "}")
        }
      }
    }
  }

  @Test func errorsNameTheByte() {
    #expect(throws: JSONError.unexpectedEnd(at: 3)) { try parse("[1,") }
    #expect(throws: JSONError.unexpectedByte(0x5D, at: 3)) { try parse("[1,]") }
    #expect(throws: JSONError.byteOrderMark) { try parse("\u{FEFF}{}") }
    #expect(throws: JSONError.malformedNumber(at: 1)) { try parse("[01]") }
    #expect(throws: JSONError.malformedEscape(at: 2)) { try parse(#"["\x"]"#) }
    #expect(throws: JSONError.loneSurrogate(at: 2)) { try parse(#"["\uD800"]"#) }
    #expect(throws: JSONError.controlCharacter(at: 2)) { try parse("[\"\n\"]") }
    #expect(throws: JSONError.notUTF8(at: 1)) { try JSON.parse([0x5B, 0x22, 0xFF, 0x22, 0x5D]) }
    #expect(throws: JSONError.duplicateKey("a", at: 7)) { try parse(#"{"a":1,"\u0061":2}"#) }
    #expect(throws: JSONError.tooDeep(at: 2)) { try JSON.parse(Array("[[[]]]".utf8), maximumDepth: 2) }
    #expect(throws: JSONError.trailingData(at: 3)) { try parse("{} x") }
    #expect(JSONError.duplicateKey("a", at: 7).offset == 7)
  }

  @Test func messagesHoldNoControlCharacters() {
    let message = JSONError.duplicateKey(ByteText("\u{1B}[31m\n"), at: 1).message
    #expect(message.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
  }

  @Test func depthIsLimited() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[{\"a\":", count: depth / 2) + "1" + String(repeating: "}]", count: depth / 2)
    }
    #expect(throws: Never.self) { try parse(nested(32)) }
    #expect(throws: JSONError.self) { try parse(nested(34)) }
    #expect(throws: Never.self) { try JSON.parse(Array(nested(128).utf8), maximumDepth: .max) }
    #expect(throws: JSONError.self) { try JSON.parse(Array(nested(130).utf8), maximumDepth: .max) }
    #expect(throws: JSONError.self) { try JSON.parse(Array("[]".utf8), maximumDepth: -1) }
    // Side by side is not nested.
    #expect(throws: Never.self) { try parse("[" + Array(repeating: "[[]]", count: 100).joined(separator: ",") + "]") }
  }

  @Test func aHundredThousandBracketsAreRefusedAndNotRecursedInto() {
    for bracket in ["[", "{\"a\":", "[{\"\":"] {
      let bytes = Array(String(repeating: bracket, count: 100_000).utf8)
      #expect(throws: JSONError.self) { try JSON.parse(bytes, maximumDepth: .max) }
    }
  }

  @Test func everyTruncationIsAnError() {
    let reply = #"""
      {"access_token":"ey.J","expires_in":3600.0e0,"scope":"a \"b\" \uD83D\uDE00é","x":[true,false,null,-1.5e-3,{}]}
      """#
    for prefix in truncations(of: reply) {
      #expect(throws: JSONError.self, "\(prefix.count)") { try JSON.parse(prefix) }
    }
    #expect(throws: Never.self) { try parse(reply) }
  }

  @Test func writesWhatItReads() throws {
    #expect(written(try parse("{ \"a\" : [ 1 , 2.50 , 1E3 ] }")) == #"{"a":[1,2.50,1E3]}"#)
    #expect(written(["a": [1, true, nil, "x"], "b": [:], "c": []]) == #"{"a":[1,true,null,"x"],"b":{},"c":[]}"#)
    #expect(
      written(.string(ByteText("\"\\/\u{8}\u{C}\n\r\t\u{0}\u{1B}é"))) == #""\"\\/\u0008\u000c\n\r\t\u0000\u001bé""#)
  }

  @Test func writesNothingThatATerminalObeys() throws {
    let controls = (Array(0...0x1F) + Array(0x7F...0x9F)).compactMap { Unicode.Scalar(UInt32($0)) }
    let text = String(String.UnicodeScalarView(controls)) + "\u{A0}\u{BF}é\u{C2}\u{82}"
    let bytes = JSON(text).serialized()
    #expect(
      String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    #expect(try JSON.parse(bytes).text == ByteText(text))
  }

  @Test func mutatedDocumentsAreRefusedOrSurviveWriting() {
    let seeds = [
      #"{"iss":"https://a.example","aud":["x","y"],"exp":1763820000,"nested":{"a":[1.5,-2e3,null,true]}}"#,
      #"["\u00e9\ud83d\ude00","é😀",{"":""},0,-0,1E400]"#,
      #"{"error":"slow_down","interval":5,"a":{"b":{"c":{"d":[[[[]]]]}}}}"#,
    ]
    var accepted = 0
    for bytes in mutations(of: seeds, alphabet: "{}[],:\"\\u0123eE+-. tfn") {
      guard let value = try? JSON.parse(bytes) else { continue }
      accepted += 1
      #expect((try? JSON.parse(value.serialized())) == value, "\(bytes)")
    }
    #expect(accepted > 50)
  }

  @Test func aMegabyteOfAnythingTakesLinearTime() {
    let size = 1 << 20
    let documents = [
      "[" + String(repeating: "0,", count: size / 2) + "0]",
      "[" + String(repeating: "{},", count: size / 3) + "0]",
      "\"" + String(repeating: "\\n", count: size / 2) + "\"",
      "\"" + String(repeating: "\\ud83d\\ude00", count: size / 12) + "\"",
      "\"" + String(repeating: "é", count: size / 2) + "\"",
      String(repeating: "9", count: size), String(repeating: " ", count: size) + "1",
      "{" + (0..<size / 16).map { "\"n\($0)\":0" }.joined(separator: ",") + "}",
      "{" + (0..<8).map { "\"" + String(repeating: "k", count: size / 8) + "\($0)\":0" }.joined(separator: ",") + "}",
    ].map { Array($0.utf8) }
    let refused = ["[", "{\"a\":[", "\"\\", "-", ",", "\u{0}", "\"a\":"].map {
      Array(String(repeating: $0, count: size).utf8)
    }
    let start = ContinuousClock.now
    for document in documents { #expect(throws: Never.self) { try JSON.parse(document) } }
    for document in refused { #expect(throws: JSONError.self) { try JSON.parse(document) } }
    // A quadratic step would take minutes; this leaves room for a debug build on a busy machine.
    #expect(ContinuousClock.now - start < .seconds(30))
  }

  private func parse(_ text: String) throws -> JSON { try JSON.parse(Array(text.utf8)) }
  private func written(_ value: JSON) -> String { String(decoding: value.serialized(), as: UTF8.self) }
}
