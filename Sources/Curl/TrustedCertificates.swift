/// What the TLS library is given to trust.
struct TrustedCertificates: Sendable {
  /// Instead of libcurl's own bundle; nil: that.
  let certificates: Certificates?
  /// Where to look for others; nil: where libcurl does by itself.
  let directory: String?
}

/// PEM bytes at an address that stays, which is how libcurl borrows them.
///
/// `@unchecked Sendable`: written once, before the initializer returns, and only read until `deinit`.
final class Certificates: @unchecked Sendable {
  /// What was added to the system's, for messages.
  let file: String?
  let storage: UnsafeMutableRawBufferPointer
  var isEmpty: Bool { storage.isEmpty }

  init(file: String?, pem: [UInt8]) {
    self.file = file
    storage = .allocate(byteCount: pem.count, alignment: 1)
    storage.copyBytes(from: pem)
  }

  deinit { storage.deallocate() }
}
