import Formats
import Model
import Testing

struct HTTPDateTests {
  /// RFC 9110 §5.6.7.
  @Test(arguments: [
    "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
  ])
  func readsTheThreeForms(text: String) {
    #expect(HTTPDate.parse(text) == WallTime(seconds: 784_111_777))
  }

  @Test(
    arguments: [
      ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thursday, 01-Jan-70 00:00:00 GMT", 0), ("Wed Dec 31 23:59:59 1969", -1),
      ("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800), ("Sunday, 22-Nov-26 14:00:00 GMT", 1_795_356_000),
      ("Sun Nov 22 14:00:00 2026", 1_795_356_000), ("Tuesday, 31-Dec-69 23:59:59 GMT", 3_155_759_999),
      ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799), ("Sat, 01 Jan 0000 00:00:00 GMT", -62_167_219_200),
    ] as [(String, Int64)])
  func readsOtherMoments(text: String, seconds: Int64) {
    #expect(HTTPDate.parse(text) == WallTime(seconds: seconds))
  }

  @Test(arguments: [
    "", "Sun", "Sun,", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 6 Nov 1994 08:49:37 GMT", "Mon, 06 Nov 1994 08:49:37 GMT",
    "sun, 06 nov 1994 08:49:37 gmt", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:60 GMT",
    " Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun,  06 Nov 1994 08:49:37 GMT",
    "Sun, 06-Nov-94 08:49:37 GMT", "Sunday, 06 Nov 1994 08:49:37 GMT", "Monday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov 6 08:49:37 1994", "Sun Nov 06 08:49:37 94", "Sun Nov  6 08:49:37 1994 GMT", "06 Nov 1994 08:49:37 GMT",
    "1994-11-06T08:49:37Z", "Sun, 06 Nov +994 08:49:37 GMT", "Sun, ٠٦ Nov 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
  ])
  func refusesEverythingElse(text: String) {
    #expect(HTTPDate.parse(text) == nil)
  }

  @Test func theDayOfTheWeekGoesRoundForever() {
    let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    for day in 0..<31 {
      for (offset, name) in names.enumerated() {
        let text = "\(name), \(day < 9 ? "0" : "")\(day + 1) Jan 1970 00:00:00 GMT"
        #expect((HTTPDate.parse(text) != nil) == (day % 7 == offset), "\(text)")
      }
    }
  }
}

struct RetryAfterTests {
  private let now = WallTime(seconds: 784_111_777)

  @Test(
    arguments: [
      ("0", 0), ("5", 5), ("120", 120), ("007", 7), ("2147483648", 2_147_483_648), ("2147483649", 2_147_483_648),
      ("99999999999999999999999999", 2_147_483_648), ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
      ("Sun, 06 Nov 1994 08:50:07 GMT", 30), ("Sunday, 06-Nov-94 08:50:07 GMT", 30), ("Sun Nov  6 08:50:07 1994", 30),
      ("Sun, 06 Nov 1994 08:49:36 GMT", 0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Fri, 31 Dec 9999 23:59:59 GMT", 2_147_483_648),
    ] as [(String, Int64)])
  func readsSecondsAndDates(header: String, seconds: Int64) {
    #expect(RetryAfter.parse(header, now: now) == seconds)
  }

  @Test(arguments: [
    "", "-1", "+5", "1.5", "1e99", "1e3", "0x10", " 5", "5 ", "5,6", "5s", "abc", "nan", "inf", "٥", "５", "5\n",
    "Sun, 06 Nov 1994", "1994-11-06T08:50:07Z", "\u{0}",
  ])
  func ignoresGarbage(header: String) {
    #expect(RetryAfter.parse(header, now: now) == nil)
  }

  @Test func staysInRangeWhateverTheClockSays() {
    for seconds in [Int64.min, .max, 0] {
      let delay = RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT", now: WallTime(seconds: seconds))
      #expect(delay.map { (0...2_147_483_648).contains($0) } == true)
    }
  }
}
