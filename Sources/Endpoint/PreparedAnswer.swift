internal import Model
internal import NIOCore

/// An answer's bytes, which every connection that gets it shares: none makes a copy.
///
/// Zeroed when the last reference goes, unless a connection is just sending them.
///
/// `@unchecked Sendable`: written once, before the initializer returns, and only read until `deinit`.
final class PreparedAnswer: @unchecked Sendable {
  private(set) var bytes: ByteBuffer

  init(_ bytes: [UInt8]) { self.bytes = ByteBuffer(bytes: bytes) }

  deinit {
    bytes.withUnsafeMutableReadableBytes(Erasure.erase)
  }
}
