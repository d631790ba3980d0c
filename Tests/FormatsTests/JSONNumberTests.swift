import Formats
import Testing

struct JSONNumberTests {
  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("0.0", 0), ("-0.0e5", 0), ("0e999999999999999999999999", 0),
      ("0e-999999999999999999999", 0),
      ("1", 1), ("-1", -1), ("1.0", 1), ("10e2", 1000), ("1E3", 1000), ("1e+3", 1000), ("1000e-3", 1), ("1.50e1", 15),
      ("-12.5e1", -125), ("0.001e3", 1), ("120e-1", 12), ("1763820000", 1_763_820_000), ("1.76382e9", 1_763_820_000),
      // Where Double has no room for the last digit
      ("9007199254740993", 9_007_199_254_740_993), ("9223372036854775807", .max), ("-9223372036854775808", .min),
      ("9223372036854775807.000", .max), ("922337203685477580.7e1", .max), ("9.223372036854775807e18", .max),
      ("1e18", 1_000_000_000_000_000_000), ("-1e18", -1_000_000_000_000_000_000), ("9e18", 9_000_000_000_000_000_000),
    ] as [(String, Int64)])
  func integersAreExact(literal: String, value: Int64) throws {
    #expect(try number(literal).integer == value)
  }

  @Test(arguments: [
    "1.5", "0.1", "-0.5", "1e-1", "15e-1", "1e300", "1e19", "-1e19", "9223372036854775808", "-9223372036854775809",
    "9223372036854775807.5", "10000000000000000000", "1e99999999999999999999999", "1e-99999999999999999999999", "1e400",
    "922337203685477580.8e1", "123456789012345678901234567890", "1e9223372036854775807", "1e-9223372036854775808",
  ])
  func fractionsAndWhatDoesNotFitAreNoIntegers(literal: String) throws {
    #expect(try number(literal).integer == nil)
  }

  @Test func exponentsAndFractionsOfAnyLengthCancel() throws {
    let zeros = String(repeating: "0", count: 100_000)
    #expect(try number("0." + zeros + "5e100001").integer == 5)
    #expect(try number("5" + zeros + "e-100000").integer == 5)
    #expect(try number("1e" + zeros + "2").integer == 100)
  }

  @Test func keepsTheLiteral() throws {
    #expect(try number("-1.50E+02").literal == "-1.50E+02")
    #expect(try number("1") != number("1.0"))
  }

  @Test func doublesAreFinite() throws {
    #expect(try number("1.5").double == 1.5)
    #expect(try number("-2e-3").double == -0.002)
    #expect(try number("1e400").double == nil)
    #expect(try number("-1e400").double == nil)
    #expect(JSONNumber(Double.nan) == nil)
    #expect(JSONNumber(Double.infinity) == nil)
  }

  @Test func writesDoublesThatReadBack() throws {
    for value in [0, -0.0, 1, 0.1, 1.5, 1e16, 1e-7, -123.456, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
      as [Double]
    {
      let number = try #require(JSONNumber(value))
      #expect(try JSON.parse(Array(number.literal.utf8)) == .number(number))
      #expect(number.double == value)
    }
  }

  private func number(_ literal: String) throws -> JSONNumber {
    guard case .number(let number) = try JSON.parse(Array(literal.utf8)) else { throw NotANumber() }
    return number
  }

  private struct NotANumber: Error {}
}
