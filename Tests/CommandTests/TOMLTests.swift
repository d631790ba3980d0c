import Model
import Testing

@testable import Command

private func parse(_ text: String) throws(TOMLError) -> TOMLTable { try TOMLParser.parse(Array(text.utf8)) }

private func table(_ members: (String, Int, TOMLValue)...) -> TOMLTable {
  TOMLTable(entries: members.map { TOMLTable.Entry(key: ByteText($0.0), line: $0.1, value: $0.2) })
}

@Suite("TOML")
struct TOMLTests {
  @Test(
    "values",
    arguments: [
      (#"a = "x\t\"\\\u00e9\U0001F600" # c"#, .string("x\t\"\\é😀")), (#"a = 'x\t"'"#, .string(#"x\t""#)),
      ("a = \"\"\"\nx\\\n   \n  y\"\"\"\"\"", .string("xy\"\"")), ("a = '''\r\nx\r\n'y''''", .string("x\n'y'")),
      ("a = \"\"", .string("")), ("a = \"\"\"\"\"\"", .string("")),
      ("a = 0", .integer(0)), ("a = -17", .integer(-17)), ("a = +1_000", .integer(1000)),
      ("a = 0xDEAD_beef", .integer(0xDEAD_BEEF)),
      ("a = 0o17", .integer(15)), ("a = 0b101", .integer(5)), ("a = 9223372036854775807", .integer(.max)),
      ("a = -9223372036854775808", .integer(.min)), ("a = true", .boolean(true)), ("a = false\r\n", .boolean(false)),
      ("a = 1.5", .float), ("a = -1e10", .float), ("a = 6.6_2E-34", .float), ("a = +inf", .float), ("a = nan", .float),
      ("a = 1979-05-27T07:32:00Z", .dateTime), ("a = 1979-05-27 07:32:00.5-07:00", .dateTime),
      ("a = 1979-05-27", .dateTime),
      ("a = 07:32:00", .dateTime), ("a = [ 1, # one\n 'b',\n]", .array([.integer(1), .string("b")])),
      ("a = []", .array([])),
      ("a = [[1],[]]", .array([.array([.integer(1)]), .array([])])),
      ("a = {}", .table(table())),
    ] as [(String, TOMLValue)])
  func values(text: String, value: TOMLValue) throws {
    #expect(try parse(text)["a"]?.value == value)
  }

  @Test("tables, dotted and quoted keys, arrays of tables, and the line of each")
  func structure() throws {
    let document = try parse(
      """
      # first
      top.x = 1
      top."y z" = 2

      [ a . 'b' ]
      c = { d.e = 1, f = 'g' }
      [[list]]
      n = 1
      [list.sub]
      s = 1
      [[list]]
      n = 2
      [a]
      late = true
      """)
    #expect(
      document
        == table(
          ("top", 2, .table(table(("x", 2, .integer(1)), ("y z", 3, .integer(2))))),
          (
            "a", 5,
            .table(
              table(
                (
                  "b", 5,
                  .table(
                    table(
                      (
                        "c", 6,
                        .table(
                          table(
                            ("d", 6, .table(table(("e", 6, .integer(1))))), ("f", 6, .string("g"))))
                      )))
                ),
                ("late", 14, .boolean(true))))
          ),
          (
            "list", 7,
            .array([
              .table(table(("n", 8, .integer(1)), ("sub", 9, .table(table(("s", 10, .integer(1))))))),
              .table(table(("n", 12, .integer(2)))),
            ])
          )))
  }

