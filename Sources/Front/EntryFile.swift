internal import CHost
internal import CSealing
internal import Formats
internal import Glibc

/// The sealed file that answers a question, if there is one:
///
/// ```
/// daypass front 1 file:9f86d081884c7d65 -
/// ```
/// and then AES-256-GCM (nonce, ciphertext, tag) with the line and the file's name as associated data, as every sealed
/// file has it (docs/decisions/0002).
struct EntryFile {
  private static let nonceSize = 12
  private static let tagSize = 16
  private static let lineLimit = 200
  private static let nameSize = 46
  private static let idSize = 16
  private static let groupLimit = 64

  private let question: FrontQuestion
  private let workspace: Workspace

  init(_ question: FrontQuestion, _ workspace: Workspace) {
    self.question = question
    self.workspace = workspace
  }

  /// Its content; nil where there is none that opens.
  func open() -> UnsafeRawBufferPointer? {
    guard question.statePath(workspace.path), let path = workspace.path.baseAddress,
      let directory = JudgedFile.directory(path)
    else { return nil }
    workspace.directory = directory
    return withUnsafeTemporaryAllocation(
      byteCount: EntryFile.lineLimit + EntryFile.nameSize + 1, alignment: 1
    ) { associated in
      let name = UnsafeMutableRawBufferPointer(rebasing: associated[EntryFile.lineLimit...])
      guard writeName(to: name), let start = name.baseAddress,
        let size = JudgedFile.read(start.assumingMemoryBound(to: CChar.self), in: directory, into: workspace.sealed)
      else { return nil }
      return open(UnsafeRawBufferPointer(rebasing: workspace.sealed[..<size]), associated)
    }
  }

  /// - Parameter associated: room for the line, then the name.
  private func open(
    _ file: UnsafeRawBufferPointer, _ associated: UnsafeMutableRawBufferPointer
  ) -> UnsafeRawBufferPointer? {
    guard let end = file.prefix(EntryFile.lineLimit).firstIndex(of: 0x0A) else { return nil }
    let line = UnsafeRawBufferPointer(rebasing: file[...end])
    let sealed = UnsafeRawBufferPointer(rebasing: file[(end + 1)...])
    let count = sealed.count - EntryFile.nonceSize - EntryFile.tagSize
    guard count > 0, findKey(line), let nonce = sealed.baseAddress, let room = associated.baseAddress,
      let plaintext = workspace.plaintext.baseAddress, let key = workspace.key.baseAddress
    else { return nil }
    // The line right before the name, which is in its place already.
    let start = room + (EntryFile.lineLimit - line.count)
    start.copyMemory(from: line.baseAddress ?? nonce, byteCount: line.count)
    func octets(_ pointer: UnsafeRawPointer) -> UnsafePointer<UInt8> { pointer.assumingMemoryBound(to: UInt8.self) }
    workspace.used = count
    let isOpen = CSealing_open(
      octets(key), octets(nonce), octets(start), line.count + EntryFile.nameSize,
      octets(nonce + EntryFile.nonceSize), count, octets(nonce + EntryFile.nonceSize + count),
      plaintext.assumingMemoryBound(to: UInt8.self))
    return isOpen == 1 ? UnsafeRawBufferPointer(start: plaintext, count: count) : nil
  }

  // MARK: Name

  /// `front-`, the first 160 bits of the question's SHA-256 in hexadecimal, and a zero.
  private func writeName(to name: UnsafeMutableRawBufferPointer) -> Bool {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: EntryFile.groupLimit + 2) { account in
      guard let numbers = account.baseAddress else { return false }
      numbers[0] = geteuid()
      numbers[1] = getegid()
      let groups = getgroups(Int32(EntryFile.groupLimit), numbers + 2)
      guard groups >= 0 else { return false }
      var context = SHA256_CTX()
      SHA256_Init(&context)
      let isWhole = question.feed(account: UnsafeBufferPointer(start: numbers, count: Int(groups) + 2)) {
        SHA256_Update(&context, $0.baseAddress, $0.count)
      }
      guard isWhole else { return false }
      return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { digest in
        SHA256_Final(digest.baseAddress, &context)
        var end = 0
        for byte in FrontEntry.prefix.utf8 {
          name[end] = byte
          end += 1
        }
        for byte in digest.prefix(20) {
          name[end] = EntryFile.digit(byte >> 4)
          name[end + 1] = EntryFile.digit(byte & 15)
          end += 2
        }
        name[end] = 0
        return end == EntryFile.nameSize
      }
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  // MARK: Key

  /// Puts the key that the line names into the workspace. Another key than that one opens nothing.
  private func findKey(_ line: UnsafeRawBufferPointer) -> Bool {
    if let rest = EntryFile.after("daypass front 1 file:", line), EntryFile.isRest(rest) {
      return JudgedFile.read("key", in: workspace.directory, into: workspace.key) == Workspace.keySize
    }
    if let rest = EntryFile.after("daypass front 1 keyring:", line) {
      return EntryFile.isRest(rest) && findInKeyring(rest)
    }
    if let rest = EntryFile.after("daypass front 1 credential:", line) {
      return EntryFile.isRest(rest) && readCredential()
    }
    return false
  }

  private static func after(_ start: StaticString, _ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let count = start.utf8CodeUnitCount
    guard line.count > count, let first = line.baseAddress, memcmp(first, start.utf8Start, count) == 0 else {
      return nil
    }
    return UnsafeRawBufferPointer(rebasing: line[count...])
  }

  /// Sixteen digits, a blank, and the mark of a machine or `-`.
  private static func isRest(_ rest: UnsafeRawBufferPointer) -> Bool {
    rest.count > idSize + 2 && rest[idSize] == UInt8(ascii: " ")
      && rest.prefix(idSize).allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }

  private func findInKeyring(_ rest: UnsafeRawBufferPointer) -> Bool {
    let start: StaticString = "daypass:"
    let count = start.utf8CodeUnitCount
    return withUnsafeTemporaryAllocation(byteCount: count + EntryFile.idSize + 1, alignment: 1) { name in
      guard let memory = name.baseAddress, let id = rest.baseAddress, let key = workspace.key.baseAddress else {
        return false
      }
      memory.copyMemory(from: start.utf8Start, byteCount: count)
      (memory + count).copyMemory(from: id, byteCount: EntryFile.idSize)
      name[count + EntryFile.idSize] = 0
      let serial = chost_key_find(memory.assumingMemoryBound(to: CChar.self))
      return serial >= 0 && chost_key_read(serial, key, Workspace.keySize) == Workspace.keySize
    }
  }

  private func readCredential() -> Bool {
    let rest: StaticString = "/daypass.key"
    guard let directory = question.value("CREDENTIALS_DIRECTORY="),
      directory[0] == CChar(bitPattern: UInt8(ascii: "/")), let path = workspace.path.baseAddress
    else { return false }
    let length = strlen(directory)
    guard length + rest.utf8CodeUnitCount < workspace.path.count else { return false }
    memcpy(path, directory, length)
    memcpy(path + length, rest.utf8Start, rest.utf8CodeUnitCount)
    path[length + rest.utf8CodeUnitCount] = 0
    return JudgedFile.readGiven(path, into: workspace.key) == Workspace.keySize
  }
}
