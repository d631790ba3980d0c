import Formats
import Model
import Testing

struct RFC3339Tests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00+00:00", 0), ("1970-01-01T00:00:00-00:00", 0),
      ("1970-01-01t00:00:00z", 0), ("1969-12-31T23:59:59Z", -1), ("2000-02-29T12:34:56Z", 951_827_696),
      ("2024-02-29T00:00:00Z", 1_709_164_800), ("2026-11-22T14:00:00Z", 1_795_356_000),
      ("2026-11-22T14:00:00.5Z", 1_795_356_000), ("2026-11-22T14:00:00.999999999Z", 1_795_356_000),
      ("2026-11-22T14:00:00.000000000000000001Z", 1_795_356_000), ("2026-11-22T15:30:00+01:30", 1_795_356_000),
      ("2026-11-22T09:00:00.25-05:00", 1_795_356_000), ("2026-11-23T13:59:00+23:59", 1_795_356_000),
      ("2038-01-19T03:14:08Z", 2_147_483_648), ("1900-03-01T00:00:00Z", -2_203_891_200),
      ("0000-01-01T00:00:00Z", -62_167_219_200), ("0000-02-29T00:00:00Z", -62_162_121_600),
      ("9999-12-31T23:59:59Z", 253_402_300_799),
      // RFC 3339 §5.8
      ("1985-04-12T23:20:50.52Z", 482_196_050), ("1996-12-19T16:39:57-08:00", 851_042_397),
      ("1937-01-01T12:00:27.87+00:20", -1_041_337_173),
    ] as [(String, Int64)])
  func readsMoments(text: String, seconds: Int64) {
    #expect(RFC3339.parse(text.utf8) == WallTime(seconds: seconds))
  }

  @Test(arguments: [
    "", "2026", "2026-11-22", "2026-11-22T14:00:00", "2026-11-22T14:00Z", "2026-11-22 14:00:00Z", "20261122T140000Z",
    // What the calendar and the clock lack
    "2026-02-29T00:00:00Z", "2026-02-30T00:00:00Z", "2024-02-30T00:00:00Z", "1900-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-06-31T00:00:00Z", "2026-09-31T00:00:00Z",
    "2026-11-31T00:00:00Z", "2026-01-32T00:00:00Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z",
    "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2016-12-31T23:59:60Z",
    "2026-01-01T00:00:61Z",
    // Offsets
    "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:60", "2026-01-01T00:00:00+0000", "2026-01-01T00:00:00+00",
    "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00 Z", "2026-01-01T00:00:00ZZ", "2026-01-01T00:00:00UTC",
    "2026-01-01T00:00:00Z+00:00", "2026-01-01T00:00:00−01:00", "0000-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    // Fields
    "2026-1-01T00:00:00Z", "26-01-01T00:00:00Z", "+2026-01-01T00:00:00Z", "-2026-01-01T00:00:00Z",
    "12026-01-01T00:00:00Z", "2026-01-01T0:00:00Z", "2026-01-01T+1:00:00Z", "2026-01-01T-1:00:00Z",
    "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00,5Z", "2026-01-01T00:00:00.5", "2026-01-01T00:00:00.5.5Z",
    "2026-01-01T00:00:0xZ", "2026-01-01T00:00: 0Z", " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z\n",
    "2026-01-01T00:00:00Z\u{0}", "２026-01-01T00:00:00Z", "2026-01-01T00:00:00\u{212A}", "2026/01/01T00:00:00Z",
    "٢٠٢٦-01-01T00:00:00Z",
  ])
  func refusesEverythingElse(text: String) {
    #expect(RFC3339.parse(text.utf8) == nil)
  }

  @Test func everyTruncationIsRefused() {
    for prefix in truncations(of: "2026-11-22T14:00:00.123456789+01:00") {
      #expect(RFC3339.parse(prefix) == nil, "\(prefix.count)")
    }
  }

  @Test func writesMoments() {
    #expect(RFC3339.format(WallTime(seconds: 0)) == "1970-01-01T00:00:00Z")
    #expect(RFC3339.format(WallTime(seconds: -1)) == "1969-12-31T23:59:59Z")
    #expect(RFC3339.format(WallTime(seconds: 1_709_164_800)) == "2024-02-29T00:00:00Z")
    #expect(RFC3339.format(WallTime(seconds: 1_795_356_009)) == "2026-11-22T14:00:09Z")
  }

  @Test func writesNothingBeyondYearsOfFourDigits() {
    #expect(RFC3339.format(WallTime(seconds: .min)) == "0000-01-01T00:00:00Z")
    #expect(RFC3339.format(WallTime(seconds: -62_167_219_201)) == "0000-01-01T00:00:00Z")
    #expect(RFC3339.format(WallTime(seconds: 253_402_300_800)) == "9999-12-31T23:59:59Z")
    #expect(RFC3339.format(WallTime(seconds: .max)) == "9999-12-31T23:59:59Z")
  }

  /// Counted along, from the first day to the last, wherever the calendar can go wrong: the ends of February and of the
  /// year.
  @Test func theCalendarIsRightInEveryYear() {
    var newYear: Int64 = -62_167_219_200
    for year in 0...9999 {
      let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
      let days = [("01-01", 0), ("02-28", 58), isLeap ? ("02-29", 59) : ("03-01", 59), ("12-31", isLeap ? 365 : 364)]
      for (date, count) in days {
        let text = "\(pad(year, 4))-\(date)T23:59:59Z"
        let time = WallTime(seconds: newYear + Int64(count) * 86_400 + 86_399)
        // One issue will do for all that may follow it.
        guard RFC3339.parse(text.utf8) == time, RFC3339.format(time) == text else {
          Issue.record("\(text) is \(RFC3339.format(time))")
          return
        }
      }
      #expect((RFC3339.parse("\(pad(year, 4))-02-29T00:00:00Z".utf8) != nil) == isLeap)
      newYear += (isLeap ? 366 : 365) * 86_400
    }
    #expect(newYear == 253_402_300_800)
  }

  @Test func theMonthsHaveTheirLengths() {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var seconds: Int64 = 1_767_225_600
    for (month, length) in lengths.enumerated() {
      for day in 1...length {
        let text = "2026-\(pad(month + 1, 2))-\(pad(day, 2))T00:00:00Z"
        #expect(RFC3339.format(WallTime(seconds: seconds)) == text)
        #expect(RFC3339.parse(text.utf8) == WallTime(seconds: seconds))
        seconds += 86_400
      }
      #expect(RFC3339.parse("2026-\(pad(month + 1, 2))-\(length + 1)T00:00:00Z".utf8) == nil)
    }
  }

  @Test func mutatedTimesAreRefusedOrSurviveWriting() {
    let seeds = ["2026-11-22T14:00:00Z", "2024-02-29T23:59:59.123456789+05:30", "0000-01-01t00:00:00z"]
    for bytes in mutations(of: seeds, alphabet: "0123456789-:TtZz.+", seed: 3) {
      guard let time = RFC3339.parse(bytes) else { continue }
      #expect(RFC3339.parse(RFC3339.format(time).utf8) == time, "\(bytes)")
    }
  }

  @Test func aMegabyteOfDigitsTakesLinearTime() {
    let fraction = String(repeating: "9", count: 1 << 20)
    #expect(RFC3339.parse("2026-11-22T14:00:00.\(fraction)Z".utf8) == WallTime(seconds: 1_795_356_000))
    #expect(RFC3339.parse(fraction.utf8) == nil)
  }

  private func pad(_ value: Int, _ width: Int) -> String {
    String(repeating: "0", count: width - String(value).count) + String(value)
  }
}
