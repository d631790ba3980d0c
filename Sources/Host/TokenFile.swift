internal import Glibc
public import Model
internal import Synchronization

/// The file from which the clients of one profile take their token. One that is already there is its owner's, and is
/// read; one that is missing is made, and goes with us.
public final class TokenFile: Sendable {
  public let path: String
  public let token: Secret
  /// Somebody else's file, whose last byte is not of the token: AWS SDKs that read the file send it all the same.
  public let endsInLineFeed: Bool
  /// What was made here, unless it was removed since.
  private let made: Mutex<FileStatus.Identity?>

  /// Whether somebody else put it there.
  public var isGiven: Bool { made.withLock { $0 == nil } }

  /// Of a file that is already there: bytes that no header can do without.
  static let minimumLength = 32
  private static let sizeLimit = 4096

  /// - Parameters:
  ///   - directory: made where it is missing: 0700, or 0750 for a group.
  ///   - fresh: the token that a new file gets.
  ///   - mode: of a new file.
  ///   - group: of a new file; nil for our own.
  public init(
    _ name: String, in directory: String, fresh: () throws(CryptographyFailure) -> Secret, mode: UInt32,
    group: UInt32?
  ) throws(TokenFileFailure) {
    let path = "\(directory)/\(name)"
    self.path = path
    if let given = try Self.given(path) {
      token = given.token
      endsInLineFeed = given.endsInLineFeed
      made = Mutex(nil)
      return
    }
    endsInLineFeed = false
    let token: Secret
    do throws(CryptographyFailure) { token = try fresh() } catch {
      throw .unwritable(path: path, reason: error.message)
    }
    do throws(SystemError) { try Self.prepare(directory, group: group) } catch {
      throw .unwritable(path: path, reason: error.reason)
    }
    try Self.judge(directory: directory, of: path)
    do throws(SystemError) {
      let identity = try Self.create(path, name, in: directory, token, mode: mode, group: group)
      self.token = token
      made = Mutex(identity)
    } catch {
      // Somebody else's came in between: the next attempt finds it.
      guard error.code == EEXIST else { throw .unwritable(path: path, reason: error.reason) }
      let isLink = (try? FileStatus.of(path, followingLinks: false))?.form == .symbolicLink
      throw .unusable(
        path: path, reason: isLink ? "it is a link that leads nowhere" : "it appeared just now",
        hint: isLink ? "remove it, or make the file that it leads to" : "start again")
    }
  }

  /// Whether what was made here is there, as it was made.
  public var isIntact: Bool {
    guard let identity = made.withLock({ $0 }), let status = try? FileStatus.of(path, followingLinks: false),
      status.identity == identity, let present = try? Self.given(path)
    else { return false }
    return present.token.exposedBytes() == token.exposedBytes()
  }

  /// What is there now is not removed with us: the next file can have the number of one that is gone.
  public func abandon() { made.withLock { $0 = nil } }

  /// Removes it if it was made here and is still the same.
  public func remove() {
    let identity = made.withLock { identity in
      defer { identity = nil }
      return identity
    }
    guard let identity, let status = try? FileStatus.of(path, followingLinks: false), status.identity == identity else {
      return
    }
    unlink(path)
  }

  /// Unless something is in it.
  public static func removeDirectory(_ path: String) { rmdir(path) }

