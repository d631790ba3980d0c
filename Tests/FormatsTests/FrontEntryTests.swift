import Formats
import Model
import Testing

@Suite struct FrontEntryTests {
  private static let stamp = FileStamp(
    device: 1, inode: 2, mode: 0o100600, owner: 1000, group: 1000, size: 3, modifiedSeconds: 4, modifiedNanoseconds: 5,
    changedSeconds: 6, changedNanoseconds: 7)
  private static let entry = FrontEntry(
    window: FrontEntry.Window(from: WallTime(seconds: 1_000), BootTime(nanoseconds: 5_000_000_000), for: 60),
    files: [
      SeenFile(.path, Array("/etc/daypass/config.toml".utf8), nil), SeenFile(.state, Array("session-1".utf8), stamp),
    ])

  private static func encoded(_ entry: FrontEntry = entry, output: String = "answer\n") -> [UInt8] {
    entry.encoded(output: Secret(output)).exposedBytes()
  }

  /// What a reader gets out of it; nil where it is not whole.
  private static func read(_ bytes: [UInt8]) -> (window: FrontEntry.Window, output: [UInt8], files: [SeenFile])? {
    bytes.withUnsafeBytes { buffer in
      guard var reader = FrontEntryReader(buffer) else { return nil }
      var files: [SeenFile] = []
      while let file = reader.next() {
        files.append(SeenFile(file.place, Array(String(cString: file.name).utf8), file.stamp))
      }
      return reader.isAtEnd ? (reader.window, Array(reader.output), files) : nil
    }
  }

  @Test func whatIsWrittenIsRead() throws {
    let read = try #require(Self.read(Self.encoded()))
    #expect(read.window == Self.entry.window)
    #expect(read.output == Array("answer\n".utf8))
    #expect(read.files == Self.entry.files)
  }

  @Test func aPartOfItIsNothing() {
    let whole = Self.encoded()
    for count in 0..<whole.count { #expect(Self.read(Array(whole.prefix(count))) == nil) }
    #expect(Self.read(whole + [0]) == nil)
  }

  @Test func noByteThatIsChangedMakesItTrap() {
    let whole = Self.encoded()
    for index in whole.indices {
      for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
        var changed = whole
        changed[index] = value
        _ = Self.read(changed)
      }
    }
  }

  @Test func noOutputAndTooMuchOfItAreNothing() {
    #expect(Self.read(Self.encoded(output: "")) == nil)
    #expect(Self.read(Self.encoded(output: String(repeating: "x", count: FrontEntry.outputLimit))) != nil)
    #expect(Self.read(Self.encoded(output: String(repeating: "x", count: FrontEntry.outputLimit + 1))) == nil)
  }

  @Test func noFilesAreNothing() {
    #expect(Self.read(Self.encoded(FrontEntry(window: Self.entry.window, files: []))) == nil)
  }

  @Test func oneThatSaysTheSameStandsForALaterOne() {
    func stands(_ entry: FrontEntry, output: String = "answer\n") -> Bool {
      Self.encoded().withUnsafeBytes {
        FrontEntryReader($0)?.stands(for: entry, output: Secret(output)) ?? false
      }
    }
    func later(_ seconds: Int64, for length: Int64, files: [SeenFile] = Self.entry.files) -> FrontEntry {
      let boot = BootTime(nanoseconds: 5_000_000_000 + seconds * 1_000_000_000)
      return FrontEntry(
        window: FrontEntry.Window(from: WallTime(seconds: 1_000 + seconds), boot, for: length), files: files)
    }
    #expect(stands(Self.entry) && stands(later(10, for: 50)) && stands(later(10, for: 51)))
    #expect(!stands(Self.entry, output: "another\n"))
    #expect(!stands(later(10, for: 60)), "it ends later")
    #expect(!stands(later(10, for: 20)), "it ends sooner")
    #expect(!stands(later(60, for: 1)), "the first is over")
    #expect(!stands(later(-1, for: 61)), "a clock was set back")
    var files = Self.entry.files
    files[1].stamp?.changedNanoseconds += 1
    #expect(!stands(later(10, for: 50, files: files)))
    #expect(!stands(later(10, for: 50, files: files.dropLast())))
    #expect(!stands(later(10, for: 50, files: files + files)))
    files = Self.entry.files
    files[0].name += [0x78]
    #expect(!stands(later(10, for: 50, files: files)))
  }

