import Glibc
import Model

/// Overwriting of our own copies of secrets, in a way no optimizer drops (explicit_bzero(3)).
enum Wiping {
  static func wipe(_ text: UnsafeMutablePointer<CChar>) { explicit_bzero(text, strlen(text)) }

  static func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { if let start = $0.baseAddress { explicit_bzero(start, $0.count) } }
  }

  /// Lends the secret as a C string. One that holds a NUL byte cannot be one.
  static func withText<Result>(
    _ secret: Secret, _ body: (UnsafePointer<CChar>) throws(TransportFailure) -> Result
  ) throws(TransportFailure) -> Result {
    let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: secret.count + 1, alignment: 1)
    defer {
      for index in storage.indices { storage[index] = 0 }
      if let start = storage.baseAddress { explicit_bzero(start, storage.count) }
      storage.deallocate()
    }
    secret.withBytes { storage.copyBytes(from: $0) }
    storage[secret.count] = 0
    guard let start = storage.baseAddress, !storage.dropLast().contains(0) else {
      throw .badHeader(name: "Authorization")
    }
    return try body(start.assumingMemoryBound(to: CChar.self))
  }
}
