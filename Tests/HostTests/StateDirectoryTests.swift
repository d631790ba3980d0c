import Glibc
import Host
import Model
import Testing

@Suite struct StateDirectoryTests {
  let scratch: Scratch
  let state: StateDirectoryOnDisk

  init() throws {
    scratch = try Scratch()
    state = StateDirectoryOnDisk(path: scratch["a/b/state"])
  }

  @Test func nothingIsCreatedByReading() throws {
    #expect(try state.read("session") == .absent)
    #expect(try state.names() == [])
    try state.remove("session")
    #expect(try listing(scratch.path) == [])
  }

  @Test func whatWasWrittenIsReadAndPrivate() throws {
    try state.write(Array("one".utf8), to: "session")
    try state.write(Array("second".utf8), to: "session")
    #expect(try state.read("session") == .present(Array("second".utf8)))
    #expect(try status(scratch["a/b/state/session"]).st_mode & 0o7777 == 0o600)
    for directory in ["a", "a/b", "a/b/state"] {
      #expect(try status(scratch[directory]).st_mode & 0o7777 == 0o700)
    }
    #expect(try listing(state.path) == ["session"])
    #expect(try state.names() == ["session"])
  }

  @Test func aRemovedFileIsAbsent() throws {
    try state.write([1], to: "session")
    try state.remove("session")
    try state.remove("session")
    #expect(try state.read("session") == .absent)
  }

  @Test func anEmptyFileIsPresent() throws {
    try state.write([], to: "mark")
    #expect(try state.read("mark") == .present([]))
  }

  @Test(arguments: ["", ".", "..", ".hidden", "a/b", "../x", "a b", "ä", "a\0b", "a\n"])
  func onlyPlainNamesAreTaken(_ name: String) throws {
    #expect(throws: StateFailure.self) { try state.write([1], to: name) }
    try state.write([1], to: "real")
    #expect(throws: StateFailure.self) { try state.read(name) }
    #expect(throws: StateFailure.self) { try state.lock(name, deadline: BootTime(nanoseconds: 0)) }
  }

