import Formats
import Model

/// What opens an endpoint of ours.
enum RandomToken {
  /// 32 random bytes as 43 characters of base64url.
  static func make(_ cryptography: (any Cryptography)?) throws(CryptographyFailure) -> Secret {
    guard let cryptography else { throw .noRandomness }
    return Secret(Base64URL.encode(try cryptography.randomBytes(32)))
  }
}
