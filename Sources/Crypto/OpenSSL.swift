internal import COpenSSL
public import Model

/// Cryptography by OpenSSL 3's libcrypto, in its default library context: <https://docs.openssl.org/3.0/man7/crypto/>.
///
/// Holds nothing: each call makes and frees its own handles, which OpenSSL wants in one thread at a time
/// (openssl-threads(7)), so that a value of this type can be used from any thread.
public struct OpenSSL: Cryptography {
  public init() {}

  /// To be called first thing in `main`, before any thread and before libcurl starts.
  ///
  /// Keeps libcrypto from cleaning up at exit: its handler would free what other threads still use. Then makes sure
  /// that the library can do its work here, because a configuration file (OPENSSL_CONF) can leave it without
  /// algorithms.
  public static func prepare() throws(CryptographyFailure) {
    guard OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1 else {
      throw ErrorQueue.failure("OPENSSL_init_crypto")
    }
    for algorithm in [DigestAlgorithm.sha1, .sha256, .sha384, .sha512] {
      guard OpenSSL.computed(algorithm, []) != nil else { throw ErrorQueue.failure("EVP_Digest") }
    }
  }

  /// Readies what the first random number needs, and with it all ciphers, which takes longer than any use of them: for
  /// a moment in which there is nothing else to do.
  @Sendable public static func warmUp() { _ = try? OpenSSL().randomBytes(1) }

  public func digest(_ algorithm: DigestAlgorithm, _ bytes: [UInt8]) -> [UInt8] {
    guard let digest = OpenSSL.computed(algorithm, bytes) else {
      // Not even an empty or zero digest may stand for an unknown one: it could be taken for equal to another.
      // `prepare` has seen these algorithms work, so what is left is the end of memory, which stops a Swift program
      // anyway.
      fatalError("libcrypto cannot compute a digest")
    }
    return digest
  }

  public func randomBytes(_ count: Int) throws(CryptographyFailure) -> [UInt8] {
    guard let size = Int32(exactly: count), size >= 0 else { throw .noRandomness }
    ERR_clear_error()
    var bytes = [UInt8](repeating: 0, count: count)
    guard RAND_bytes(&bytes, size) == 1 else {
      ERR_clear_error()
      throw .noRandomness
    }
    return bytes
  }

  private static func computed(_ algorithm: DigestAlgorithm, _ bytes: [UInt8]) -> [UInt8]? {
    ERR_clear_error()
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var size: UInt32 = 0
    guard EVP_Digest(bytes, bytes.count, &digest, &size, algorithm.implementation, nil) == 1 else { return nil }
    return Array(digest.prefix(Int(size)))
  }
}

extension DigestAlgorithm {
  /// libcrypto's static description; nothing to free.
  var implementation: OpaquePointer? {
    switch self {
    case .sha1: EVP_sha1()
    case .sha256: EVP_sha256()
    case .sha384: EVP_sha384()
    case .sha512: EVP_sha512()
    }
  }
}
