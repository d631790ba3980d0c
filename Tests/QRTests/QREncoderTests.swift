import Model
import QR
import Testing

@Suite struct QREncoderTests {
  /// Byte mode at level L: the largest text of a version and one byte more (ISO/IEC 18004, table 7).
  @Test(arguments: [
    (17, 1), (18, 2), (32, 2), (53, 3), (54, 4), (78, 4), (106, 5), (107, 6), (134, 6), (154, 7), (271, 10), (858, 20),
    (2953, 40),
  ])
  func theSizeFollowsFromTheLength(_ count: Int, _ version: Int) throws {
    // Digits alone would fit a denser mode: the size shows that byte mode is used for everything.
    for byte in [UInt8(ascii: "7"), UInt8(ascii: "A"), UInt8(ascii: "a")] {
      let matrix = try QRMatrix.make(Array(repeating: byte, count: count))
      #expect(matrix.width == 17 + 4 * version)
    }
  }

  @Test func hasItsFinderPatterns() throws {
    let matrix = try QRMatrix.make(Array("https://login.example/device?user_code=WDJB-MJHT".utf8))
    let last = matrix.width - 7
    for (top, left) in [(0, 0), (0, last), (last, 0)] {
      for row in 0..<7 {
        for column in 0..<7 {
          let ring = min(row, column, 6 - row, 6 - column)
          #expect(matrix.isDark(row: top + row, column: left + column) == (ring != 1))
        }
      }
    }
  }

  @Test func everythingOutsideIsLight() throws {
    let matrix = try QRMatrix.make([0x61])
    for outside in [-1, matrix.width, Int.min, Int.max] {
      #expect(!matrix.isDark(row: outside, column: 0))
      #expect(!matrix.isDark(row: 0, column: outside))
    }
    #expect(matrix.isDark(row: 0, column: 0))
  }

  @Test func everyByteCounts() throws {
    let url = Array("https://login.example/device".utf8)
    let matrix = try QRMatrix.make(url)
    for index in url.indices {
      var other = url
      other[index] ^= 1
      #expect(try QRMatrix.make(other) != matrix)
    }
  }

  @Test(arguments: Array(UInt8.min...UInt8.max))
  func takesPrintableASCIIOnly(_ byte: UInt8) {
    let bytes = Array("https://a/".utf8) + [byte] + Array("x".utf8)
    if (0x20...0x7E).contains(byte) {
      #expect(throws: Never.self) { try QRMatrix.make(bytes) }
    } else {
      #expect(throws: QRFailure.unprintable(position: 10)) { try QRMatrix.make(bytes) }
    }
  }

  @Test func refusesNothingAndTooMuch() {
    #expect(throws: QRFailure.empty) { try QRMatrix.make([]) }
    #expect(throws: QRFailure.tooLong(2954)) { try QRMatrix.make(Array(repeating: 0x61, count: 2954)) }
  }

  @Test func aMatrixIsASquare() {
    #expect(QRMatrix(width: 2, modules: [true, false, true]) == nil)
    #expect(QRMatrix(width: 0, modules: []) == nil)
    #expect(QRMatrix(width: -1, modules: [true]) == nil)
    #expect(QRMatrix(width: .max, modules: []) == nil)
    #expect(QRMatrix(width: 2, modules: [true, false, true, false]) != nil)
  }
}