  @Test func bothClocksMustBeInTheirWindows() {
    let window = Self.entry.window
    func holds(_ wall: Int64, _ boot: Int64) -> Bool {
      window.holds(WallTime(seconds: wall), BootTime(nanoseconds: boot))
    }
    #expect(holds(1_000, 5_000_000_000) && holds(1_059, 64_999_999_999))
    #expect(!holds(999, 5_000_000_000), "the wall clock was set back")
    #expect(!holds(1_060, 5_000_000_000), "it is time to renew, or the wall clock was set")
    #expect(!holds(1_000, 4_999_999_999), "another boot")
    #expect(!holds(1_000, 65_000_000_000), "the wall clock was set back while time went on")
    #expect(!holds(0, 0) && !holds(.max, .max) && !holds(.min, .min))
  }

  @Test func aWindowAtTheEndOfTimeDoesNotOverflow() {
    let window = FrontEntry.Window(
      from: WallTime(seconds: .max - 1), BootTime(nanoseconds: .max - 1), for: .max)
    #expect(!window.holds(WallTime(seconds: 0), BootTime(nanoseconds: 0)))
  }
}

@Suite struct FrontQuestionTests {
  private static let arguments = ["daypass", "token", "--profile", "x"]
  private static let environment = ["HOME=/home/x", "DAYPASS_STORE=file", "PWD=/"]

