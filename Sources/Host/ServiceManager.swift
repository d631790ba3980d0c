internal import Glibc
internal import Model

/// Our side of what systemd and its likes offer to services: notifications (sd_notify(3)), sockets that are bound for
/// us (sd_listen_fds(3)), a watchdog (sd_watchdog_enabled(3)). Where nobody manages us, nothing happens.
public struct ServiceManager: Sendable {
  /// A path, or a name in the abstract namespace after `@`.
  private let socketName: [UInt8]?
  /// Half of what the manager waits for a sign of life.
  public let watchdogInterval: Duration?
  /// Descriptors of bound sockets, with their names.
  public let sockets: [(descriptor: Int32, name: String)]

  public init(_ environment: Environment) {
    socketName = environment.value(of: "NOTIFY_SOCKET").map(Array.init)
    let isForUs = environment.nonEmpty("WATCHDOG_PID").map { $0 == String(getpid()) } ?? true
    watchdogInterval = environment.nonEmpty("WATCHDOG_USEC").flatMap { Int64($0) }
      .flatMap { isForUs && $0 > 0 ? .microseconds($0 / 2) : nil }
    sockets = Self.inheritedSockets(environment)
  }

  /// `READY=1` and others, one a line. A manager that does not listen is no reason to stop.
  public func notify(_ state: String) {
    guard let socketName, let first = socketName.first, socketName.count > 1 else { return }
    let isAbstract = first == UInt8(ascii: "@")
    guard isAbstract || first == UInt8(ascii: "/") else { return }
    var address = sockaddr_un()
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard socketName.count < capacity else { return }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { path in
      path.copyBytes(from: isAbstract ? [0] + socketName.dropFirst() : socketName)
    }
    guard
      let socket = try? Descriptor(
        owning: call { Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0) })
    else { return }
    // An abstract name is exactly as long as it is said to be.
    let length = MemoryLayout<sa_family_t>.size + socketName.count + (isAbstract ? 0 : 1)
    let bytes = Array(state.utf8)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
        _ = sendto(socket.number, bytes, bytes.count, Int32(MSG_NOSIGNAL), general, socklen_t(length))
      }
    }
  }

  public func ready(_ status: String) { notify("READY=1\nSTATUS=\(status)\n") }
  /// The start goes on; the manager shall wait for so much longer, whatever its unit says (EXTEND_TIMEOUT_USEC=).
  public func stillStarting(_ time: Duration) { notify("EXTEND_TIMEOUT_USEC=\(time.components.seconds * 1_000_000)\n") }
  public func stopping() { notify("STOPPING=1\nSTATUS=ending\n") }
  public func alive() { notify("WATCHDOG=1\n") }

  /// `Type=notify-reload` compares the time with when it sent the signal.
  public func reloading() {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    notify("RELOADING=1\nMONOTONIC_USEC=\(Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)\n")
  }

  /// Descriptors from 3 on, closed to programs that we run.
  private static func inheritedSockets(_ environment: Environment) -> [(descriptor: Int32, name: String)] {
    guard environment.nonEmpty("LISTEN_PID") == String(getpid()),
      let count = environment.nonEmpty("LISTEN_FDS").flatMap({ Int32($0) }), (1...64).contains(count)
    else { return [] }
    let names = (environment["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
    return (0..<count).map { index in
      _ = fcntl(3 + index, F_SETFD, FD_CLOEXEC)
      return (3 + index, Int(index) < names.count ? String(names[Int(index)]) : "")
    }
  }
}
