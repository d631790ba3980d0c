import Model

/// Accepts the signature "good" by any key but the ed25519 key of zeros, for tests of rules that have nothing to do
/// with mathematics. Digests are the first bytes of what is digested.
struct RuleCryptography: Cryptography {
  static let good = Array("good".utf8)

  func isValid(
    signature: [UInt8], over message: [UInt8], by key: PublicKey, algorithm: SignatureAlgorithm
  ) -> Bool {
    signature == Self.good && key != .ed25519(Array(repeating: 0, count: 32))
  }

  func digest(_ algorithm: DigestAlgorithm, _ bytes: [UInt8]) -> [UInt8] {
    Array((bytes + Array(repeating: 0, count: 32)).prefix(32))
  }

  func randomBytes(_ count: Int) throws(CryptographyFailure) -> [UInt8] { throw .noRandomness }
  func seal(_ plaintext: Secret, key: Secret, associatedData: [UInt8]) throws(CryptographyFailure) -> [UInt8] {
    throw .unusableKey
  }
  func open(_ sealed: [UInt8], key: Secret, associatedData: [UInt8]) -> Secret? { nil }
}
