import Formats
import Testing

@Suite("JSON pointers (RFC 6901)")
struct JSONPointerTests {
  /// The document of §5.
  private let document = #"""
    {"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}
    """#

  @Test(arguments: [
    ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"), ("/g|h", "4"), ("/i\\j", "5"),
    ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"), ("/foo", #"["bar","baz"]"#),
  ])
  func leadTo(_ pointer: String, _ value: String) throws {
    let found = try #require(try JSON.parse(Array(document.utf8))[pointer: pointer])
    #expect(String(decoding: found.serialized(), as: UTF8.self) == value)
  }

  @Test(arguments: [
    "foo", "/foo/2", "/foo/00", "/foo/-", "/foo/x", "/foo/99999999999999999999", "/foo/0/a", "/m~n", "/no",
  ])
  func leadNowhere(_ pointer: String) throws {
    #expect(try JSON.parse(Array(document.utf8))[pointer: pointer] == nil)
  }

  @Test func theEmptyOneIsTheWhole() throws {
    let whole = try JSON.parse(Array(document.utf8))
    #expect(whole[pointer: ""] == whole)
  }
}
