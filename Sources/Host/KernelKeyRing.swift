internal import CHost
internal import Glibc
public import Model
internal import Synchronization

/// The kernel's user keyring (keyrings(7)): keys live in kernel memory until the machine restarts, and no file holds
/// them.
///
/// Containers and sandboxes often refuse these calls; then there is no key and nothing can be stored.
public struct KernelKeyRing: KeyRing {
  private static let keySize = 32

  public init() {}

  public func key(_ name: String) -> Secret? {
    let serial = chost_key_find(name)
    guard serial >= 0 else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: Self.keySize, alignment: 1) { buffer in
      guard let memory = buffer.baseAddress else { return nil }
      defer { explicit_bzero(memory, buffer.count) }
      guard chost_key_read(serial, memory, buffer.count) == Self.keySize else { return nil }
      return Secret(buffer)
    }
  }

  public func store(_ key: Secret, as name: String) -> Bool {
    guard key.count == Self.keySize, isLasting else { return false }
    let isStored = key.withBytes { bytes in
      chost_key_store(name, bytes.baseAddress, bytes.count) >= 0
        && chost_key_is_reachable(name, bytes.baseAddress, bytes.count)
    }
    if !isStored { remove(name) }
    return isStored
  }

  public func remove(_ name: String) { chost_key_remove(name) }

  /// Only in the initial user namespace: elsewhere the user keyring is the namespace's own and goes with it.
  public var isLasting: Bool {
    Self.isInInitialNamespace.withLock { known in
      if let known { return known }
      known = Self.readWhetherInitial()
      return known ?? false
    }
  }

  private static let isInInitialNamespace = Mutex<Bool?>(nil)

  /// Nil where it cannot be read, which may pass.
  private static func readWhetherInitial() -> Bool? {
    guard let file = try? Descriptor.open("/proc/self/uid_map", O_RDONLY),
      let map = try? file.readAll(limit: 65_536)
    else { return nil }
    let numbers = map.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
    return numbers.map { String(decoding: $0, as: UTF8.self) } == ["0", "0", "4294967295"]
  }
}
