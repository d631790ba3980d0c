internal import CHost
internal import Glibc
public import Model
internal import Stat
internal import Synchronization

/// Which files an answer was made of, and how they were when they were read: taken down for the front, which serves the
/// answer again for as long as they are the same. Nothing is taken down before `begin`.
public enum SeenFiles {
  private static let record = Mutex<SeenFileRecord?>(nil)

  public static func begin() { record.withLock { $0 = $0 ?? SeenFileRecord() } }

  /// All that was seen; nil where that is not all that counted, or a file changed meanwhile.
  public static var all: [SeenFile]? { record.withLock { $0?.all } }

  /// One that is looked at for no other reason.
  public static func current(_ path: String) -> SeenFile? {
    var status = stat()
    let result = stat(path, &status)
    guard result == 0 || errno == ENOENT else { return nil }
    return SeenFile(.path, Array(path.utf8), result == 0 ? FileStamp(status) : nil)
  }

  /// - Parameter directory: of the state files.
  public static func isAsSeen(_ file: SeenFile, inState directory: String) -> Bool {
    var status = stat()
    let name = String(decoding: file.name, as: UTF8.self)
    let result =
      switch file.place {
      case .path: stat(name, &status)
      case .state: lstat("\(directory)/\(name)", &status)
      }
    return file.stamp == (result == 0 ? FileStamp(status) : nil)
  }

  // MARK: For those who read

  /// Takes down that there was nothing.
  static func noteAbsence(_ place: SeenFile.Place, _ name: String) {
    record.withLock { $0?.note(place, name, nil) }
  }

  /// Takes down an open file, before it is read.
  static func note(_ place: SeenFile.Place, _ name: String, open descriptor: Int32) {
    record.withLock { $0?.note(place, name, open: descriptor) }
  }

  /// Something was looked at that a stamp cannot stand for.
  static func forsake() { record.withLock { $0?.forsake() } }
}

struct SeenFileRecord {
  private var files: [SeenFile] = []
  private var isIncomplete = false

  /// Nil where something is missing that counted.
  var all: [SeenFile]? { isIncomplete ? nil : files }

  mutating func forsake() { isIncomplete = true }

  /// - Parameter stamp: nil where there was nothing.
  mutating func note(_ place: SeenFile.Place, _ name: String, _ stamp: FileStamp?) {
    let file = SeenFile(place, Array(name.utf8), stamp)
    if let earlier = files.first(where: { $0.place == place && $0.name == file.name }) {
      if earlier != file { isIncomplete = true }
    } else {
      files.append(file)
    }
  }

  /// One that changed within the tick of the kernel's clock that is just passing could change again without showing it;
  /// that tick is waited for, at most twice, and only where the answer may still be kept.
  mutating func note(_ place: SeenFile.Place, _ name: String, open descriptor: Int32) {
    if isIncomplete { return }
    guard Self.tellsChanges(fileSystem: chost_file_system_type(descriptor)) else { return forsake() }
    for look in 1...3 {
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_ctim.tv_sec <= time(nil) else { break }
      if Self.isSettled(status) { return note(place, name, FileStamp(status)) }
      guard look < 3 else { break }
      var tick = timespec(tv_sec: 0, tv_nsec: 10_000_000)
      nanosleep(&tick, nil)
    }
    forsake()
  }

  /// Whether the times of a file there follow its content, and are not somebody's memory of them: not those of /proc, of
  /// FUSE, nor of servers.
  ///
  /// - Parameter type: `f_type` of statfs(2).
  static func tellsChanges(fileSystem type: Int) -> Bool {
    // ext2 to ext4, XFS, Btrfs, F2FS, ZFS; tmpfs, ramfs; overlayfs; EROFS, squashfs.
    let known: Set<UInt32> = [
      0xEF53, 0x5846_5342, 0x9123_683E, 0xF2F5_2010, 0x2FC1_2FC1, 0x0102_1994, 0x8584_58F6, 0x794C_7630, 0xE0F5_E1E2,
      0x7371_7368,
    ]
    return known.contains(UInt32(truncatingIfNeeded: type))
  }

  private static func isSettled(_ status: stat) -> Bool {
    var now = timespec()
    guard clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0 else { return false }
    let changed = status.st_ctim
    // A file system that keeps whole seconds, or two of them, has ticks as long.
    if changed.tv_nsec == 0, status.st_mtim.tv_nsec == 0 { return changed.tv_sec < now.tv_sec - 2 }
    return (changed.tv_sec, changed.tv_nsec) < (now.tv_sec, now.tv_nsec)
  }
}
