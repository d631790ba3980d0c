import Formats
import Model
import Testing

/// The kinds of cases that JSONTestSuite collects, by its naming: what every reader must take, what none may take, and
/// what is left open there but not here.
struct JSONSyntaxTests {
  @Test func acceptsEveryValidDocument() {
    for document in valid {
      #expect(throws: Never.self, "\(document)") { try JSON.parse(Array(document.utf8)) }
    }
  }

  @Test func refusesEveryInvalidDocument() {
    for document in invalid {
      #expect(throws: JSONError.self, "\(document.debugDescription)") { try JSON.parse(Array(document.utf8)) }
    }
    for bytes in invalidBytes {
      #expect(throws: JSONError.self, "\(bytes)") { try JSON.parse(bytes) }
    }
  }

  @Test func everyValidDocumentSurvivesWritingAndReading() throws {
    for document in valid {
      let value = try JSON.parse(Array(document.utf8))
      #expect(try JSON.parse(value.serialized()) == value, "\(document)")
    }
  }

  @Test func tableIsLargeEnoughToMeanSomething() {
    #expect(valid.count >= 80)
    #expect(invalid.count + invalidBytes.count >= 150)
    #expect(Set(valid.map { Array($0.utf8) }).count == valid.count)
    #expect(Set(invalid.map { Array($0.utf8) }).count == invalid.count)
  }

