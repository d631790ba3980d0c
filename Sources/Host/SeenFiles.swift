internal import CHost
internal import Glibc
public import Model
internal import Synchronization

/// Which files an answer was made of, and how they were when they were read: taken down for the front, which serves the
/// answer again for as long as they are the same. Nothing is taken down before `begin`.
public enum SeenFiles {
  private struct Record {
    var files: [SeenFile] = []
    /// Something was looked at that a stamp cannot stand for.
    var isIncomplete = false
  }

  private static let record = Mutex<Record?>(nil)

  public static func begin() { record.withLock { $0 = $0 ?? Record() } }

  /// All that was seen; nil where that is not all that counted, or a file changed meanwhile.
  public static var all: [SeenFile]? {
    record.withLock { record in
      guard let record, !record.isIncomplete else { return nil }
      return record.files
    }
  }

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

  /// Also false where an answer is not to be kept any more: then nothing need be waited for.
  private static var isOn: Bool { record.withLock { $0.map { !$0.isIncomplete } ?? false } }

  /// - Parameter status: nil where there was nothing.
  static func note(_ place: SeenFile.Place, _ name: String, _ status: stat?) {
    let file = SeenFile(place, Array(name.utf8), status.map { FileStamp($0) })
    record.withLock { record in
      if let earlier = record?.files.first(where: { $0.place == place && $0.name == file.name }) {
        if earlier != file { record?.isIncomplete = true }
      } else {
        record?.files.append(file)
      }
    }
  }

  static func forsake() { record.withLock { $0?.isIncomplete = true } }

  /// Takes down an open file, before it is read. One that changed within the tick of the kernel's clock that is just
  /// passing could change again without showing it; that tick is waited for, at most twice.
  static func note(_ place: SeenFile.Place, _ name: String, open descriptor: Int32) {
    guard isOn else { return }
    guard tellsChanges(descriptor) else { return forsake() }
    for look in 1...3 {
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_ctim.tv_sec <= time(nil) else { break }
      if isSettled(status) { return note(place, name, status) }
      guard look < 3 else { break }
      var tick = timespec(tv_sec: 0, tv_nsec: 10_000_000)
      nanosleep(&tick, nil)
    }
    forsake()
  }

  /// Whether the times of a file there follow its content, and are not somebody's memory of them: not those of /proc, of
  /// FUSE, nor of servers.
  private static func tellsChanges(_ descriptor: Int32) -> Bool {
    // ext2 to ext4, XFS, Btrfs, F2FS, ZFS; tmpfs, ramfs; overlayfs; EROFS, squashfs (statfs(2)).
    let known: Set<UInt32> = [
      0xEF53, 0x5846_5342, 0x9123_683E, 0xF2F5_2010, 0x2FC1_2FC1, 0x0102_1994, 0x8584_58F6, 0x794C_7630, 0xE0F5_E1E2,
      0x7371_7368,
    ]
    return known.contains(UInt32(truncatingIfNeeded: chost_file_system_type(descriptor)))
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

extension FileStamp {
  init(_ status: stat) {
    self.init(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), mode: UInt64(status.st_mode),
      owner: UInt64(status.st_uid), group: UInt64(status.st_gid), size: Int64(status.st_size),
      modifiedSeconds: Int64(status.st_mtim.tv_sec), modifiedNanoseconds: Int64(status.st_mtim.tv_nsec),
      changedSeconds: Int64(status.st_ctim.tv_sec), changedNanoseconds: Int64(status.st_ctim.tv_nsec))
  }
}
