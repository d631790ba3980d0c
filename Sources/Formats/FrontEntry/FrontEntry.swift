public import Model

/// An answer that the full program leaves for its front (docs/decisions/0016): the bytes to print, until when they are
/// what it would print itself, and the files that they were made of. It is kept sealed, under a name made of the
/// `FrontQuestion`.
///
/// Integers are little-endian: four moments of 8 bytes, the output's length and the output, the number of files, and of
/// each its place, the length of its name, the name, a zero, whether it was there, and then its stamp. Lengths and
/// numbers have 4 bytes, the others one.
public struct FrontEntry: Sendable {
  /// While nothing changes but the time. Both clocks must be in their windows: one that is set, or another boot, takes
  /// one of them out of it.
  public struct Window: Hashable, Sendable {
    public var firstWall: WallTime
    /// From then on the answer is another, or may be.
    public var endWall: WallTime
    public var firstBoot: BootTime
    public var endBoot: BootTime

    init(firstWall: WallTime, endWall: WallTime, firstBoot: BootTime, endBoot: BootTime) {
      self.firstWall = firstWall
      self.endWall = endWall
      self.firstBoot = firstBoot
      self.endBoot = endBoot
    }

    public init(from wall: WallTime, _ boot: BootTime, for seconds: Int64) {
      firstWall = wall
      endWall = wall + seconds
      firstBoot = boot
      endBoot = boot + .seconds(seconds)
    }

    public func holds(_ wall: WallTime, _ boot: BootTime) -> Bool {
      firstWall <= wall && wall < endWall && firstBoot <= boot && boot < endBoot
    }

    /// Whether it holds at the beginning of `later`, and ends with it but for the seconds that both were rounded to.
    func covers(_ later: Window) -> Bool {
      let (wall, boot) = (later.endWall - endWall, (later.endBoot - endBoot).components.seconds)
      return holds(later.firstWall, later.firstBoot) && (-2...2).contains(wall) && (-2...2).contains(boot)
    }
  }

  /// What a pipe takes in one piece (PIPE_BUF, pipe(7)): the front writes without waiting for a reader, or not at all.
  public static let outputLimit = 4096
  /// Of the sealed file.
  public static let sizeLimit = 16_384
  /// How the names of all entries begin.
  public static let prefix = "front-"
  /// What its first line begins with; the key's place and name follow.
  public static let kind = "front"

  public var window: Window
  public var files: [SeenFile]

  public init(window: Window, files: [SeenFile]) {
    self.window = window
    self.files = files
  }

  /// With the output in it, of which no other copy is made: to be sealed.
  public func encoded(output: Secret) -> Secret {
    let (start, rest) = (encodedStart(outputCount: output.count), encodedFiles)
    return output.withBytes { output in
      Secret(count: start.count + output.count + rest.count) { memory in
        memory[..<start.count].copyBytes(from: start)
        memory[start.count..<start.count + output.count].copyBytes(from: output)
        memory[(start.count + output.count)...].copyBytes(from: rest)
      }
    }
  }

  private func encodedStart(outputCount: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for moment in [
      window.firstWall.seconds, window.endWall.seconds, window.firstBoot.nanoseconds, window.endBoot.nanoseconds,
    ] {
      FrontEntry.add(moment, to: &bytes)
    }
    FrontEntry.add(UInt32(clamping: outputCount), to: &bytes)
    return bytes
  }

  private static func add(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private var encodedFiles: [UInt8] {
    var bytes: [UInt8] = []
    func add(_ number: some FixedWidthInteger) { FrontEntry.add(number, to: &bytes) }
    add(UInt32(clamping: files.count))
    for file in files {
      add(file.place.rawValue)
      add(UInt32(clamping: file.name.count))
      bytes += file.name
      add(UInt8(0))
      add(UInt8(file.stamp == nil ? 0 : 1))
      guard let stamp = file.stamp else { continue }
      for number in [stamp.device, stamp.inode, stamp.mode, stamp.owner, stamp.group] { add(number) }
      for number in [
        stamp.size, stamp.modifiedSeconds, stamp.modifiedNanoseconds, stamp.changedSeconds, stamp.changedNanoseconds,
      ] { add(number) }
    }
    return bytes
  }
}

/// An opened entry, read in its place.
public struct FrontEntryReader {
  public let window: FrontEntry.Window
  /// Points into what was given.
  public let output: UnsafeRawBufferPointer
  private var rest: Bytes
  private var filesLeft: UInt32

