import Glibc
import Host
import Model
import Testing

@Suite(.timeLimit(.minutes(1))) struct InputFileTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test func symbolicLinksAreFollowed() throws {
    try create(scratch["token"], "abc\n", mode: 0o644)
    try #require(symlink("token", scratch["..data"]) == 0)
    try #require(symlink("..data", scratch["link"]) == 0)
    #expect(try InputFile.read(scratch["link"], setting: "token_file") == Array("abc\n".utf8))
  }

  @Test func everyFailureNamesTheSettingAndThePath() throws {
    try create(scratch["empty"], "")
    try create(scratch["large"], String(repeating: "x", count: 11))
    try #require(mkfifo(scratch["fifo"], 0o600) == 0)
    try #require(symlink("loop", scratch["loop"]) == 0)
    let cases: [(String, InputFileFailure)] = [
      (scratch["none"], .missing(path: scratch["none"], setting: "token_file")),
      (scratch["large/below"], .missing(path: scratch["large/below"], setting: "token_file")),
      (scratch["empty"], .empty(path: scratch["empty"], setting: "token_file")),
      (scratch["large"], .tooLarge(path: scratch["large"], setting: "token_file", limit: 10)),
      (scratch.path, .notRegular(path: scratch.path, setting: "token_file", form: "a directory")),
      (scratch["fifo"], .notRegular(path: scratch["fifo"], setting: "token_file", form: "a device, pipe or socket")),
      ("/dev/zero", .notRegular(path: "/dev/zero", setting: "token_file", form: "a device, pipe or socket")),
      (scratch["loop"], unreadable(scratch["loop"], "too many levels of symbolic links")),
      ("a\0b", unreadable("a\0b", "invalid argument")),
    ]
    for (path, expected) in cases {
      let failure = #expect(throws: InputFileFailure.self) {
        try InputFile.read(path, setting: "token_file", limit: 10)
      }
      #expect(failure == expected)
      #expect(failure?.message.contains("token_file") == true)
      #expect(failure?.message.contains(path.printable()) == true)
      #expect(failure?.kind == .configuration)
    }
  }

  private func unreadable(_ path: String, _ reason: String) -> InputFileFailure {
    .unreadable(path: path, setting: "token_file", reason: reason)
  }

  @Test func aFileOfExactlyTheLimitIsRead() throws {
    try create(scratch["token"], "0123456789")
    #expect(try InputFile.read(scratch["token"], setting: "token_file", limit: 10).count == 10)
  }

  @Test func filesOfTheKernelHaveNoSizeAndAreRead() throws {
    #expect(try InputFile.read("/proc/self/status", setting: "token_file").count > 100)
  }

  @Test(arguments: [0o600, 0o644, 0o444, 0o755] as [mode_t])
  func aConfigurationThatOnlyWeCanWriteIsRead(_ mode: mode_t) throws {
    try create(scratch["config"], "a = 1", mode: mode)
    #expect(try InputFile.readConfiguration(scratch["config"], setting: "--config") == Array("a = 1".utf8))
  }

  @Test(arguments: [0o620, 0o602, 0o666, 0o664] as [mode_t])
  func aConfigurationThatOthersCanWriteIsRefused(_ mode: mode_t) throws {
    try create(scratch["config"], "a = 1", mode: mode)
    try #require(symlink("config", scratch["link"]) == 0)
    for name in ["config", "link"] {
      let failure = #expect(throws: InputFileFailure.self) {
        try InputFile.readConfiguration(scratch[name], setting: "--config")
      }
      #expect(failure?.hint == "run `chmod go-w \(scratch[name])`")
    }
  }

  @Test(.enabled(if: isRoot, "only root can give a file away")) func aForeignConfigurationIsRefused() throws {
    try create(scratch["config"], "a = 1")
    try #require(chown(scratch["config"], 12345, 0) == 0)
    #expect(throws: InputFileFailure.self) { try InputFile.readConfiguration(scratch["config"], setting: "--config") }
  }

  @Test func aMissingConfigurationIsNoneAndAnEmptyOneIsEmpty() throws {
    try create(scratch["config"], "")
    #expect(try InputFile.readConfiguration(scratch["none"], setting: "--config") == nil)
    #expect(try InputFile.readConfiguration(scratch["config"], setting: "--config") == [])
    #expect(throws: InputFileFailure.self) { try InputFile.readConfiguration(scratch.path, setting: "--config") }
  }
}
