import Glibc
import Model
import Testing

@testable import Host

@Suite struct PrivateFileTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test func itHoldsTheSecretAloneAndGoesWithItsValue() throws {
    let path: String
    do {
      let file = try PrivateFile(Secret("token"), environment: Environment(["XDG_RUNTIME_DIR": scratch.path]))
      path = file.path
      #expect(path.hasPrefix(scratch.path + "/"))
      #expect(try contents(path) == Array("token".utf8))
      #expect(try status(path).st_mode & 0o7777 == 0o600)
      withExtendedLifetime(file) {}
    }
    #expect(try listing(scratch.path) == [])
  }

  @Test func removingTwiceIsHarmless() throws {
    let file = try PrivateFile(Secret("a"), firstOf: [scratch.path])
    file.remove()
    try create(file.path, "somebody else's")
    file.remove()
    #expect(try contents(file.path) == Array("somebody else's".utf8))
  }

  @Test func aDirectoryThatCannotBeUsedIsPassedOver() throws {
    try #require(mkdir(scratch["open"], 0o777) == 0 && chmod(scratch["open"], 0o777) == 0)
    try #require(mkdir(scratch["good"], 0o700) == 0)
    try create(scratch["file"], "")
    let directories = ["relative", scratch["none"], scratch["file"], scratch["open"], scratch["good"]]
    let file = try PrivateFile(Secret("a"), firstOf: directories)
    #expect(file.path.hasPrefix(scratch["good/"]))
  }

  @Test func aStickyDirectoryOfAllIsUsed() throws {
    try #require(mkdir(scratch["tmp"], 0o700) == 0 && chmod(scratch["tmp"], 0o1777) == 0)
    let file = try PrivateFile(Secret("a"), firstOf: [scratch["tmp"]])
    #expect(file.path.hasPrefix(scratch["tmp/"]))
  }

  @Test func withoutAnyDirectoryItFailsNamingThem() {
    let failure = #expect(throws: PrivateFileFailure.self) {
      try PrivateFile(Secret("canary"), firstOf: [scratch["none"]])
    }
    #expect(failure?.message.contains(scratch["none"]) == true)
    #expect(failure?.message.contains("canary") == false)
    #expect(failure?.kind == .output)
  }

  @Test func theSecondLiesBesideTheFirst() throws {
    let first = try PrivateFile(Secret("a"), firstOf: [scratch.path])
    let second = try PrivateFile(Secret("b"), beside: first)
    #expect(second.path.hasPrefix(scratch.path + "/") && second.path != first.path)
    #expect(try contents(second.path) == Array("b".utf8))
    first.remove()
    #expect(try listing(scratch.path).count == 1)
    withExtendedLifetime(second) {}
  }

  @Test func whatAKilledProcessLeftIsTakenAwayAndNothingElse() throws {
    let living = try PrivateFile(Secret("a"), firstOf: [scratch.path])
    try create(scratch["daypass-exec-abandoned"], "somebody was killed")
    try create(scratch["daypass-exec-is-too-long-for-ours"], "")
    try create(scratch["other"], "")
    let next = try PrivateFile(Secret("b"), firstOf: [scratch.path])
    let names = try Set(listing(scratch.path).map { scratch[$0] })
    #expect(names == [living.path, next.path, scratch["daypass-exec-is-too-long-for-ours"], scratch["other"]])
    withExtendedLifetime(next) {}
  }

  @Test func aDirectoryOfSomebodyElseIsPassedOver() throws {
    try #require(mkdir(scratch["theirs"], 0o700) == 0 && mkdir(scratch["good"], 0o700) == 0)
    guard chown(scratch["theirs"], 54321, 54321) == 0 else { return }
    let file = try PrivateFile(Secret("a"), firstOf: [scratch["theirs"], scratch["good"]])
    #expect(file.path.hasPrefix(scratch["good/"]))
  }

  @Test(.enabled(if: isRoot)) func forSomebodyElseItIsThatUsersAndInADirectoryOfThatUser() throws {
    try #require(chmod(scratch.path, 0o755) == 0)
    try #require(mkdir(scratch["ours"], 0o700) == 0)
    try #require(mkdir(scratch["theirs"], 0o700) == 0 && chown(scratch["theirs"], 54321, 54321) == 0)
    let file = try PrivateFile(Secret("a"), firstOf: [scratch["ours"], scratch["theirs"]], owner: RunAs("54321"))
    let second = try PrivateFile(Secret("b"), beside: file)
    for path in [file.path, second.path] {
      #expect(path.hasPrefix(scratch["theirs/"]))
      let status = try status(path)
      #expect(status.st_uid == 54321 && status.st_mode & 0o7777 == 0o600)
    }
    file.remove()
    second.remove()
    #expect(try listing(scratch["theirs"]) == [])
  }
}
