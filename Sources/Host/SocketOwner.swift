internal import CHost
internal import Glibc

/// Who holds a TCP socket of this machine.
public enum SocketOwner {
  /// The user id behind the end `local` of the connection to `remote`; nil where nobody on this machine holds it, or the
  /// kernel does not say. Addresses of 4 or 16 bytes.
  ///
  /// Asked of the kernel's socket diagnosis; where that is missing (a kernel without it, a sandbox that keeps netlink
  /// away), read from /proc/net, which says the same and takes longer the more connections there are.
  public static func userID(
    local: [UInt8], localPort: UInt16, remote: [UInt8], remotePort: UInt16
  ) -> UInt32? {
    guard local.count == remote.count, [4, 16].contains(local.count) else { return nil }
    let owner = chost_socket_owner(local.count == 16, local, localPort, remote, remotePort)
    if owner >= 0 { return UInt32(exactly: owner) }
    return table(local, localPort, remote, remotePort)
  }

  /// proc(5), /proc/net/tcp: `sl local remote state queues timer retransmits uid timeout inode`.
  private static func table(
    _ local: [UInt8], _ localPort: UInt16, _ remote: [UInt8], _ remotePort: UInt16
  ) -> UInt32? {
    let path = local.count == 16 ? "/proc/self/net/tcp6" : "/proc/self/net/tcp"
    guard let file = try? Descriptor.open(path, O_RDONLY), let bytes = try? file.readAll(limit: 16 << 20) else {
      return nil
    }
    let ends = [end(local, localPort), end(remote, remotePort)]
    for line in bytes.split(separator: UInt8(ascii: "\n")).dropFirst() {
      let fields = line.split(separator: UInt8(ascii: " "))
      guard fields.count > 9, fields[1].elementsEqual(ends[0]), fields[2].elementsEqual(ends[1]),
        !fields[9].elementsEqual("0".utf8)
      else { continue }
      return UInt32(String(decoding: fields[7], as: UTF8.self))
    }
    return nil
  }

  /// Each four bytes as one number of the machine's own order, in hexadecimal.
  private static func end(_ address: [UInt8], _ port: UInt16) -> [UInt8] {
    var text = ""
    for start in stride(from: 0, to: address.count, by: 4) {
      let word = address[start..<(start + 4)].withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
      text += padded(String(word, radix: 16, uppercase: true), to: 8)
    }
    return Array((text + ":" + padded(String(port, radix: 16, uppercase: true), to: 4)).utf8)
  }

  private static func padded(_ digits: String, to width: Int) -> String {
    String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
