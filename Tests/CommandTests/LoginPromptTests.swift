import Broker
import Model
import QR
import Testing

@testable import Command

private let base = "https://login.example.com/device"

private func prompt(
  _ address: String? = base + "?user_code=WDJB-MJHT", code: String = "WDJB-MJHT", machine: String = "ann@build-7",
  seconds: Int64 = 600, style: Bool = false
) -> LoginPrompt {
  LoginPrompt(
    code: LoginCode(
      verificationURI: base, verificationURIComplete: address, userCode: code,
      expiresAt: WallTime(seconds: 1000 + seconds), interval: .seconds(5)),
    machine: machine, now: WallTime(seconds: 1000), style: Style(isOn: style))
}

/// An address of so many bytes.
private func address(_ bytes: Int) -> String {
  let start = base + "?user_code=WDJB-MJHT&x="
  return start + String(repeating: "y", count: bytes - start.utf8.count)
}

private func isText(_ line: String) -> Bool { !line.contains("\u{1B}[0;") }

private func plain(_ lines: [String]) -> String {
  lines.joined(separator: "\n").replacing("\u{1B}[1m", with: "").replacing("\u{1B}[0m", with: "")
}

private func rows(_ lines: [String], _ columns: Int) -> Int {
  lines.reduce(0) { $0 + max(1, (Style.width(of: $1) + columns - 1) / columns) }
}

private let halfBlocks = TerminalQR.Form.halfBlocks(.indexed)

@Suite("The prompt of a login")
struct LoginPromptTests {
  @Test(
    "address, code, QR code and one line more fit into 80×24",
    arguments: [32, 60, 70, 78], ["root@vm", "ec2-user@ip-10-0-12-34.eu-central-1.compute.internal"])
  func fits(bytes: Int, machine: String) {
    let text = bytes == 32 ? base : address(bytes)
    let lines = prompt(text, machine: machine, style: true).lines(
      halfBlocks, in: .init(columns: 80, rows: 24), always: false)
    #expect(rows(lines.map { isText($0) ? plain([$0]) : "" }, 80) + 1 <= 24)
    #expect(lines.contains(text), "the address has a line of its own")
    #expect(lines.contains { !isText($0) }, "the QR code is drawn")
    let words = plain(lines).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("WDJB-MJHT") && words.contains("Continue only if you started this on \(machine)."))
  }

  @Test("the QR code comes last, and whole")
  func order() throws {
    let lines = prompt().lines(halfBlocks, in: .init(columns: 80, rows: 24), always: false)
    let start = try #require(lines.firstIndex { !isText($0) })
    #expect(lines[start...].allSatisfy { !isText($0) })
    let matrix = try QRMatrix.make(Array((base + "?user_code=WDJB-MJHT").utf8))
    #expect(Array(lines[start...]) == TerminalQR.render(matrix, form: halfBlocks, columns: 80, rows: 24))
  }

  @Test("with room enough the text is spacious: the address between empty lines, and the short one too")
  func roomy() {
    let lines = prompt().lines(nil, in: .init(columns: 80, rows: 24), always: false)
    #expect(
      lines == [
        "Open this address on any device:", "", base + "?user_code=WDJB-MJHT", "",
        "Check that it shows the code WDJB-MJHT, or enter it at", base + " (valid for 10 minutes).",
        "Continue only if you started this on ann@build-7.", "",
      ])
  }

  @Test("without an address that holds the code, the code is to be entered")
  func withoutComplete() {
    let text = plain(prompt(nil).lines(nil, in: .endless, always: false))
    #expect(text.contains("\n\(base)\n\nEnter the code WDJB-MJHT ("))
    let low = prompt(nil).lines(nil, in: .init(columns: 80, rows: 6), always: false)
    #expect(
      low == [base, "Enter the code WDJB-MJHT, 10 minutes.", "Continue only if you started this on ann@build-7."])
  }

  @Test("where there is no terminal nothing is broken into lines")
  func endless() {
    let lines = prompt(address(900)).lines(nil, in: .endless, always: false)
    #expect(lines.contains(address(900)))
    #expect(lines.count == 7)
  }

  @Test(
    "in any window only an address or a code is wider than the window, and the text fits where it can",
    arguments: [(40, 10), (40, 12), (60, 20), (80, 24), (200, 60), (20, 5), (1, 1)])
  func anyWindow(columns: Int, height: Int) {
    for form in [nil, halfBlocks, .spaces(.basic), .hashes] {
      let lines = prompt().lines(form, in: .init(columns: columns, rows: height), always: false)
      for line in lines where isText(line) && line.contains(" ") && !line.contains("#") {
        #expect(line.count <= columns || !line.trimmed.contains(" "), "\(line)")
      }
      #expect(lines.contains(base + "?user_code=WDJB-MJHT"))
      #expect(plain(lines).contains("WDJB-MJHT"))
      if columns >= 40, height >= 10 { #expect(rows(lines.map { isText($0) ? $0 : "" }, columns) < height) }
    }
  }

  @Test("what does not fit gives way to text, unless it must be drawn")
  func tooLarge() {
    let window = LoginPrompt.Window(columns: 80, rows: 24)
    let long = prompt(address(300))
    #expect(long.lines(halfBlocks, in: window, always: false).allSatisfy(isText))
    let drawn = long.lines(halfBlocks, in: window, always: true)
    #expect(drawn.filter { !isText($0) }.count > 24)
    #expect(drawn.first == "Scan the QR code, or open this address on any device:")
    #expect(prompt("https://login.example.com/ü").lines(halfBlocks, in: window, always: true).allSatisfy(isText))
  }

  @Test("only a code that is drawn is spoken of")
  func wording() {
    let lines = prompt(address(300)).lines(halfBlocks, in: .init(columns: 80, rows: 24), always: false)
    #expect(!plain(lines).contains("QR"))
  }

  @Test(
    "the time left is in minutes, and in seconds at the end",
    arguments: [
      (600, "10 minutes"), (599, "10 minutes"), (90, "2 minutes"), (89, "89 seconds"), (0, "0 seconds"),
      (-5, "0 seconds"),
    ])
  func time(seconds: Int64, text: String) {
    #expect(plain(prompt(seconds: seconds).lines(nil, in: .endless, always: false)).contains("(valid for \(text))"))
  }

  @Test("emphasis takes no room")
  func emphasis() {
    let window = LoginPrompt.Window(columns: 80, rows: 24)
    let lines = prompt(style: true).lines(nil, in: window, always: false)
    #expect(lines.joined().contains("\u{1B}[1mWDJB-MJHT\u{1B}[0m"))
    #expect(plain(lines) == plain(prompt().lines(nil, in: window, always: false)))
  }
}

extension String {
  fileprivate var trimmed: Substring { drop { $0 == " " } }
}
