import Host
import Model
import Testing

/// The kernel's answer to whether there is a keyring to use here; containers often refuse.
private let works: Bool = {
  let ring = KernelKeyRing()
  let name = "daypass-test-probe-\(UInt64.random(in: .min ... .max))"
  defer { ring.remove(name) }
  return ring.store(Secret([UInt8](repeating: 1, count: 32)), as: name)
}()

@Suite struct KernelKeyRingTests {
  let ring = KernelKeyRing()
  let name = "daypass-test-\(UInt64.random(in: .min ... .max))"
  let key = Secret((0..<32).map { UInt8($0) })
  let other = Secret([UInt8](repeating: 9, count: 32))

  @Test(.enabled(if: works, "the kernel refuses a user keyring here"))
  func aStoredKeyIsFoundReplacedAndRemoved() {
    #expect(ring.key(name) == nil)
    #expect(ring.store(key, as: name))
    #expect(ring.key(name) == key)
    #expect(ring.store(other, as: name))
    #expect(ring.key(name) == other)
    ring.remove(name)
    #expect(ring.key(name) == nil)
    ring.remove(name)
  }

  @Test(.enabled(if: works, "the kernel refuses a user keyring here"))
  func itsPermissionsLetALaterLoginUseIt() throws {
    #expect(ring.store(key, as: name))
    defer { ring.remove(name) }
    let line = try #require(
      try run("/bin/cat", "/proc/keys").output.split(separator: "\n").first { $0.contains(name) })
    #expect(line.contains(" 3f3f0000 "))
  }

  @Test func keysOfAnotherSizeAreRefused() {
    #expect(!ring.store(Secret([1, 2, 3]), as: name))
    #expect(ring.key(name) == nil)
  }
}