  private let valid = [
    // Structure and white space
    "[]", "{}", "[[]]", "[[] ]", "[{}]", " [] ", "\t[]\r\n", "[ ]", "{ }", "[1,2]", "[1 ,2]", "[1, 2]", "[\n1\n]\n",
    "[null, 1, \"1\", {}]", "[null]", "[false]", "[true]", "[\"asd\"]", "[\"asd \"]", "[ 4]", "[\"a\"]",
    "[1,null,null,null,2]", "[[[[[[1]]]]]]", "{\"a\":[]}", "{\"a\": {\"b\": {}}}", "{\"\":0}", "{\"a\":1,\"b\":1}",
    "{\"asd\":\"sdf\"}", "{\"asd\":\"sdf\", \"dfg\":\"fgh\"}", "{\"foo\\u0000bar\": 42}", "{\n\"a\": \"b\"\n}",
    "{\"min\": -1.0e+28, \"max\": 1.0e+28}", "{\"title\":\"\\u041f\\u043e\\u043b\"}",
    "{\"x\":[{\"id\": \"xxxxxxxxxxxxxxxxxxxx\"}], \"id\": \"xxxxxxxxxxxxxxxxxxxx\"}",
    // Values that stand alone
    "false", "true", "null", "42", "-0.1", "\"asd\"", "\"\"", " 1 ",
    // Numbers
    "[0]", "[-0]", "[-1]", "[-123]", "[123]", "[20e1]", "[0e+1]", "[0e1]", "[0E1]", "[0E+1]", "[1E22]", "[1E-2]",
    "[1E+2]", "[1e-2]", "[1e+2]", "[123e45]", "[123e65]", "[123.456e78]", "[123.456789]", "[-0.0]",
    "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]", "[1e400]", "[-1e400]",
    "[100000000000000000000]", "[-237462374673276894279832749832423479823246327846]", "[0.4e00669999999999999999999]",
    // Strings
    "[\"\\u0060\\u012a\\u12AB\"]", "[\"\\uD801\\udc37\"]", "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]",
    "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "[\"\\\\u0000\"]", "[\"\\\"\"]", "[\"a/*b*/c/*d//e\"]", "[\"\\\\a\"]",
    "[\"\\\\n\"]", "[\"\\u0012\"]", "[\"\\uFFFF\"]", "[\"\\u0000\"]", "[\"\\u002c\"]", "[\"new\\u000Aline\"]",
    "[\"\\u00A0\"]", "[\"\\uDBFF\\uDFFF\"]", "[\"\\uD834\\uDd1e\"]", "[\"\\u200B\"]", "[\"\\u2064\"]", "[\"\\uFDD0\"]",
    "[\"\\uFFFE\"]", "[\"\\u0821\"]", "[\"\\u0123\"]", "[\"\u{7F}\"]", "[\"a\u{7F}a\"]", "[\"\u{FFFF}\"]",
    "[\"\u{10FFFF}\"]", "[\"\u{1BFFF}\"]", "[\"\u{2028}\"]", "[\"\u{2029}\"]", "[\"€𝄞\"]", "[\"⍂㈴⍂\"]", "[\"π\"]",
    "[\" \"]", "[\"\u{FEFF}\"]", "[\"\u{E0}\u{0301}\"]", "[\"\u{0301}\"]",
  ]

  private let invalid = [
    "", " ", "\n",
    // Arrays
    "[1 true]", "[a]", "[\"\": 1]", "[\"\"],", "[,1]", "[1,,2]", "[\"x\",,]", "[\"x\"]]", "[\"\",]", "[\"x\"", "[x",
    "[3[4]]", "[1:2]", "[,]", "[-]", "[   , \"\"]", "[\"a\",\n4\n,1,", "[1,]", "[1,,]", "[\"\u{0B}a\"\\f]", "[*]",
    "[\"\"", "[1,", "[1,\n1\n,1", "[{}", "[", "]", "[]]", "][", "[[]", "[}", "[1}", "[\"a", "[\"a\" \"b\"]", "(1)",
    "[1]\n[2]", "[1;2]",
    // Keywords
    "[fals]", "[nul]", "[tru]", "[True]", "[TRUE]", "[NULL]", "[nullx]", "[truefalse]", "nul", "tru", "[fal se]",
    "[undefined]", "[true\u{0}]",
    // Numbers
    "[++1234]", "[+1]", "[+Inf]", "[-01]", "[-1.0.]", "[-2.]", "[-NaN]", "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]",
    "[0.3e]", "[0.e1]", "[0e+]", "[0e]", "[0E]", "[0E+]", "[1.0e+]", "[1.0e-]", "[1.0e]", "[1 000.0]", "[1eE2]",
    "[2.e+3]", "[2.e-3]", "[2.e3]", "[9.e+]", "[Inf]", "[NaN]", "[Infinity]", "[-Infinity]", "[1+2]", "[0x1]", "[0x42]",
    "[0X1p3]", "[--2]", "[- 1]", "[-012]", "[-.123]", "[-1x]", "[1ea]", "[1.]", "[.123]", "[1.2a-3]",
    "[1.8011670033376514H-308]", "[012]", "[00]", "[0_1]", "[1e1.5]", "[1,000]", "[\u{FF11}]", "[\u{0661}]", "-", "2.",
    "[0 1]", "[-foo]", "[1e]", "[1e+-2]", "[+0]",
    // Objects
    "[\"x\", truth]", "{[: \"x\"}\n", "{\"x\", null}", "{\"x\"::\"b\"}", "{\"a\":\"a\" 123}", "{key: 'value'}",
    "{\"a\" b}", "{:\"b\"}", "{\"a\" \"b\"}", "{\"a\":", "{\"a\"", "{1:1}", "{9999E9999:1}", "{null:null,null:null}",
    "{\"id\":0,,,,,}", "{'a':0}", "{\"id\":0,}", "{\"a\":\"b\"}/**/", "{\"a\":\"b\"}#", "{\"a\":\"b\"}//",
    "{\"a\":/**/1}",
    "{\"a\":\"b\",,\"c\":\"d\"}", "{a: \"b\"}", "{\"a\":\"a", "{ \"foo\" : \"bar\", \"a\" }", "{\"a\":\"b\"}#{}", "{",
    "}",
    "{]", "{,", "{\"a\":1", "{\"a\":1,", "{\"a\":1]", "{\"a\":1:2}", "{\"a\"=1}", "{\"a\":}", "{true:1}", "{[]:1}",
    "{}}",
    "{\"a\":1 \"b\":2}",
    // Member names twice
    "{\"a\":\"b\",\"a\":\"c\"}", "{\"a\":\"b\",\"a\":\"b\"}", "{\"a\":1,\"\\u0061\":2}", "{\"\":1,\"\":2}",
    "{\"x\":{\"b\":1,\"b\":1}}", "{\"/\":1,\"\\/\":2}", "{\"\u{1F600}\":1,\"\\uD83D\\uDE00\":2}",
    // Strings
    "[\"\\uD800\\\"]", "[\"\\uD800\\u\"]", "[\"\\uD800\\u1\"]", "[\"\\uD800\\u1x\"]", "[\"\\uD800\"]", "[\"\\uDFAA\"]",
    "[\"\\uD888\\u1234\"]", "[\"\\uD800\\n\"]", "[\"\\uDd1e\\uD834\"]", "[\"\\uD800\\uD800\\uDC00\"]", "[\"\\uDADA\"]",
    "[\"\\uD800abc\"]", "[\\u0020\"asd\"]", "[\"\\\\\\\"]", "[\"\\\"]", "[\"\\x00\"]", "[\"\\\t\"]", "[\"\\🌀\"]",
    "[\"\\u00A\"]", "[\"\\u\"]", "[\"\\u12\"]", "[\"\\u123g\"]", "[\"\\U0041\"]", "[\"\\u-123\"]", "[\"\\u 123\"]",
    "[\"\\a\"]", "[\"\\'\"]", "[\"\\0\"]", "['single quote']", "\"", "abc", "[\"\\", "\"\\u", "\"\\ud83d\\",
    "[\"a\u{0}a\"]", "[\"new\nline\"]", "[\"\t\"]", "[\"\r\"]", "[\"\u{1F}\"]", "[\"\u{1B}[31m\"]", "\"a\"x", "'a'",
    "[“a”]", "\u{0}", "[1]\u{0}",
    // White space and other things that are none of JSON's
    "[\u{0C}]", "[\u{0B}]", "[\u{A0}1]", "[\u{2060}]", "[\u{2028}]", "\u{FEFF}", "\u{FEFF}{}", "{}\u{FEFF}", "<.>",
    "[<null>]", "[1]x", "[1]]", "1]", "{\"a\": true} \"x\"", "[][]", "{}{}", "1 2", "å", "*", "{\"\":", "[ false, nu",
    "{\"a\":1}\u{0}", "//x\n1", "/*x*/1", "#x\n1", "[1]//", "(function(){})", "&", "data:1",
  ]

  private let invalidBytes: [[UInt8]] = [
    [0xFF], [0xEF, 0xBB], [0xEF, 0xBB, 0xBF], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D],
    // UTF-16 with and without a mark
    [0xFF, 0xFE, 0x5B, 0, 0x5D, 0], [0xFE, 0xFF, 0, 0x5B, 0, 0x5D], [0x5B, 0, 0x5D, 0], [0, 0x5B, 0, 0x5D],
    // Not UTF-8, in a string: lone and missing continuation, overlong, surrogates, beyond the end
    string([0x80]), string([0xE9]), string([0xE5]), string([0xE0, 0xFF]), string([0xC3]), string([0xC0, 0xAF]),
    string([0xC1, 0xBF]), string([0xE0, 0x80, 0xAF]), string([0xF0, 0x80, 0x80, 0xAF]), string([0xED, 0xA0, 0x80]),
    string([0xED, 0xBF, 0xBF]), string([0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80]), string([0xF4, 0x90, 0x80, 0x80]),
    string([0xF5, 0x80, 0x80, 0x80]), string([0xF8, 0x88, 0x80, 0x80, 0x80]),
    string([0xFC, 0x80, 0x80, 0x80, 0x80, 0x80]),
    string([0xE6, 0x97, 0xA5, 0xD1, 0x88, 0xFA]), string([0xFE]), string([0xFF]), string([0x81]),
    // An escape does not complete a broken sequence
    string([0xC3] + Array("\\u00A9".utf8)), string(Array("\\u00C3".utf8) + [0xA9]),
    // Not UTF-8, elsewhere
    [0x5B, 0xE5, 0x5D], [0x5B, 0x31, 0xE5, 0x5D], [0x5B, 0x31, 0x65, 0x31, 0xE5, 0x5D], [0x7B, 0xE5, 0x7D],
    Array("{\"a\":1}".utf8) + [0xE5], [0x5B, 0x22, 0x61, 0x22, 0x5D, 0x80],
  ]

  private static func string(_ bytes: [UInt8]) -> [UInt8] { [0x5B, 0x22] + bytes + [0x22, 0x5D] }
}