  /// Nil if it is not what `encoded` writes.
  public init?(_ plaintext: UnsafeRawBufferPointer) {
    var bytes = Bytes(all: plaintext)
    guard let firstWall = bytes.number(Int64.self), let endWall = bytes.number(Int64.self),
      let firstBoot = bytes.number(Int64.self), let endBoot = bytes.number(Int64.self),
      let length = bytes.number(UInt32.self), length > 0, length <= FrontEntry.outputLimit,
      let output = bytes.next(Int(length)), let count = bytes.number(UInt32.self), count > 0
    else { return nil }
    window = FrontEntry.Window(
      firstWall: WallTime(seconds: firstWall), endWall: WallTime(seconds: endWall),
      firstBoot: BootTime(nanoseconds: firstBoot), endBoot: BootTime(nanoseconds: endBoot))
    self.output = output
    rest = bytes
    filesLeft = count
  }

  /// One of the files that the answer was made of.
  public struct File {
    public let place: SeenFile.Place
    /// Ends with a zero.
    public let name: UnsafePointer<CChar>
    public let stamp: FileStamp?
    /// The name, without the zero.
    fileprivate let nameBytes: UnsafeRawBufferPointer
  }

  /// The next file; nil after the last, or where it is not what `encoded` writes.
  public mutating func next() -> File? {
    guard filesLeft > 0, let place = rest.number(UInt8.self).flatMap(SeenFile.Place.init(rawValue:)),
      let length = rest.number(UInt32.self), length > 0, length < FrontEntry.sizeLimit,
      let name = rest.next(Int(length) + 1), name[Int(length)] == 0, let start = name.baseAddress,
      let isThere = rest.number(UInt8.self)
    else { return nil }
    var stamp: FileStamp?
    if isThere != 0 {
      guard let read = self.stamp() else { return nil }
      stamp = read
    }
    filesLeft -= 1
    return File(
      place: place, name: start.assumingMemoryBound(to: CChar.self), stamp: stamp,
      nameBytes: UnsafeRawBufferPointer(rebasing: name.dropLast()))
  }

  /// Whether the front goes on saying with it what `entry` and `output` would have it say.
  public func stands(for entry: FrontEntry, output: Secret) -> Bool {
    guard window.covers(entry.window), output.matches(self.output) else { return false }
    var reader = self
    for seen in entry.files {
      guard let file = reader.next(), file.place == seen.place, file.stamp == seen.stamp,
        file.nameBytes.elementsEqual(seen.name)
      else { return false }
    }
    return reader.isAtEnd
  }

  /// Whether every file was given out and nothing follows.
  public var isAtEnd: Bool { filesLeft == 0 && rest.isEmpty }

  private mutating func stamp() -> FileStamp? {
    guard let device = rest.number(UInt64.self), let inode = rest.number(UInt64.self),
      let mode = rest.number(UInt64.self), let owner = rest.number(UInt64.self), let group = rest.number(UInt64.self),
      let size = rest.number(Int64.self), let modified = rest.number(Int64.self),
      let modifiedNanoseconds = rest.number(Int64.self), let changed = rest.number(Int64.self),
      let changedNanoseconds = rest.number(Int64.self)
    else { return nil }
    return FileStamp(
      device: device, inode: inode, mode: mode, owner: owner, group: group, size: size, modifiedSeconds: modified,
      modifiedNanoseconds: modifiedNanoseconds, changedSeconds: changed, changedNanoseconds: changedNanoseconds)
  }

  private struct Bytes {
    let all: UnsafeRawBufferPointer
    var offset = 0

    init(all: UnsafeRawBufferPointer) { self.all = all }

    var isEmpty: Bool { offset == all.count }

    mutating func next(_ count: Int) -> UnsafeRawBufferPointer? {
      guard count >= 0, count <= all.count - offset else { return nil }
      defer { offset += count }
      return UnsafeRawBufferPointer(rebasing: all[offset..<offset + count])
    }

    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type) -> Number? {
      guard MemoryLayout<Number>.size <= all.count - offset else { return nil }
      defer { offset += MemoryLayout<Number>.size }
      return Number(littleEndian: all.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
  }
}
