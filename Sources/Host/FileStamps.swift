internal import Glibc

/// Which files of a directory there are, and which version of each: for noticing what other processes do there. A file
/// that is replaced by renaming is another one.
public struct FileStamps: Sendable, Equatable {
  public struct Stamp: Sendable, Hashable {
    let inode: UInt64
    let changed: Int64
  }

  private let directory: String
  private let accepts: @Sendable (String) -> Bool
  private var listed: Stamp?
  public private(set) var files: [String: Stamp] = [:]

  /// - Parameter accepts: the names that count.
  public init(of directory: String, where accepts: @escaping @Sendable (String) -> Bool) {
    self.directory = directory
    self.accepts = accepts
    update()
  }

  /// Looks again; the names that came, went or changed. Costs one system call where nothing did.
  @discardableResult
  public mutating func update() -> Set<String> {
    let present = Self.stamp(directory)
    // A change within the clock's grain of the last look would be missed: such a directory is read again.
    guard present != listed || present.map(Self.isRecent) == true else { return [] }
    listed = present
    var found: [String: Stamp] = [:]
    if present != nil, let handle = opendir(directory) {
      defer { closedir(handle) }
      while let entry = readdir(handle) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if accepts(name), let stamp = Self.stamp("\(directory)/\(name)") { found[name] = stamp }
      }
    }
    let names = Set(found.keys).union(files.keys)
    let changed = names.filter { found[$0] != files[$0] }
    files = found
    return changed
  }

  public static func == (left: FileStamps, right: FileStamps) -> Bool {
    left.directory == right.directory && left.files == right.files
  }

  private static func stamp(_ path: String) -> Stamp? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    let (nanoseconds, overflow) = Int64(status.st_ctim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    return Stamp(inode: UInt64(status.st_ino), changed: overflow ? 0 : nanoseconds &+ Int64(status.st_ctim.tv_nsec))
  }

  private static func isRecent(_ stamp: Stamp) -> Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let age = Int64(now.tv_sec) &* 1_000_000_000 &- stamp.changed
    return (-3_000_000_000...3_000_000_000).contains(age)
  }
}
