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
    for path in ["/etc/machine-id", "/var/lib/dbus/machine-id"] {
      guard let file = try? Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY),
        let content = try? file.readAll(limit: 4096)
      else { continue }
      let digits = content.prefix { $0 != UInt8(ascii: "\n") }
      if digits.count == 32, digits.allSatisfy(isHexadecimalDigit) { return String(decoding: digits, as: UTF8.self) }
    }
    return nil
  }

  /// What Linux calls this boot of the machine, anew at each (random(4)); nil where it does not.
  public static var bootID: String? {
    guard let file = try? Descriptor.open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_NONBLOCK | O_NOCTTY),
      let content = try? file.readAll(limit: 64)
    else { return nil }
    return String(decoding: content.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// Of this process, as this process's namespace counts.
  public static var processID: Int64 { Int64(getpid()) }

  /// HOME, or where that is unset or empty the password database's entry; nil if there is neither.
  public static func home(_ environment: Environment) throws(HomeFailure) -> String? {
    guard let home = environment.nonEmpty("HOME") else { return passwordEntry { $0.pw_dir } }
    // `sudo -E` and `su` without `-`: root would leave files in that person's home that they cannot read.
    if geteuid() == 0, let status = try? FileStatus.of(home, followingLinks: true), status.owner != 0 {
      throw .foreign(path: home, owner: status.owner)
    }
    return home
  }

  private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
  }

  private static func passwordEntry(_ field: (passwd) -> UnsafeMutablePointer<CChar>?) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 65_536) { buffer in
      guard let memory = buffer.baseAddress else { return nil }
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      guard getpwuid_r(geteuid(), &entry, memory, buffer.count, &found) == 0, found != nil,
        let text = field(entry), text.pointee != 0
      else { return nil }
      return String(validating: bytes(of: text), as: UTF8.self)
    }
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
