public import Glibc
public import Model

extension FileStamp {
  /// What the kernel tells of a file (stat(2)), as far as it tells one version from another.
  public init(_ status: stat) {
    self.init(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), mode: UInt64(status.st_mode),
      owner: UInt64(status.st_uid), group: UInt64(status.st_gid), size: Int64(status.st_size),
      modifiedSeconds: Int64(status.st_mtim.tv_sec), modifiedNanoseconds: Int64(status.st_mtim.tv_nsec),
      changedSeconds: Int64(status.st_ctim.tv_sec), changedNanoseconds: Int64(status.st_ctim.tv_nsec))
  }
}
