import QR
import Testing

@Suite struct TerminalQRTests {
  static let coloured: [TerminalQR.Form] = [
    .halfBlocks(.indexed), .halfBlocks(.basic), .spaces(.indexed), .spaces(.basic),
  ]
  static let forms = coloured + [.hashes]

  private func matrix(_ count: Int) throws -> QRMatrix {
    try QRMatrix.make(
      Array("https://login.example/device?code=".utf8.prefix(count))
        + Array(repeating: UInt8(ascii: "x"), count: max(0, count - 34)))
  }

  /// The drawing's modules as a terminal would show them: half blocks are one pixel a module, spaces two by two.
  private func seen(_ lines: [String], _ form: TerminalQR.Form) -> [[PaperTerminal.Shade]] {
    let pixels = PaperTerminal(lines).pixels
    guard case .spaces = form else { return pixels }
    return stride(from: 0, to: pixels.count, by: 2).map { row in
      stride(from: 0, to: pixels[row].count, by: 2).map { pixels[row][$0] }
    }
  }

  @Test(arguments: coloured, [17, 53, 78, 106, 300])
  func whatIsDrawnIsTheSymbolInItsQuietZone(_ form: TerminalQR.Form, _ count: Int) throws {
    let matrix = try matrix(count)
    let lines = try #require(TerminalQR.render(matrix, form: form, columns: 1000, rows: 1000))
    let terminal = PaperTerminal(lines)
    #expect(terminal.junk.isEmpty)
    #expect(!terminal.bleeds)
    let modules = seen(lines, form)
    let side = matrix.width + 8
    #expect(modules.count >= side)
    for (row, line) in modules.enumerated() {
      #expect(line.count == side)
      for (column, shade) in line.enumerated() {
        let expected: PaperTerminal.Shade = matrix.isDark(row: row - 4, column: column - 4) ? .dark : .light
        #expect(shade == expected, "row \(row), column \(column)")
      }
    }
  }

  @Test func spacesAreTwoAlikePixelsAModule() throws {
    let lines = try #require(
      TerminalQR.render(try matrix(30), form: .spaces(.indexed), columns: 1000, rows: 1000))
    for line in PaperTerminal(lines).pixels {
      for column in stride(from: 0, to: line.count - 1, by: 2) { #expect(line[column] == line[column + 1]) }
    }
  }

  @Test func hashesAreTheSymbolInPlainText() throws {
    let matrix = try matrix(40)
    let lines = try #require(TerminalQR.render(matrix, form: .hashes, columns: 1000, rows: 1000))
    #expect(lines.count == matrix.width + 8)
    for (row, line) in lines.enumerated() {
      let bytes = Array(line.utf8)
      #expect(bytes.count == 2 * (matrix.width + 8))
      for column in 0..<(bytes.count / 2) {
        let expected = matrix.isDark(row: row - 4, column: column - 4) ? "##" : "  "
        #expect(bytes[(2 * column)...(2 * column + 1)].elementsEqual(expected.utf8))
      }
    }
  }

  @Test(arguments: [TerminalQR.Form.spaces(.indexed), .spaces(.basic), .hashes])
  func isSevenBitWherePromised(_ form: TerminalQR.Form) throws {
    let lines = try #require(TerminalQR.render(try matrix(100), form: form, columns: 1000, rows: 1000))
    let allowed = form == .hashes ? "# " : " \u{1B}[;m0123456789"
    #expect(lines.joined().utf8.allSatisfy { Array(allowed.utf8).contains($0) })
  }

  @Test(arguments: coloured)
  func everyLineBeginsWithItsColoursAndEndsReset(_ form: TerminalQR.Form) throws {
    for line in try #require(TerminalQR.render(try matrix(78), form: form, columns: 1000, rows: 1000)) {
      #expect(Array(line.utf8).starts(with: "\u{1B}[0;".utf8))
      #expect(Array(line.utf8.suffix(4)) == Array("\u{1B}[0m".utf8))
    }
  }

  @Test(arguments: [(53, 37, 19), (78, 41, 21), (106, 45, 23), (134, 49, 25), (154, 53, 27)])
  func halfBlocksTakeWhatIsDocumented(_ count: Int, _ columns: Int, _ rows: Int) throws {
    let matrix = try matrix(count)
    let lines = try #require(
      TerminalQR.render(matrix, form: .halfBlocks(.indexed), columns: columns, rows: rows))
    #expect(lines.count == rows)
    #expect(PaperTerminal(lines).pixels.allSatisfy { $0.count == columns })
  }

  @Test(arguments: forms)
  func givesUpTheQuietZoneBeforeTheSymbolAndNeverMoreThanHalfOfIt(_ form: TerminalQR.Form) throws {
    let matrix = try matrix(78)
    func size(_ lines: [String]) -> (columns: Int, rows: Int) {
      (PaperTerminal(lines).pixels.first?.count ?? 0, lines.count)
    }
    let wide = size(try #require(TerminalQR.render(matrix, form: form, columns: .max, rows: .max)))
    let full = try #require(TerminalQR.render(matrix, form: form, columns: wide.columns, rows: wide.rows))
    #expect(size(full) == wide)
    for (columns, rows) in [(wide.columns - 1, wide.rows), (wide.columns, wide.rows - 1)] {
      let narrow = size(try #require(TerminalQR.render(matrix, form: form, columns: columns, rows: rows)))
      #expect(narrow.columns == wide.columns - (form.isHalfBlocks ? 4 : 8))
      #expect(narrow.rows == wide.rows - (form.isHalfBlocks ? 2 : 4))
      #expect(TerminalQR.render(matrix, form: form, columns: narrow.columns, rows: narrow.rows) != nil)
      #expect(TerminalQR.render(matrix, form: form, columns: narrow.columns - 1, rows: narrow.rows) == nil)
      #expect(TerminalQR.render(matrix, form: form, columns: narrow.columns, rows: narrow.rows - 1) == nil)
    }
  }

  @Test(arguments: [(0, 0), (-1, -1), (Int.min, Int.min), (80, 0), (0, 24), (80, 10)])
  func drawsNothingWhereThereIsNoRoom(_ columns: Int, _ rows: Int) throws {
    for form in Self.forms {
      #expect(TerminalQR.render(try matrix(40), form: form, columns: columns, rows: rows) == nil)
    }
  }

  @Test func fitsTheUsualWindowUpTo106Bytes() throws {
    #expect(TerminalQR.render(try matrix(106), form: .halfBlocks(.indexed), columns: 80, rows: 24) != nil)
    #expect(TerminalQR.render(try matrix(200), form: .halfBlocks(.indexed), columns: 80, rows: 24) == nil)
    #expect(TerminalQR.render(try matrix(40), form: .spaces(.indexed), columns: 80, rows: 24) == nil)
    #expect(TerminalQR.render(try matrix(78), form: .spaces(.indexed), columns: 100, rows: 50) != nil)
  }
}

extension TerminalQR.Form {
  fileprivate var isHalfBlocks: Bool {
    if case .halfBlocks = self { true } else { false }
  }
}
