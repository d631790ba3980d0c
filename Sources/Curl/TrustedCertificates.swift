/// What the TLS library is given to trust.
struct TrustedCertificates: Sendable {
  /// In addition to what is on this machine's disk.
  let certificates: Certificates?
  /// The one place on disk to look for others; nil: wherever libcurl looks by itself.
  let directory: HashedDirectory?
}

/// PEM bytes at an address that stays, which is how libcurl borrows them.
///
/// `@unchecked Sendable`: written once, before the initializer returns, and only read until `deinit`.
final class Certificates: @unchecked Sendable {
  /// What was added to the system's, for messages.
  let file: String?
  let storage: UnsafeMutableRawBufferPointer

  init(file: String?, pem: [UInt8]) {
    self.file = file
    storage = .allocate(byteCount: pem.count, alignment: 1)
    storage.copyBytes(from: pem)
  }

  deinit { storage.deallocate() }
}
