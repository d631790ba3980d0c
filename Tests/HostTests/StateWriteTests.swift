import Glibc
import Host
import Model
import Testing

@Suite struct StateWriteTests {
  let scratch: Scratch
  let state: StateDirectoryOnDisk

  init() throws {
    scratch = try Scratch()
    state = StateDirectoryOnDisk(path: scratch["state"])
  }

  @Test func aReservationTakesItsRoomAndLeavesTheOldFile() throws {
    try state.write([1], to: "session")
    let reserved = try state.reserve("session", bytes: 100_000)
    let unfinished = try #require(try listing(state.path).first { $0 != "session" })
    #expect(try status("\(state.path)/\(unfinished)").st_blocks * 512 >= 100_000)
    #expect(try state.read("session") == .present([1]))
    try reserved.commit([2, 3])
    #expect(try state.read("session") == .present([2, 3]))
    #expect(try listing(state.path) == ["session"])
  }

  @Test func aReservationCanBeOutgrown() throws {
    let reserved = try state.reserve("session", bytes: 2)
    try reserved.commit([1, 2, 3, 4])
    #expect(try state.read("session") == .present([1, 2, 3, 4]))
  }

  @Test func aReservationGivenUpLeavesNothing() throws {
    try state.write([1], to: "session")
    do { _ = try state.reserve("session", bytes: 10) }
    #expect(try listing(state.path) == ["session"])
    #expect(try state.read("session") == .present([1]))
  }

  @Test func whatIsFleetingIsWrittenAndRemovedToo() throws {
    try state.write([1], to: "front", .fleeting)
    let stamp = try #require(try state.stamp(of: "front"))
    #expect(stamp.size == 1 && stamp.mode & 0o777 == 0o600)
    try state.write([2, 3], to: "front", .fleeting)
    #expect(try state.read("front") == .present([2, 3]))
    #expect(try state.stamp(of: "front") != stamp)
    try state.remove("front", .fleeting)
    try state.remove("front", .fleeting)
    #expect(try state.stamp(of: "front") == nil)
    #expect(try listing(state.path) == [])
  }

  @Test func aReservationIsGoodForOneWrite() throws {
    let reserved = try state.reserve("session", bytes: 10)
    try reserved.commit([1])
    #expect(throws: StateFailure.self) { try reserved.commit([2]) }
    #expect(try state.read("session") == .present([1]))
  }

  @Test func whatAKilledWriterLeftIsRemovedByTheNext() throws {
    try state.write([1], to: "session")
    try create(scratch["state/.unfinished-abc"], "torn")
    try StateDirectoryOnDisk(path: state.path).write([2], to: "other")
    #expect(try listing(state.path).sorted() == ["other", "session"])
  }

  @Test func oneProcessLooksForWhatKilledWritersLeftNowAndThen() throws {
    try state.write([1], to: "session")
    try create(scratch["state/.unfinished-abc"], "torn")
    try state.write([2], to: "session")
    #expect(try listing(state.path).sorted() == [".unfinished-abc", "session"], "it looked a moment ago")
    try state.remove("session")
    #expect(try listing(state.path) == [], "what is removed may lie there too")
  }

  @Test func aLivingWritersFileIsLeftAlone() throws {
    let first = try state.reserve("session", bytes: 10)
    try StateDirectoryOnDisk(path: state.path).write([1], to: "other")
    try first.commit([7])
    #expect(try state.read("session") == .present([7]))
  }

  @Test func aLinkNamedLikeATemporaryFileIsNotFollowed() throws {
    try state.write([1], to: "session")
    try create(scratch["victim"], "victim")
    try #require(symlink(scratch["victim"], scratch["state/.unfinished-link"]) == 0)
    try state.write([2], to: "session")
    #expect(try contents(scratch["victim"]) == Array("victim".utf8))
  }

  @Test func readersNeverSeeATornFile() async throws {
    let versions = (0..<4).map { [UInt8](repeating: UInt8($0), count: 1000 * ($0 + 1)) }
    try state.write(versions[0], to: "session")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<3 {
        group.addTask { [state] in
          for round in 0..<8 { try state.write(versions[(writer + round) % 4], to: "session") }
        }
      }
      group.addTask { [state] in
        for _ in 0..<300 {
          guard case .present(let content) = try state.read("session") else {
            Issue.record("it was absent")
            return
          }
          #expect(versions.contains(content))
        }
      }
      try await group.waitForAll()
    }
    #expect(try listing(state.path) == ["session"])
  }

  @Test(.enabled(if: canMount, "a full disk needs a tmpfs of its own, and mounting one is not permitted here"))
  func aFullDiskKeepsTheOldFileWhole() throws {
    try state.write([0], to: "any")
    try #require(try run("/bin/mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", state.path).code == 0)
    defer { _ = try? run("/bin/umount", "-l", state.path) }
    let old = [UInt8](repeating: 1, count: 20_000)
    try state.write(old, to: "session")

    let failure = #expect(throws: StateFailure.self) {
      try state.write([UInt8](repeating: 2, count: 100_000), to: "session")
    }
    #expect(failure?.kind == .output)
    #expect(failure?.message.contains("no space left") == true)
    #expect(throws: StateFailure.self) { try state.reserve("session", bytes: 100_000) }
    #expect(try state.read("session") == .present(old))
    #expect(try listing(state.path) == ["session"])

    // With room reserved, a disk that fills up meanwhile takes nothing away.
    let reserved = try state.reserve("session", bytes: 20_000)
    try run("/bin/sh", "-c", "cat /dev/zero > \(state.path)/filler 2>/dev/null")
    let new = [UInt8](repeating: 3, count: 20_000)
    try reserved.commit(new)
    #expect(try state.read("session") == .present(new))
  }

  @Test(.enabled(if: canMount, "a read-only file system needs a mount, which is not permitted here"))
  func aReadOnlyDirectoryIsReadButNotWritten() throws {
    try #require(mkdir(state.path, 0o700) == 0)
    try #require(try run("/bin/mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", state.path).code == 0)
    defer { _ = try? run("/bin/umount", "-l", state.path) }
    try state.write([1], to: "session")
    try #require(try run("/bin/mount", "-o", "remount,ro", state.path).code == 0)
    #expect(try state.read("session") == .present([1]))
    #expect(throws: StateFailure.unwritable(path: "\(state.path)/session", reason: "read-only file system")) {
      try state.write([2], to: "session")
    }
    let below = StateDirectoryOnDisk(path: "\(state.path)/deeper")
    #expect(try below.read("session") == .absent)
    let failure = #expect(throws: StateFailure.self) { try below.write([2], to: "session") }
    #expect(failure?.kind == .output)
  }

  private static let canMount: Bool = {
    guard let scratch = try? Scratch(),
      let mounted = try? run("/bin/mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", scratch.path)
    else { return false }
    _ = try? run("/bin/umount", "-l", scratch.path)
    return mounted.code == 0
  }()
}