  /// C's own arrays of these words, for the length of the call.
  private static func asking<Result>(
    _ arguments: [String], _ environment: [String], _ body: (FrontQuestion) -> Result
  ) -> Result {
    func words(_ list: [String]) -> [UnsafeMutablePointer<CChar>?] {
      list.map { text in
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8.count + 1)
        for (index, byte) in text.utf8.enumerated() { memory[index] = CChar(bitPattern: byte) }
        memory[text.utf8.count] = 0
        return memory
      } + [nil]
    }
    let (first, second) = (words(arguments), words(environment))
    defer { for word in first + second { word?.deallocate() } }
    return first.withUnsafeBufferPointer { arguments in
      second.withUnsafeBufferPointer { environment in
        guard let start = arguments.baseAddress, let entries = environment.baseAddress else { fatalError() }
        return body(FrontQuestion(arguments: start, count: arguments.count - 1, environment: entries))
      }
    }
  }

  private static func digest(
    _ arguments: [String] = arguments, _ environment: [String] = environment, account: [UInt32] = [0, 0]
  ) -> [UInt8] {
    asking(arguments, environment) { question in
      var bytes: [UInt8] = []
      let isWhole = account.withUnsafeBufferPointer { question.feed(account: $0) { bytes.append(contentsOf: $0) } }
      return isWhole ? bytes : []
    }
  }

  @Test func onlyThreeVerbsAreAnswered() {
    func isKept(_ words: String...) -> Bool { Self.asking(words, []) { $0.isKept } }
    #expect(isKept("daypass", "token") && isKept("", "credentials", "-x") && isKept("daypass", "credential-process"))
    #expect(!isKept("daypass") && !isKept() && !isKept("token") && !isKept("daypass", "tokens"))
    #expect(!isKept("daypass", "", "token") && !isKept("daypass", "credential"))
    #expect(!isKept("daypass", "--help", "token"))
  }

  @Test func everyWordCountsAndWhereItEnds() {
    let known = Self.digest()
    for other in [
      ["daypass", "token"], ["daypass", "token", "--profile"], ["daypass", "token", "--profilex"],
      ["daypass", "token", "--profile=x"], ["daypass", "token", "--profile", "x", ""],
      ["daypass", "token", "x", "--profile"], ["daypass", "token", "--profile", "X"],
    ] {
      #expect(Self.digest(other) != known)
    }
    #expect(Self.digest(["other", "token", "--profile", "x"]) == known, "by which name it was called is no matter")
  }

  @Test func everyVariableThatCountsCounts() {
    let known = Self.digest()
    for entry in [
      "DAYPASS_X=", "DAYPASS_", "XDG_CONFIG_HOME=/x", "XDG_STATE_HOME=", "AWS_REGION=x", "AWS_DEFAULT_REGION=x",
      "AWS_ENDPOINT_URL_STS=x", "AWS_CA_BUNDLE=x", "SSL_CERT_FILE=x", "AWS_ROLE_ARN=x", "AWS_ROLE_SESSION_NAME=x",
      "AWS_WEB_IDENTITY_TOKEN_FILE=x", "CREDENTIALS_DIRECTORY=/x", "GITHUB_ACTIONS=true", "GITLAB_CI=true",
      "BUILDKITE=true", "OPENSSL_CONF=x", "HOME=/other", "DAYPASS_STORE=file",
    ] {
      #expect(Self.digest(Self.arguments, Self.environment + [entry]) != known, "\(entry)")
      #expect(Self.digest(Self.arguments, [entry] + Self.environment) != known, "\(entry) first")
    }
  }

  @Test func othersDoNot() {
    let known = Self.digest()
    for entry in ["OLDPWD=/", "AWS_SECRET_ACCESS_KEY=x", "HOMEX=1", "_=x", "", "=", "daypass_x=1", "XDG_SESSION_ID=1"] {
      #expect(Self.digest(Self.arguments, Self.environment + [entry]) == known, "\(entry)")
    }
  }

  @Test func theOrderOfNamesDoesNotButThatOfOneNameDoes() {
    func digest(_ environment: String...) -> [UInt8] { Self.digest(Self.arguments, environment) }
    #expect(digest("HOME=/", "DAYPASS_A=1", "DAYPASS_B=2") == digest("DAYPASS_B=2", "HOME=/", "DAYPASS_A=1"))
    #expect(digest("DAYPASS_A=1", "DAYPASS_A=2") != digest("DAYPASS_A=2", "DAYPASS_A=1"))
    #expect(digest("DAYPASS_A=1", "DAYPASS_AB=2") == digest("DAYPASS_AB=2", "DAYPASS_A=1"))
  }

  @Test func moreVariablesThanAnybodyHasAreADoubt() {
    let many = (0..<65).map { "DAYPASS_\($0)=1" }
    #expect(!Self.digest(Self.arguments, Array(many.prefix(64))).isEmpty)
    #expect(Self.digest(Self.arguments, many).isEmpty)
  }

  @Test func whoAsksCounts() {
    #expect(Self.digest(account: [1, 0]) != Self.digest(account: [0, 1]))
    #expect(Self.digest(account: [0, 0]) != Self.digest(account: [0, 0, 0]))
  }

  @Test func aWordOfTheEnvironmentIsNoArgument() {
    #expect(Self.digest(["d", "token", "HOME=/"], []) != Self.digest(["d", "token"], ["HOME=/"]))
  }

  @Test func stateLiesWhereTheVariablesSay() {
    func place(_ environment: String...) -> String? {
      Self.asking([], environment) { question in
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { path in
          question.statePath(path) ? path.baseAddress.map { String(cString: $0) } : nil
        }
      }
    }
    #expect(place("HOME=/h") == "/h/.local/state/daypass")
    #expect(place("HOME=/h", "XDG_STATE_HOME=/s") == "/s/daypass")
    #expect(place("HOME=/h", "XDG_STATE_HOME=s") == "/h/.local/state/daypass", "a relative path is as if unset")
    #expect(place("XDG_STATE_HOME=/s", "DAYPASS_HOME=d//") == "d")
    #expect(place("DAYPASS_HOME=", "DAYPASS_HOME=/x", "HOME=/h") == "/h/.local/state/daypass", "the first counts")
    #expect(place("DAYPASS_HOME=/") == "/" && place("HOME=") == nil && place() == nil)
    #expect(place("HOME=/" + String(repeating: "x", count: 64)) == nil)
  }
}
