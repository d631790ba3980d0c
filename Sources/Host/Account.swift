internal import Glibc
public import Model

/// Who runs this process, and where.
public enum Account {
  public static var userID: UInt32 { geteuid() }

  /// `user@host`, for the sentence that tells a person whose login this is. Numbers where there are no names.
  public static var label: String {
    "\(userName ?? "uid \(geteuid())")@\(hostName)".printable()
  }

  /// From the password database; nil in containers that run as a bare number.
  public static var userName: String? { passwordEntry { $0.pw_name } }

  public static var hostName: String {
    var name = utsname()
    guard uname(&name) == 0 else { return "localhost" }
    return withUnsafeBytes(of: name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// systemd's machine id (machine-id(5)): 32 hexadecimal digits, nil where the machine has none.
  public static var machineID: String? {
    for path in machineIDPaths {
      guard let file = try? Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY),
        let content = try? file.readAll(limit: 4096)
      else { continue }
      let digits = content.prefix { $0 != UInt8(ascii: "\n") }
      if digits.count == 32, digits.allSatisfy(isHexadecimalDigit) { return String(decoding: digits, as: UTF8.self) }
    }
    return nil
  }

  public static let machineIDPaths = ["/etc/machine-id", "/var/lib/dbus/machine-id"]

  /// What Linux calls this boot of the machine, anew at each (random(4)); nil where it does not.
  public static var bootID: String? {
    guard let file = try? Descriptor.open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_NONBLOCK | O_NOCTTY),
      let content = try? file.readAll(limit: 64)
    else { return nil }
    return String(decoding: content.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// Effective user and group, then every further group: what decides about reading a file. Nil beyond 64 groups.
  public static var numbers: [UInt32]? {
    var groups = [gid_t](repeating: 0, count: 64)
    let count = getgroups(Int32(groups.count), &groups)
    return count < 0 ? nil : [geteuid(), getegid()] + groups.prefix(Int(count))
  }

  /// Of this process, as this process's namespace counts.
  public static var processID: Int64 { Int64(getpid()) }

  /// Of the password database; nil in containers that run as a bare number.
  public static var homeDirectory: String? { passwordEntry { $0.pw_dir } }

  /// HOME, or where that is unset or empty the password database's entry; nil if there is neither.
  public static func home(_ environment: Environment) throws(HomeFailure) -> String? {
    guard let home = environment.nonEmpty("HOME") else {
      // The password database is no file that the front could look at.
      SeenFiles.forsake()
      return homeDirectory
    }
    // `sudo -E` and `su` without `-`: root would leave files in that person's home that they cannot read.
    if geteuid() == 0, let status = try? FileStatus.of(home, followingLinks: true), status.owner != 0 {
      throw .foreign(path: home, owner: status.owner)
    }
    return home
  }

  /// Whom the kernel names in place of each user that a user namespace has no number for (user_namespaces(7)).
  public static var overflowUserID: UInt32 {
    guard let file = try? Descriptor.open("/proc/sys/kernel/overflowuid", O_RDONLY | O_NONBLOCK | O_NOCTTY),
      let content = try? file.readAll(limit: 64)
    else { return 65534 }
    return UInt32(decimal: String(decoding: content.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)) ?? 65534
  }

  private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
  }

  private static func passwordEntry(_ field: (passwd) -> UnsafeMutablePointer<CChar>?) -> String? {
    lookup { entry, memory, size, found in
      getpwuid_r(geteuid(), entry, memory, size, found)
    } read: { entry in
      text(field(entry))
    }
  }

  fileprivate static func text(_ field: UnsafeMutablePointer<CChar>?) -> String? {
    guard let field, field.pointee != 0 else { return nil }
    return String(validating: bytes(of: field), as: UTF8.self)
  }

  /// The reentrant lookups of the C library all have this form.
  fileprivate static func lookup<Entry: Zeroed, Value>(
    _ search: (
      UnsafeMutablePointer<Entry>, UnsafeMutablePointer<CChar>, Int, UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>
    ) -> Int32,
    read: (Entry) -> Value?
  ) -> Value? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 65_536) { buffer in
      guard let memory = buffer.baseAddress else { return nil }
      var entry = Entry()
      var found: UnsafeMutablePointer<Entry>?
      guard search(&entry, memory, buffer.count, &found) == 0, found != nil else { return nil }
      return read(entry)
    }
  }
}

/// A C structure, made empty to be filled.
private protocol Zeroed { init() }
extension passwd: Zeroed {}
extension group: Zeroed {}

// MARK: Others

extension Account {
  struct Entry: Equatable {
    let name: String
    let user: uid_t
    let group: gid_t
    let home: String?
  }

  /// Of the user of that name, else of that number.
  static func entry(of user: String) -> Entry? {
    guard !user.isEmpty, !user.utf8.contains(0) else { return nil }
    func read(_ entry: passwd) -> Entry? {
      text(entry.pw_name).map { Entry(name: $0, user: entry.pw_uid, group: entry.pw_gid, home: text(entry.pw_dir)) }
    }
    if let named = lookup({ getpwnam_r(user, $0, $1, $2, $3) }, read: read) { return named }
    guard let number = UInt32(decimal: user) else { return nil }
    return lookup({ getpwuid_r(number, $0, $1, $2, $3) }, read: read)
  }

  /// Of the group of that name, else of that number.
  public static func groupID(_ name: String) -> UInt32? { group(named: name) ?? UInt32(decimal: name) }

  private static func group(named name: String) -> gid_t? {
    guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
    return lookup({ getgrnam_r(name, $0, $1, $2, $3) }, read: { $0.gr_gid })
  }

  /// The user's own and every one that lists the user.
  static func groups(of entry: Entry) -> [gid_t] {
    var count: Int32 = 64
    var groups: [gid_t] = []
    while count <= 65_536 {
      groups = [gid_t](repeating: 0, count: Int(count))
      if getgrouplist(entry.name, entry.group, &groups, &count) >= 0 { return Array(groups.prefix(Int(max(0, count)))) }
      count = max(count, Int32(groups.count) + 1)
    }
    return [entry.group]
  }
}

public enum HomeFailure: Explained, Hashable {
  case foreign(path: String, owner: UInt32)

  public var kind: FailureKind { .configuration }
  public var message: String {
    switch self {
    case .foreign(let path, let owner): "running as root with HOME=\(path.printable()), which belongs to uid \(owner)"
    }
  }
  public var hint: String? { "use `sudo -H`, or set HOME or DAYPASS_HOME to a directory of root's" }
}
