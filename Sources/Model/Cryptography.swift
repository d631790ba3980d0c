/// The seam to the cryptographic library.
public protocol Cryptography: Sendable {
  func digest(_ algorithm: DigestAlgorithm, _ bytes: [UInt8]) -> [UInt8]
  /// From the system's generator; fails only where that does.
  func randomBytes(_ count: Int) throws(CryptographyFailure) -> [UInt8]
  /// False for everything but a valid signature: wrong lengths, weak or malformed keys, library errors.
  func isValid(
    signature: [UInt8], over message: [UInt8], by key: PublicKey, algorithm: SignatureAlgorithm
  ) -> Bool
  /// AES-256-GCM with a fresh random nonce: nonce (12) ‖ ciphertext ‖ tag (16). `key` is 32 bytes.
  func seal(_ plaintext: Secret, key: Secret, associatedData: [UInt8]) throws(CryptographyFailure) -> [UInt8]
  /// Nil unless key, associated data and every bit are right.
  func open(_ sealed: [UInt8], key: Secret, associatedData: [UInt8]) -> Secret?
}

public enum DigestAlgorithm: Hashable, Sendable { case sha1, sha256, sha384, sha512 }

/// JWS algorithms that may be accepted (RFC 7518 §3.1, RFC 8037 §3.1). There is no `none` and no HMAC here, so none can be
/// chosen by mistake.
public enum SignatureAlgorithm: String, Hashable, Sendable, CaseIterable {
  case rs256 = "RS256", rs384 = "RS384", rs512 = "RS512"
  case ps256 = "PS256", ps384 = "PS384", ps512 = "PS512"
  case es256 = "ES256", es384 = "ES384", es512 = "ES512"
  case edDSA = "EdDSA"
}

/// A verification key as a JWK gives it: big-endian unsigned integers and curve points (RFC 7518 §6, RFC 8037 §2).
public enum PublicKey: Hashable, Sendable {
  public enum Curve: String, Hashable, Sendable { case p256 = "P-256", p384 = "P-384", p521 = "P-521" }

  case rsa(modulus: [UInt8], exponent: [UInt8])
  case ellipticCurve(Curve, x: [UInt8], y: [UInt8])
  case ed25519([UInt8])
  case ed448([UInt8])
}

public enum CryptographyFailure: Explained, Hashable {
  case noRandomness
  case unusableKey
  case library(String)

  public var kind: FailureKind { .bug }
  public var message: String {
    switch self {
    case .noRandomness: "the system's random generator failed"
    case .unusableKey: "an encryption key has the wrong length"
    case .library(let reason): "the cryptographic library failed: \(reason.printable())"
    }
  }
}
