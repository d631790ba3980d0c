/// A write whose room on the disk is already taken: a one-time refresh token is redeemed only once there is one, so
/// that a full disk cannot lose the answer.
///
/// Given up when the value goes without `commit`; the old file then stays as it was.
public protocol ReservedWrite: AnyObject, Sendable {
  /// Once only. As `StateDirectory.write`; can still fail on I/O errors, and for want of room if there are more bytes
  /// than were reserved.
  func commit(_ bytes: [UInt8]) throws(StateFailure)
}

extension StateDirectory {
  /// For directories that cannot fill up: nothing is reserved.
  public func reserve(_ name: String, bytes: Int) throws(StateFailure) -> any ReservedWrite {
    UnreservedWrite(directory: self, name: name)
  }
}

private final class UnreservedWrite: ReservedWrite {
  private let directory: any StateDirectory
  private let name: String

  init(directory: any StateDirectory, name: String) {
    self.directory = directory
    self.name = name
  }

  func commit(_ bytes: [UInt8]) throws(StateFailure) { try directory.write(bytes, to: name) }
}
