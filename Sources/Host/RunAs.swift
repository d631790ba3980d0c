internal import CHost
internal import Glibc
public import Model

/// Somebody else, as whom a program is run: `NAME[:GROUP]`, each a name or a number.
///
/// Groups: with GROUP that one alone, else all that the password database knows. A number without an entry there is
/// its own group, and its home is /.
public struct RunAs: Sendable, Equatable {
  public let user: UInt32
  public let group: UInt32
  public let groups: [UInt32]
  /// Nil for a number that has no name.
  public let name: String?
  public let home: String

  /// Nobody can be run as, if it is not known here, or if we may not become it.
  public init(_ text: String) throws(RunAsFailure) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let entry = Account.entry(of: parts[0])
    guard let user = entry?.user ?? UInt32(decimal: parts[0]) else { throw .unknownUser(parts[0]) }
    self.user = user
    name = entry?.name
    home = entry?.home ?? "/"
    if parts.count > 1 {
      guard let group = Account.groupID(parts[1]) else {
        throw .unknownGroup(parts[1])
      }
      self.group = group
      groups = [group]
    } else {
      group = entry?.group ?? user
      groups = entry.map(Account.groups) ?? [user]
    }
    // Tried now: afterwards there would be a session or credentials that nobody can use.
    do throws(SystemError) { try perform { () throws(SystemError) in } } catch {
      throw .refused(text, ours: geteuid(), reason: error.reason)
    }
  }

  /// Runs `body` on this thread with the eyes and hands of that user: what it opens, that user may open; what it makes
  /// is that user's.
  func perform<Result>(_ body: () throws(SystemError) -> Result) throws(SystemError) -> Result {
    guard !isOurselves else { return try body() }
    let code = withIdentity { chost_assume_identity($0) }
    guard code == 0 else { throw SystemError(code) }
    defer { chost_resume_identity() }
    return try body()
  }

  private var isOurselves: Bool { geteuid() != 0 && user == geteuid() && group == getegid() }

  /// Lends the C form; null where nothing is to be changed.
  func withIdentity<Result>(_ body: (UnsafePointer<chost_identity>?) -> Result) -> Result {
    if isOurselves { return body(nil) }
    return groups.withUnsafeBufferPointer { groups in
      var identity = chost_identity(user: user, group: group, groups: groups.baseAddress, group_count: groups.count)
      return body(&identity)
    }
  }
}

public enum RunAsFailure: Explained, Hashable {
  case unknownUser(String)
  case unknownGroup(String)
  case refused(String, ours: UInt32, reason: String)

  public var kind: FailureKind {
    switch self {
    case .unknownUser, .unknownGroup, .refused: .configuration
    }
  }

  public var message: String {
    switch self {
    case .unknownUser(let name): "--user: there is no user \"\(name.printable())\" here"
    case .unknownGroup(let name): "--user: there is no group \"\(name.printable())\" here"
    case .refused(let text, let ours, let reason): "--user: uid \(ours) cannot become \(text.printable()): \(reason)"
    }
  }

  public var hint: String? {
    switch self {
    case .unknownUser, .unknownGroup: "write NAME, NAME:GROUP, or their numbers"
    case .refused: "start daypass as root, or leave --user out"
    }
  }
}

extension UInt32 {
  /// Digits and nothing else. The highest number means "unchanged" to the system, and is nobody's.
  init?(decimal text: String) {
    guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = UInt32(text), number != .max
    else { return nil }
    self = number
  }
}
