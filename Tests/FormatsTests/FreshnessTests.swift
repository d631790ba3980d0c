import Formats
import Model
import Testing

@Suite struct FreshnessTests {
  private func freshness(_ headers: [(String, String)]) -> Freshness? {
    Freshness(HTTPResponse(status: 200, headers: headers.map { (name: $0.0, value: $0.1) }))
  }

  @Test(arguments: [
    ("max-age=600", 600), ("public, max-age=600, must-revalidate", 600), ("Max-Age=\"600\"", 600), ("max-age = 5", 5),
    ("no-cache, max-age=600", 0), ("max-age=-1", 0), ("max-age=", 0), ("max-age", 0), ("max-age=1e3", 0),
    ("max-age=99999999999999999999", 0), ("s-maxage=600", 0), ("", 0),
  ])
  func takesTheLifetimeThatIsStated(_ control: String, _ seconds: Int64) throws {
    let found = try #require(freshness([("cache-control", control), ("etag", "\"1\"")]))
    #expect(found.seconds == seconds)
  }

  @Test func timeInOtherCachesCounts() {
    func seconds(_ age: String) -> Int64? {
      freshness([("cache-control", "max-age=600"), ("age", age), ("etag", "x")])?.seconds
    }
    #expect(seconds("100") == 500)
    #expect(seconds("600") == 0 && seconds("1000000") == 0 && seconds("-9223372036854775808") == 0)
    #expect(seconds("soon") == 600)
  }

  @Test func nothingIsKeptThatMayNotBeOrIsOfNoUse() {
    #expect(freshness([]) == nil)
    #expect(freshness([("cache-control", "no-store, max-age=600"), ("etag", "x")]) == nil)
    #expect(freshness([("cache-control", "no-cache")]) == nil)
    #expect(freshness([("cache-control", "max-age=600"), ("cache-control", "no-store")]) == nil)
  }

  @Test func validatorsGoBackAsTheyCame() throws {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    let found = try #require(freshness([("etag", "W/\"a b\""), ("last-modified", date)]))
    #expect(
      found.conditions.map { "\($0.name): \($0.value.exposedText())" } == [
        "If-None-Match: W/\"a b\"", "If-Modified-Since: \(date)",
      ])
    for strange in ["", "a\r\nX: y", "ü", String(repeating: "x", count: 300)] {
      #expect(freshness([("etag", strange)]) == nil)
    }
  }
}
