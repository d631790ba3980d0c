/// The seam to the state directory. Names are plain file names of letters, digits, `.`, `-`, `_`; the adapter knows the
/// directory and judges it: ours, not a symlink, closed to others.
public protocol StateDirectory: Sendable {
  /// Where it is, for messages.
  var path: String { get }
  func read(_ name: String) throws(StateFailure) -> StateFile
  /// Temporary file + fsync + rename + fsync of the directory, 0600; creates the directory (0700) if need be. What is
  /// fleeting is not waited for until it is on the disk.
  func write(_ bytes: [UInt8], to name: String, _ durability: Durability) throws(StateFailure)
  /// Takes the room on the disk for `bytes` bytes before something is done that cannot be repeated; see `ReservedWrite`.
  func reserve(_ name: String, bytes: Int) throws(StateFailure) -> any ReservedWrite
  /// Does nothing if the file is absent.
  func remove(_ name: String, _ durability: Durability) throws(StateFailure)
  func names() throws(StateFailure) -> [String]
  /// Which version of a file there is, whatever it is like; nil where there is none.
  func stamp(of name: String) throws(StateFailure) -> FileStamp?
  /// An exclusive lock beside the data, across processes, freed when the value goes or the process ends.
  func lock(_ name: String, deadline: BootTime) throws(StateFailure) -> any StateLock
}

extension StateDirectory {
  public func write(_ bytes: [UInt8], to name: String) throws(StateFailure) { try write(bytes, to: name, .lasting) }
  public func remove(_ name: String) throws(StateFailure) { try remove(name, .lasting) }
}

/// What a change must outlive.
public enum Durability: Sendable {
  /// A crash of the machine, at any moment: the old file or the new one is there, whole.
  case lasting
  /// The process. After a crash the old file, the new one, a part of it or none is there: for copies that can be made
  /// again, and that nobody can take for whole when they are not.
  case fleeting
}

public protocol StateLock: AnyObject, Sendable {
  func unlock()
}

public enum StateFile: Sendable, Equatable {
  case absent
  case present([UInt8])
  /// Too open, linked, foreign, not a file, too large: treated as absent, with one warning; never read, never removed.
  case unacceptable(path: String, reason: String)
}

public enum StateFailure: Explained, Hashable {
  /// The directory itself: foreign, a symlink, open to others, not creatable.
  case unusableDirectory(path: String, reason: String, hint: String)
  case unreadable(path: String, reason: String)
  /// Disk full, read-only, quota, I/O error. Nothing was changed.
  case unwritable(path: String, reason: String)
  case lockBusy(path: String)
  case interrupted(Interrupted)

  public var kind: FailureKind {
    switch self {
    case .unusableDirectory: .configuration
    case .unreadable, .unwritable: .output
    case .lockBusy: .busy
    case .interrupted(let signal): signal.kind
    }
  }

  public var message: String {
    switch self {
    case .unusableDirectory(let path, let reason, _):
      "the state directory \(path.printable()) cannot be used: \(reason)"
    case .unreadable(let path, let reason): "\(path.printable()) cannot be read: \(reason)"
    case .unwritable(let path, let reason): "\(path.printable()) cannot be written: \(reason)"
    case .lockBusy(let path): "another daypass holds \(path.printable()) and did not finish in time"
    case .interrupted(let signal): signal.message
    }
  }

  public var hint: String? {
    switch self {
    case .unusableDirectory(_, _, let hint): hint
    case .unreadable, .unwritable: "free the disk, or set DAYPASS_HOME to a directory that can be written"
    case .lockBusy: "try again; `fuser` on that file shows who holds it"
    case .interrupted: nil
    }
  }
}

/// The seam to the kernel's key retention service (user keyring).
public protocol KeyRing: Sendable {
  /// The 32 bytes stored under `name`, nil where there is none or it cannot be reached from this process.
  func key(_ name: String) -> Secret?
  /// Stores with permissions 0x3f3f0000 and reads it back as a fresh session keyring would; false if that fails.
  func store(_ key: Secret, as name: String) -> Bool
  func remove(_ name: String)
  /// Whether keys stored here would be reachable from any later login of this user on this boot.
  var isLasting: Bool { get }
}