  /// The token of a file that is there; nil where there is none. Links are followed: secrets that Kubernetes mounts are
  /// chains of them.
  private static func given(
    _ path: String
  ) throws(TokenFileFailure) -> (token: Secret, endsInLineFeed: Bool)? {
    let status: FileStatus
    let content: [UInt8]?
    do throws(SystemError) {
      let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
      status = try file.status()
      content = status.form == .regular ? try file.readAll(limit: sizeLimit) : []
    } catch {
      if error.code == ENOENT { return nil }
      throw .unusable(path: path, reason: error.reason, hint: "make it readable, or name another --token-dir")
    }
    guard status.form == .regular else {
      throw .unusable(path: path, reason: "it is not a file", hint: "remove it")
    }
    try judgePlaces(of: path, status)
    guard status.mode & 0o006 == 0 else {
      throw .unusable(
        path: path, reason: "every user of this machine can read or write it (mode \(status.octalMode))",
        hint: "run `chmod o-rwx \(path.printable())`, and change the token: it may be known")
    }
    guard var bytes = content else {
      throw .unusable(path: path, reason: "it is larger than \(sizeLimit) bytes", hint: "put a token into it")
    }
    // AWS SDKs refuse a token with a line feed in it; clients that read the file by hand leave it out.
    let endsInLineFeed = bytes.last == UInt8(ascii: "\n")
    if endsInLineFeed { bytes.removeLast() }
    guard bytes.count >= minimumLength, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .unusable(
        path: path, reason: "it does not hold a token of \(minimumLength) or more visible characters",
        hint: "remove it and one is made, or put one into it without a line break")
    }
    return (Secret(bytes), endsInLineFeed)
  }

  /// Whether nobody else can put another in its place: whoever chose the token has what it opens, and who serves with it
  /// would not notice. A link and what it leads to are judged alike.
  private static func judgePlaces(of path: String, _ status: FileStatus) throws(TokenFileFailure) {
    guard isOurs(status.owner) else { throw foreign(path, path, status.owner) }
    guard let link = try? FileStatus.of(path, followingLinks: false) else {
      throw .unusable(path: path, reason: "it was replaced just now", hint: "start again")
    }
    try judge(directory: parent(path), of: path)
    guard link.form == .symbolicLink else { return }
    guard isOurs(link.owner) else { throw foreign(path, path, link.owner) }
    guard let resolved = realpath(path, nil) else {
      throw .unusable(path: path, reason: SystemError(errno).reason, hint: "start again")
    }
    defer { free(resolved) }
    try judge(directory: parent(String(cString: resolved)), of: path)
  }

  /// In a shared directory that is sticky, only its owner can replace a file.
  private static func judge(directory: String, of path: String) throws(TokenFileFailure) {
    guard let status = try? FileStatus.of(directory, followingLinks: true), status.form == .directory else {
      throw .unusable(
        path: path, reason: "\(directory.printable()) is not a directory", hint: "name another --token-dir")
    }
    guard isOurs(status.owner) else { throw foreign(path, directory, status.owner) }
    guard status.mode & 0o022 == 0 || status.mode & mode_t(S_ISVTX) != 0 else {
      throw .unusable(
        path: path, reason: "others can replace it in \(directory.printable()) (mode \(status.octalMode))",
        hint: "run `chmod go-w \(directory.printable())`")
    }
  }

  private static func isOurs(_ owner: uid_t) -> Bool { owner == 0 || owner == geteuid() }

  private static func foreign(_ path: String, _ place: String, _ owner: uid_t) -> TokenFileFailure {
    .unusable(
      path: path, reason: "\(place == path ? "it" : place.printable()) belongs to uid \(owner)",
      hint: "run `chown \(geteuid()) \(place.printable())`, and change the token: it may be known")
  }

  private static func parent(_ path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func prepare(_ directory: String, group: UInt32?) throws(SystemError) {
    do throws(SystemError) {
      try call { mkdir(directory, 0o700) }
      guard let group else { return }
      try call { chown(directory, uid_t.max, group) }
      // Our umask has taken the group's rights from what mkdir was asked for.
      try call { chmod(directory, 0o750) }
    } catch  where error.code == EEXIST {
      return
    }
  }

  /// Whole under its name from the first moment on, and never in place of another.
  private static func create(
    _ path: String, _ name: String, in directory: String, _ token: Secret, mode: UInt32, group: UInt32?
  ) throws(SystemError) -> FileStatus.Identity {
    let temporary = "\(directory)/.\(name)-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let file = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    defer { unlink(temporary) }
    try token.withBytes { bytes throws(SystemError) in try file.writeAll(bytes) }
    if let group { try call { fchown(file.number, uid_t.max, group) } }
    try call { fchmod(file.number, mode_t(mode)) }
    try call { link(temporary, path) }
    return try file.status().identity
  }
}

public enum TokenFileFailure: Explained, Hashable {
  case unusable(path: String, reason: String, hint: String)
  case unwritable(path: String, reason: String)

  public var kind: FailureKind {
    switch self {
    case .unusable: .configuration
    case .unwritable: .output
    }
  }

  public var message: String {
    switch self {
    case .unusable(let path, let reason, _): "the token file \(path.printable()) cannot be used: \(reason)"
    case .unwritable(let path, let reason): "the token file \(path.printable()) cannot be made: \(reason)"
    }
  }

  public var hint: String? {
    switch self {
    case .unusable(_, _, let hint): hint
    case .unwritable: "name a directory of your own with --token-dir"
    }
  }
}