  @Test(arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o666] as [mode_t])
  func aFileOpenToOthersIsNotRead(_ mode: mode_t) throws {
    try state.write([1], to: "session")
    try #require(chmod(scratch["a/b/state/session"], mode) == 0)
    guard case .unacceptable(let path, let reason) = try state.read("session") else {
      Issue.record("it was read")
      return
    }
    #expect(path == scratch["a/b/state/session"])
    #expect(reason.contains("0" + String(mode, radix: 8)))
    #expect(try status(path).st_mode & 0o777 == mode)
  }

  @Test func linksAreNotFollowedAndTheirTargetsNotTouched() throws {
    try state.write([1], to: "real")
    try create(scratch["victim"], "victim")
    try #require(symlink(scratch["victim"], scratch["a/b/state/soft"]) == 0)
    try #require(link(scratch["victim"], scratch["a/b/state/hard"]) == 0)
    #expect(try isUnacceptable("soft"))
    #expect(try isUnacceptable("hard"))
    try state.write(Array("new".utf8), to: "soft")
    try state.write(Array("new".utf8), to: "hard")
    #expect(try state.read("soft") == .present(Array("new".utf8)))
    #expect(try state.read("hard") == .present(Array("new".utf8)))
    #expect(try contents(scratch["victim"]) == Array("victim".utf8))
  }

  @Test(.timeLimit(.minutes(1))) func whatIsNoFileDoesNotHang() throws {
    try state.write([1], to: "real")
    try #require(mkfifo(scratch["a/b/state/fifo"], 0o600) == 0)
    try #require(mkdir(scratch["a/b/state/directory"], 0o700) == 0)
    #expect(try isUnacceptable("fifo"))
    #expect(try isUnacceptable("directory"))
  }

  @Test func aFileOfTheLimitIsReadAndALargerOneIsNot() throws {
    let limit = 1 << 20
    try state.write([UInt8](repeating: 7, count: limit), to: "large")
    #expect(try state.read("large") == .present([UInt8](repeating: 7, count: limit)))
    try #require(truncate(scratch["a/b/state/large"], limit + 1) == 0)
    #expect(try isUnacceptable("large"))
    try #require(truncate(scratch["a/b/state/large"], 100 << 20) == 0)
    #expect(try isUnacceptable("large"))
  }

  @Test(.enabled(if: isRoot, "only root can give a file away")) func aForeignFileIsNotRead() throws {
    try state.write([1], to: "session")
    try #require(chown(scratch["a/b/state/session"], 12345, 0) == 0)
    #expect(try isUnacceptable("session"))
  }

  @Test(arguments: [0o755, 0o701, 0o710, 0o720, 0o702, 0o777, 0o1777] as [mode_t])
  func aDirectoryOpenToOthersIsRefusedWithItsMend(_ mode: mode_t) throws {
    try state.write([1], to: "session")
    try #require(chmod(state.path, mode) == 0)
    let fresh = StateDirectoryOnDisk(path: state.path)
    for directory in [state, fresh] {
      let failure = #expect(throws: StateFailure.self) { try directory.read("session") }
      #expect(failure?.kind == .configuration)
      #expect(failure?.hint == "run `chmod 700 \(state.path)`")
      #expect(throws: StateFailure.self) { try directory.write([2], to: "session") }
    }
    #expect(try status(state.path).st_mode & 0o7777 == mode)
  }

  @Test func aDirectoryClosedToOurselvesIsRefusedWithItsMend() throws {
    try #require(mkdir(scratch["closed"], 0o700) == 0)
    try #require(chmod(scratch["closed"], 0o500) == 0)
    let failure = #expect(throws: StateFailure.self) { try StateDirectoryOnDisk(path: scratch["closed"]).names() }
    #expect(failure?.hint == "run `chmod 700 \(scratch["closed"])`")
  }

  @Test(arguments: ["", "/", "//"]) func aLinkInTheDirectorysPlaceIsRefused(_ end: String) throws {
    try #require(mkdir(scratch["real"], 0o700) == 0)
    try #require(symlink(scratch["real"], scratch["link"]) == 0)
    let failure = #expect(throws: StateFailure.self) {
      try StateDirectoryOnDisk(path: scratch["link"] + end).write([1], to: "session")
    }
    #expect(failure?.kind == .configuration)
    #expect(failure?.message.contains("symbolic link") == true)
    #expect(try listing(scratch["real"]) == [])
  }

  @Test func aFileInTheDirectorysPlaceOrAboveItIsRefused() throws {
    try create(scratch["file"], "x")
    for path in [scratch["file"], scratch["file/below"], ""] {
      let failure = #expect(throws: StateFailure.self) { try StateDirectoryOnDisk(path: path).write([1], to: "a") }
      #expect(failure?.kind == .configuration)
    }
  }

  @Test(.enabled(if: isRoot, "only root can give a directory away")) func aForeignDirectoryIsRefused() throws {
    try #require(mkdir(scratch["foreign"], 0o700) == 0)
    try #require(chown(scratch["foreign"], 12345, 0) == 0)
    let failure = #expect(throws: StateFailure.self) { try StateDirectoryOnDisk(path: scratch["foreign"]).read("a") }
    #expect(failure?.kind == .configuration)
    #expect(failure?.message.contains("12345") == true)
  }

  @Test func aDirectoryRemovedMeanwhileIsMadeAgain() throws {
    try state.write([1], to: "session")
    try run("/bin/rm", "-rf", state.path)
    #expect(try state.read("session") == .absent)
    try state.write([2], to: "session")
    #expect(try contents(scratch["a/b/state/session"]) == [2])
  }

  @Test func aDirectoryPutInThePlaceIsJudgedAgain() throws {
    try state.write([1], to: "session")
    try #require(rename(state.path, scratch["elsewhere"]) == 0)
    try #require(mkdir(state.path, 0o777) == 0)
    try #require(chmod(state.path, 0o777) == 0)
    #expect(throws: StateFailure.self) { try state.read("session") }
  }

  private func isUnacceptable(_ name: String) throws -> Bool {
    if case .unacceptable = try state.read(name) { return true }
    return false
  }
}
