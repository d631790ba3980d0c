/// What tells one version of a file from another without reading it: another file, other content, another owner or mode
/// all show. Times in the kernel's own precision.
///
/// A change within the same tick of the kernel's clock as the one before leaves the same stamp, so whoever relies on
/// one must have taken it a tick after the last change.
public struct FileStamp: Hashable, Sendable {
  public var device: UInt64
  public var inode: UInt64
  /// Form and permission bits, as in `st_mode`.
  public var mode: UInt64
  public var owner: UInt64
  public var group: UInt64
  public var size: Int64
  public var modifiedSeconds: Int64
  public var modifiedNanoseconds: Int64
  public var changedSeconds: Int64
  public var changedNanoseconds: Int64

  public init(
    device: UInt64, inode: UInt64, mode: UInt64, owner: UInt64, group: UInt64, size: Int64, modifiedSeconds: Int64,
    modifiedNanoseconds: Int64, changedSeconds: Int64, changedNanoseconds: Int64
  ) {
    self.device = device
    self.inode = inode
    self.mode = mode
    self.owner = owner
    self.group = group
    self.size = size
    self.modifiedSeconds = modifiedSeconds
    self.modifiedNanoseconds = modifiedNanoseconds
    self.changedSeconds = changedSeconds
    self.changedNanoseconds = changedNanoseconds
  }
}

/// A file that was looked at, as it was then.
public struct SeenFile: Hashable, Sendable {
  public enum Place: UInt8, Sendable {
    /// By a path, links followed.
    case path = 1
    /// By a name in the state directory, links not followed.
    case state = 2
  }

  public var place: Place
  /// The path or name, as bytes without a zero.
  public var name: [UInt8]
  /// Nil where there was nothing.
  public var stamp: FileStamp?

  public init(_ place: Place, _ name: [UInt8], _ stamp: FileStamp?) {
    self.place = place
    self.name = name
    self.stamp = stamp
  }
}
