internal import Formats
public import Model

/// A public signature key of a JWK set (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
public struct JSONWebKey: Sendable, Hashable {
  public let kid: ByteText?
  /// The only algorithm the key is for, where it says so.
  public let algorithm: SignatureAlgorithm?
  public let key: PublicKey

  public init(kid: ByteText?, algorithm: SignatureAlgorithm? = nil, key: PublicKey) {
    self.kid = kid
    self.algorithm = algorithm
    self.key = key
  }

  /// Why a key is left out of the set.
  public enum Refusal: Error, Sendable, Hashable {
    case notAnObject
    case malformed(String)
    case unsupportedType
    /// `use`, `key_ops` or `alg` says that it is for something else.
    case notForSignatures
    /// RSA below 2048 or above 8192 bits, or an exponent that is even, below 3 or above 2^32.
    case weak
    /// The private half is published: anyone could have signed.
    case privateKeyPublished
  }

  init(_ value: JSON) throws(Refusal) {
    guard let object = value.object else { throw .notAnObject }
    try Self.checkPurpose(object)
    let kid = try object.optionalText("kid")
    if let kid, kid.utf8.count > 256 { throw .malformed("kid") }
    self.kid = kid
    algorithm = try Self.algorithm(object)
    guard object["d"] == nil, object["p"] == nil, object["q"] == nil else { throw .privateKeyPublished }
    guard let type = object["kty"]?.text else { throw .malformed("kty") }
    switch type {
    case "RSA": key = try Self.rsa(object)
    case "EC": key = try Self.ellipticCurve(object)
    case "OKP": key = try Self.octetKeyPair(object)
    default: throw .unsupportedType
    }
    if let algorithm, !fits(algorithm) { throw .notForSignatures }
  }

  /// The type of the key fixes the algorithms it can be used with, whatever a token's header says (RFC 8725 §3.1).
  func fits(_ wanted: SignatureAlgorithm) -> Bool {
    if let algorithm, algorithm != wanted { return false }
    return switch (wanted, key) {
    case (.rs256, .rsa), (.rs384, .rsa), (.rs512, .rsa), (.ps256, .rsa), (.ps384, .rsa), (.ps512, .rsa): true
    case (.es256, .ellipticCurve(.p256, _, _)), (.es384, .ellipticCurve(.p384, _, _)): true
    case (.es512, .ellipticCurve(.p521, _, _)): true
    case (.edDSA, .ed25519), (.edDSA, .ed448): true
    default: false
    }
  }

  private static func checkPurpose(_ object: JSONObject) throws(Refusal) {
    if let use = try object.optionalText("use"), use != "sig" { throw .notForSignatures }
    switch object["key_ops"] {
    case nil, .null?: return
    case .array(let operations)? where operations.contains("verify"): return
    default: throw .notForSignatures
    }
  }

  /// A key for an algorithm that is not on the list here (`RSA-OAEP`, `ES256K`, an HMAC) is not for ID tokens.
  private static func algorithm(_ object: JSONObject) throws(Refusal) -> SignatureAlgorithm? {
    guard let name = try object.optionalText("alg") else { return nil }
    guard let algorithm = SignatureAlgorithm(name) else { throw .notForSignatures }
    return algorithm
  }

  private static func rsa(_ object: JSONObject) throws(Refusal) -> PublicKey {
    // Leading zeros are not allowed (RFC 7518 §6.3.1.1), but some providers' libraries write one.
    let modulus = try object.bytes("n").drop { $0 == 0 }
    let exponent = try object.bytes("e").drop { $0 == 0 }
    guard let high = modulus.first, let low = modulus.last else { throw .malformed("n") }
    let bits = modulus.count * 8 - high.leadingZeroBitCount
    guard (2048...8192).contains(bits), low & 1 == 1 else { throw .weak }
    guard exponent.count <= 5 else { throw .weak }
    let value = exponent.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    guard (3...(1 << 32)).contains(value), value & 1 == 1 else { throw .weak }
    return .rsa(modulus: Array(modulus), exponent: Array(exponent))
  }

  private static func ellipticCurve(_ object: JSONObject) throws(Refusal) -> PublicKey {
    guard let name = object["crv"]?.text else { throw .malformed("crv") }
    let curve: PublicKey.Curve
    let size: Int
    switch name {
    case "P-256": (curve, size) = (.p256, 32)
    case "P-384": (curve, size) = (.p384, 48)
    case "P-521": (curve, size) = (.p521, 66)
    default: throw .unsupportedType
    }
    return .ellipticCurve(curve, x: try object.bytes("x", size), y: try object.bytes("y", size))
  }

  private static func octetKeyPair(_ object: JSONObject) throws(Refusal) -> PublicKey {
    guard let name = object["crv"]?.text else { throw .malformed("crv") }
    switch name {
    case "Ed25519": return .ed25519(try object.bytes("x", 32))
    case "Ed448": return .ed448(try object.bytes("x", 57))
    default: throw .unsupportedType
    }
  }
}

extension SignatureAlgorithm {
  /// Exact bytes: `rs256`, `RS256 ` and look-alikes of other scripts are other names. (`String` raw values compare by
  /// canonical equivalence.)
  init?(_ name: ByteText) {
    guard let algorithm = Self.allCases.first(where: { name == $0.rawValue }) else { return nil }
    self = algorithm
  }
}

extension JSONObject {
  fileprivate func optionalText(_ name: String) throws(JSONWebKey.Refusal) -> ByteText? {
    switch self[name] {
    case nil, .null?: return nil
    case .string(let text)?: return text
    default: throw .malformed(name)
    }
  }

  /// - Parameter count: the only right length, where there is one; coordinates keep their leading zeros (RFC 7518
  ///   §6.2.1.2).
  fileprivate func bytes(_ name: String, _ count: Int? = nil) throws(JSONWebKey.Refusal) -> [UInt8] {
    guard let text = self[name]?.text, let bytes = Base64URL.decode(text.utf8), count == nil || bytes.count == count
    else {
      throw .malformed(name)
    }
    return bytes
  }
}
