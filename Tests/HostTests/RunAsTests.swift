import Glibc
import Testing

@testable import Host

/// Who may become somebody else is root.
@Suite(.enabled(if: isRoot)) struct RunAsTests {
  @Test func aNameBringsItsGroupsAndHome() throws {
    let user = try RunAs("nobody")
    #expect(user.user == 65534 && user.group == 65534 && user.groups == [65534])
    #expect(user.name == "nobody" && !user.home.isEmpty)
    #expect(try RunAs("65534") == user)
  }

  @Test func aNumberWithoutANameIsItsOwnGroup() throws {
    let user = try RunAs("54321")
    #expect(user.user == 54321 && user.group == 54321 && user.groups == [54321])
    #expect(user.name == nil && user.home == "/")
  }

  @Test(arguments: [("nobody:0", 0), ("nobody:root", 0), ("nobody:54322", 54322)])
  func aGroupThatIsNamedIsTheOnlyOne(_ text: String, _ group: UInt32) throws {
    let user = try RunAs(text)
    #expect(user.user == 65534 && user.group == group && user.groups == [group])
  }

  @Test(arguments: ["", ":", ":0", "no-such-user", "-1", "+1", "1 ", "4294967295", "4294967296", "nob\0dy", "٣"])
  func nobodyOfThatNameIsKnown(_ text: String) {
    let failure = #expect(throws: RunAsFailure.self) { try RunAs(text) }
    guard case .unknownUser = failure else { return #expect(Bool(false), "\(text): \(String(describing: failure))") }
  }

  @Test(arguments: ["nobody:", "nobody:no-such-group", "nobody:4294967295", "nobody:0:0"])
  func noGroupOfThatNameIsKnown(_ text: String) {
    let failure = #expect(throws: RunAsFailure.self) { try RunAs(text) }
    guard case .unknownGroup = failure else { return #expect(Bool(false), "\(text): \(String(describing: failure))") }
  }

  @Test func whatItOpensThatUserMayOpen() throws {
    let scratch = try Scratch()
    try create(scratch["ours"], "secret")
    let user = try RunAs("54321:54322")
    let failure = #expect(throws: SystemError.self) {
      try user.perform { () throws(SystemError) in try call { open(scratch["ours"], O_RDONLY) } }
    }
    #expect(failure?.code == EACCES)
    // An error in between has not left this thread as somebody else.
    #expect(geteuid() == 0 && getegid() == 0)
    close(try call { open(scratch["ours"], O_RDONLY) })
  }

  @Test func whatItMakesIsThatUsers() throws {
    let scratch = try Scratch()
    try #require(chmod(scratch.path, 0o777) == 0)
    let groups = getgroups(0, nil)
    try RunAs("54321:54322").perform { () throws(SystemError) in
      close(try call { open(scratch["theirs"], O_WRONLY | O_CREAT, 0o600) })
      guard geteuid() == 54321, getegid() == 54322, getgroups(0, nil) == 1 else { throw SystemError(EPERM) }
    }
    let made = try status(scratch["theirs"])
    #expect(made.st_uid == 54321 && made.st_gid == 54322)
    #expect(geteuid() == 0 && getegid() == 0 && getgroups(0, nil) == groups)
  }

  @Test func aThreadThatWasThereBeforeStaysItself() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let (reader, writer) = (ends[0], ends[1])
    defer { close(reader) }
    // Waits for its turn, then gives back whom it is, plus one.
    let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
      var byte: UInt8 = 0
      _ = read(Int32(Int(bitPattern: context)), &byte, 1)
      return UnsafeMutableRawPointer(bitPattern: UInt(geteuid()) + 1)
    }
    var thread = pthread_t()
    try #require(pthread_create(&thread, nil, body, UnsafeMutableRawPointer(bitPattern: Int(reader))) == 0)
    var result: UnsafeMutableRawPointer?
    try RunAs("54321").perform { () throws(SystemError) in
      close(writer)
      pthread_join(thread, &result)
    }
    #expect(UInt(bitPattern: result) == 1)
  }
}