  @Test(
    "what is not TOML is refused with line and column",
    arguments: [
      ("a = 1\na = 2", 2, 1), ("[a]\n[a]", 2, 1), ("[a]\nb.c = 1\n[a.b]", 3, 1), ("a = {}\n[a.b]", 2, 1),
      ("a = {}\na.b = 1", 2, 1),
      ("[a.b.c]\n[a]\nb.c.d = 1", 3, 1), ("a = []\n[[a]]", 2, 1), ("[[a]]\n[a]", 2, 1), ("[a]\n[[a]]", 2, 1),
      ("a = {b = 1, b = 2}", 1, 1), ("a.b = 1\na = 2", 2, 1),
      ("a", 1, 2), ("a =", 1, 4), ("= 1", 1, 1), ("a = 1 b = 2", 1, 7), ("a = 'x", 1, 7), ("a = \"x\ny\"", 1, 7),
      ("[a", 1, 3),
      ("[a] b", 1, 5), ("[[a]", 1, 5), ("[]", 1, 2), ("[a..b]", 1, 4), ("a = [1 2]", 1, 8), ("a = [1", 1, 7),
      ("a = {b = 1,}", 1, 12),
      ("a = {b = 1\n}", 1, 11), ("é = 1", 1, 1), ("'é' = x", 1, 7), ("a = \"\\x\"", 1, 7), ("a = \"\\uD800\"", 1, 12),
      ("a = \"\\u12\"", 1, 10), ("a = 01", 1, 5), ("a = 1__0", 1, 5), ("a = _1", 1, 5), ("a = 0x", 1, 5),
      ("a = -0x1", 1, 5),
      ("a = 0x-1", 1, 5), ("a = 9223372036854775808", 1, 5), ("a = 1.", 1, 5), ("a = .5", 1, 5), ("a = 1e", 1, 5),
      ("a = 00.5", 1, 5),
      ("a = True", 1, 5), ("a = yes", 1, 5), ("a = --1", 1, 5), ("a = +", 1, 5), ("a = 1979-05-27T", 1, 5),
      ("a = \u{7}", 1, 5),
      ("a = 1\rb = 2", 1, 6), ("a = \"\u{1}\"", 1, 6), ("# \u{1}", 1, 3), ("a = '''x", 1, 9),
      ("a = \"\"\"\\ x\"\"\"", 1, 10),
    ])
  func refused(text: String, line: Int, column: Int) {
    let error = #expect(throws: TOMLError.self) { try parse(text) }
    #expect(error.map { [$0.line, $0.column] } == [line, column], "\(text.printable()): \(error?.reason ?? "")")
  }

  @Test("depth is bounded", arguments: ["[", "{a=", "[{a="])
  func depth(opening: String) {
    #expect(throws: TOMLError.self) { try parse("a = " + String(repeating: opening, count: 100_000)) }
    #expect(throws: TOMLError.self) { try parse(String(repeating: "a.", count: 100_000) + "a = 1") }
  }

  @Test("keys that differ in bytes are different keys")
  func keysAreBytes() throws {
    #expect(try parse("'\u{E9}' = 1\n'e\u{301}' = 2").entries.count == 2)
  }

  @Test("a large document takes time in proportion")
  func large() throws {
    let tables = try parse(String(repeating: "[[a]]\n", count: 40_000))
    guard case .array(let all) = tables["a"]?.value else {
      Issue.record("no array")
      return
    }
    #expect(all.count == 40_000)
    #expect(try parse((0..<20_000).map { "k\($0) = 1\n" }.joined()).entries.count == 20_000)
  }

  @Test("no mutation of a config file does anything but parse or fail with a place in the file")
  func mutations() {
    let seed = Array(
      """
      # comment
      [profile.default]
      issuer = "https://idp.example/\\u00e9"
      scopes = ["openid", 'email', \"\"\"x\"\"\"]
      duration = 3_600
      strict = true
      then.x = { a.b = 1, c = [1.5, 1979-05-27 07:32:00Z] }
      [[profile.default.then]]
      role_arn = '''arn'''
      [serve]
      """.utf8)
    let fragments =
      [
        "[", "]", "[[", "{", "}", "\"", "'''", "\"\"\"", "\\", "=", ".", ",", "\n", "\r", "\r\n", "#", "0x", "_", "e",
        "\\U",
      ]
      .map { Array($0.utf8) } + [[0], [0xFF], [0xC3], [0xF0, 0x9F], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF]]
    var random = Generator(state: 42)
    for _ in 0..<5_000 {
      var bytes = seed
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(contentsOf: fragments.randomElement(using: &random) ?? [], at: place)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0..<8, using: &random)))
        case 2: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
        default: bytes.removeLast(Int.random(in: 0...bytes.count / 4, using: &random))
        }
      }
      do {
        let file = try ConfigFile(path: "/c", bytes)
        for name in file.profiles.keys {
          _ = try ProfileReader(
            name: name, section: file.profiles[name], path: "/c", environment: [:], flags: SettingFlags()
          ).profile()
        }
      } catch {
        #expect(error.message.contains("/c:"), "\(error)")
        #expect(!error.message.utf8.contains { $0 < 0x20 })
        if case .syntax(_, let line, let column, _) = error {
          #expect(line >= 1 && line <= bytes.count { $0 == 0x0A } + 1)
          #expect(column >= 1 && column <= bytes.count + 1)
        }
      }
    }
  }
}

/// SplitMix64: the same numbers on every run.
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
