import Glibc
import Model
import Testing

@testable import Host

@Suite("Files that an answer was made of")
struct SeenFilesTests {
  private func record(_ path: String) throws -> SeenFileRecord {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var record = SeenFileRecord()
    record.note(.path, path, open: descriptor)
    return record
  }

  @Test("a file of a disk or of memory is taken down as it is")
  func ordinary() throws {
    let scratch = try Scratch()
    for path in [scratch["file"], "/dev/shm/daypass-host-\(getpid())"] {
      let file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
      try #require(file >= 0)
      close(file)
      let seen = try #require(try record(path).all)
      #expect(seen.map(\.name) == [Array(path.utf8)] && seen[0].stamp != nil)
      #expect(SeenFiles.isAsSeen(seen[0], inState: ""))
      unlink(path)
      #expect(!SeenFiles.isAsSeen(seen[0], inState: ""))
    }
  }

  @Test(
    "what the kernel makes up has no times that tell",
    arguments: ["/proc/self/status", "/proc/self/environ", "/sys/kernel/notes"])
  func madeUp(path: String) throws { #expect(try record(path).all == nil) }

  /// <linux/magic.h>: whoever serves them remembers times as it likes.
  @Test(
    "nor have files of servers",
    arguments: [
      ("FUSE", 0x6573_5546), ("NFS", 0x6969), ("CIFS", 0xFF53_4D42), ("SMB2", 0xFE53_4D42), ("9p", 0x0102_1997),
      ("Ceph", 0x00C3_6400), ("AFS", 0x5346_414F), ("/proc", 0x9FA0), ("sysfs", 0x6265_6572), ("nothing", 0),
      ("unknown", -1),
    ])
  func servers(name: String, type: Int) {
    #expect(!SeenFileRecord.tellsChanges(fileSystem: type))
    // As a 32-bit number that is negative it is the same.
    #expect(!SeenFileRecord.tellsChanges(fileSystem: Int(Int32(truncatingIfNeeded: type))))
  }

  @Test("those of disks have", arguments: [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630])
  func disks(type: Int) {
    #expect(SeenFileRecord.tellsChanges(fileSystem: type))
    #expect(SeenFileRecord.tellsChanges(fileSystem: Int(Int32(truncatingIfNeeded: type))))
  }

  @Test("a file that was two things at once spoils the record, and so does what nobody can stand for")
  func spoiled() {
    var record = SeenFileRecord()
    record.note(.path, "/a", nil)
    record.note(.path, "/a", nil)
    record.note(.state, "/a", nil)
    #expect(record.all?.count == 2)
    var other = record
    other.note(
      .path, "/a",
      FileStamp(
        device: 1, inode: 1, mode: 1, owner: 1, group: 1, size: 1, modifiedSeconds: 1, modifiedNanoseconds: 1,
        changedSeconds: 1, changedNanoseconds: 1))
    #expect(other.all == nil)
    record.forsake()
    #expect(record.all == nil)
  }
}
