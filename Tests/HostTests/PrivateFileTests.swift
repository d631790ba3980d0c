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
}
