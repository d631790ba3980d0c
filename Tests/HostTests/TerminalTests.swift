import Glibc
import Host
import Model
import Testing

/// A pseudo-terminal; what is written to `slave` comes out of `master`.
final class PseudoTerminal {
  let master: Int32
  let slave: Int32

  init() throws {
    // As ptmx(4) has it, because Glibc's module lacks posix_openpt and its kin. The two requests are macros.
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var locked: Int32 = 0
    var number: UInt32 = 0
    try #require(ioctl(master, 0x4004_5431, &locked) == 0, "TIOCSPTLCK")
    try #require(ioctl(master, 0x8004_5430, &number) == 0, "TIOCGPTN")
    slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(slave >= 0)
  }

  deinit {
    close(master)
    close(slave)
  }

  func resize(columns: UInt16, rows: UInt16) {
    var window = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &window)
  }
}

@Suite(.serialized) struct TerminalTests {
  @Test func theSizeIsTheTerminalsAndOnlyThenTheEnvironments() throws {
    let pty = try PseudoTerminal()
    let environment = Environment(["COLUMNS": "100", "LINES": "50"])
    #expect(Terminal(descriptor: pty.slave, environment: environment).size == Terminal.Size(columns: 100, rows: 50))
    #expect(Terminal(descriptor: pty.slave, environment: Environment()).size == nil)
    pty.resize(columns: 80, rows: 24)
    let terminal = Terminal(descriptor: pty.slave, environment: environment)
    #expect(terminal.size == Terminal.Size(columns: 80, rows: 24))
    pty.resize(columns: 132, rows: 43)
    #expect(terminal.size == Terminal.Size(columns: 132, rows: 43))
  }

  @Test(arguments: ["0", "-1", "+80", "80x", "", "99999999999999999999", " 80"])
  func unusableSizesInTheEnvironmentAreNone(_ columns: String) throws {
    let pty = try PseudoTerminal()
    let environment = Environment(["COLUMNS": columns, "LINES": "50"])
    #expect(Terminal(descriptor: pty.slave, environment: environment).size == nil)
  }

  @Test func whatIsNoTerminalHasNoSize() throws {
    let file = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(file) }
    let environment = Environment(["COLUMNS": "100", "LINES": "50", "TERM": "xterm"])
    let terminal = Terminal(descriptor: file, environment: environment)
    #expect(!terminal.isTTY)
    #expect(terminal.size == nil)
    #expect(!terminal.canRewriteLine)
    #expect(!terminal.usesColor(.auto))
    #expect(terminal.usesColor(.always))
  }

  @Test(
    arguments: [
      (["LANG": "en_US.UTF-8"], true), (["LANG": "C.utf8"], true), (["LC_CTYPE": "de_DE.utf-8@euro"], true),
      (["LANG": "en_US.UTF-8", "LC_ALL": "C"], false), (["LANG": "C", "LC_CTYPE": "C.UTF-8"], true),
      (["LANG": "en_US.UTF-8", "LC_ALL": ""], true), (["LANG": "en_US.ISO-8859-1"], false), ([:], false),
      (["LANG": "UTF-8"], false), (["LANG": "POSIX"], false),
    ] as [([String: String], Bool)])
  func theLocaleIsReadAsPOSIXSays(_ variables: [String: String], _ expected: Bool) {
    #expect(Terminal(descriptor: -1, environment: Environment(variables)).isUTF8 == expected)
  }

  @Test func colorFollowsTheFlagThenNO_COLORThenTheTerminal() throws {
    let pty = try PseudoTerminal()
    func terminal(_ variables: [String: String]) -> Terminal {
      Terminal(descriptor: pty.slave, environment: Environment(variables))
    }
    #expect(terminal(["TERM": "xterm"]).usesColor(.auto))
    #expect(terminal(["TERM": "xterm", "NO_COLOR": ""]).usesColor(.auto))
    #expect(!terminal(["TERM": "xterm", "NO_COLOR": "1"]).usesColor(.auto))
    #expect(terminal(["TERM": "xterm", "NO_COLOR": "1"]).usesColor(.always))
    #expect(!terminal(["TERM": "xterm"]).usesColor(.never))
    #expect(!terminal(["TERM": "dumb"]).usesColor(.auto))
    #expect(!terminal([:]).usesColor(.auto))
  }

  @Test func whatIsWrittenArrives() throws {
    let pty = try PseudoTerminal()
    try Terminal(descriptor: pty.slave, environment: Environment(["LANG": "C.UTF-8"])).write("héllo")
    #expect(readSome(pty.master) == "héllo")
  }

  /// Û is C3 9B, and 9B alone is CSI: in Latin-1 `Û31m` would be a colour.
  @Test func otherTerminalsThanUTF8OnesGetASCIIOnly() throws {
    for variables in [[:], ["LANG": "C"], ["LC_ALL": "de_DE.ISO-8859-1", "LANG": "C.UTF-8"]] {
      let pty = try PseudoTerminal()
      try Terminal(descriptor: pty.slave, environment: Environment(variables)).write("\u{1B}[0mÛ31m é😀")
      #expect(readSome(pty.master) == "\u{1B}[0m\\u{db}31m \\u{e9}\\u{1f600}")
    }
  }

  @Test func whatIsNoTerminalGetsEveryByte() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    try Terminal(descriptor: ends[1], environment: Environment()).write("Û")
    #expect(readSome(ends[0]) == "Û")
  }
}

@Suite(.serialized) struct OutputTests {
  @Test func aFullDiskIsAnError() {
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    let failure = #expect(throws: OutputFailure.self) { try Output.write([1], to: full) }
    #expect(failure == .full)
    #expect(failure?.kind == .output)
  }

  @Test func aDescriptorThatIsNotOpenForWritingIsAnError() {
    let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(null) }
    #expect(throws: OutputFailure.closed) { try Output.write([1], to: null) }
    #expect(throws: OutputFailure.closed) { try Output.write([1], to: -1) }
  }

  @Test func everythingIsWrittenEvenWithoutBlocking() async throws {
    let content = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let (reading, writing) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(writing, F_SETFL, O_NONBLOCK)
    async let received = everything(reading)
    try Output.write(content, to: writing)
    close(writing)
    #expect(await received == content)
    close(reading)
  }

  private func everything(_ descriptor: Int32) async -> [UInt8] {
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count <= 0 { return content }
      content += chunk[..<count]
    }
  }
}
