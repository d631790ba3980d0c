import Model
import Testing

/// What the vectors share.
enum Vectors {
  /// A JWS signing input; what `signature`s elsewhere here were made over.
  static let message = Array("eyJhbGciOiJub3QifQ.eyJpc3MiOiJodHRwczovL2V4YW1wbGUub3JnIn0".utf8)

  /// Every right combination, one of a kind.
  static let valid: [Case] = [
    Case(.rs256, RSAVectors.key, RSAVectors.rs256),
    Case(.rs384, RSAVectors.key, RSAVectors.rs384),
    Case(.rs512, RSAVectors.key, RSAVectors.rs512),
    Case(.ps256, RSAVectors.key, RSAVectors.ps256),
    Case(.ps384, RSAVectors.key, RSAVectors.ps384),
    Case(.ps512, RSAVectors.key, RSAVectors.ps512),
    Case(.es256, ECVectors.p256.key, ECVectors.p256.signature),
    Case(.es384, ECVectors.p384.key, ECVectors.p384.signature),
    Case(.es512, ECVectors.p521.key, ECVectors.p521.signature),
    Case(.edDSA, .ed25519(EdwardsVectors.ed25519), EdwardsVectors.ed25519Signature),
    Case(.edDSA, .ed448(EdwardsVectors.ed448), EdwardsVectors.ed448Signature),
  ]

  struct Case: Sendable, CustomTestStringConvertible {
    let algorithm: SignatureAlgorithm
    let key: PublicKey
    let signature: [UInt8]

    init(_ algorithm: SignatureAlgorithm, _ key: PublicKey, _ signature: [UInt8]) {
      self.algorithm = algorithm
      self.key = key
      self.signature = signature
    }

    var testDescription: String { "\(algorithm.rawValue), \(signature.count) bytes" }
  }

  struct Curve: Sendable, CustomTestStringConvertible {
    let curve: PublicKey.Curve
    let algorithm: SignatureAlgorithm
    let size: Int
    let x: [UInt8]
    let y: [UInt8]
    let order: [UInt8]
    let signature: [UInt8]
    /// The same r with n - s, which is just as valid.
    let twin: [UInt8]
    /// Valid, with a zero byte at the start of r.
    let shortR: [UInt8]
    /// Valid in DER, which JWS does not take.
    let der: [UInt8]

    var key: PublicKey { .ellipticCurve(curve, x: x, y: y) }
    var testDescription: String { curve.rawValue }
  }
}

/// Base64url with line breaks, as the vectors are written.
func bytes(_ text: String) -> [UInt8] {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  var result: [UInt8] = []
  var bits: UInt32 = 0
  var count = 0
  for byte in text.utf8 {
    guard let digit = alphabet.firstIndex(of: byte) else { continue }
    bits = bits << 6 | UInt32(digit)
    count += 6
    if count >= 8 {
      count -= 8
      result.append(UInt8(truncatingIfNeeded: bits >> count))
    }
  }
  return result
}

func hex(_ text: String) -> [UInt8] {
  var digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue.map(UInt8.init) }[...]
  var result: [UInt8] = []
  while let high = digits.popFirst(), let low = digits.popFirst() { result.append(high << 4 | low) }
  return result
}
