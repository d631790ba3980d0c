import COpenSSL
import Formats
import Model

/// The algorithms this provider can sign with (RFC 7518 §3.1, RFC 8037 §3.1).
enum SigningAlgorithm: String, CaseIterable, Sendable {
  case rs256 = "RS256", rs384 = "RS384", rs512 = "RS512"
  case ps256 = "PS256", ps384 = "PS384", ps512 = "PS512"
  case es256 = "ES256", es384 = "ES384", es512 = "ES512"
  case edDSA = "EdDSA"

  enum Family { case rsa, rsaPSS, ec(curve: String, width: Int), ed25519 }

  var family: Family {
    switch self {
    case .rs256, .rs384, .rs512: .rsa
    case .ps256, .ps384, .ps512: .rsaPSS
    case .es256: .ec(curve: "P-256", width: 32)
    case .es384: .ec(curve: "P-384", width: 48)
    case .es512: .ec(curve: "P-521", width: 66)
    case .edDSA: .ed25519
    }
  }

  /// What `at_hash` is made with (OpenID Connect Core §3.1.3.6).
  var digest: Digests.Name {
    switch self {
    case .rs256, .ps256, .es256: .sha256
    case .rs384, .ps384, .es384: .sha384
    case .rs512, .ps512, .es512, .edDSA: .sha512
    }
  }

  fileprivate var messageDigest: OpaquePointer? {
    if case .ed25519 = family { return nil }
    return switch digest {
    case .sha256: EVP_sha256()
    case .sha384: EVP_sha384()
    case .sha512: EVP_sha512()
    }
  }
}

/// A key pair made at start, never stored.
///
/// `@unchecked Sendable`: the EVP_PKEY is not changed after generation, and every use of it is inside the sandbox's lock.
final class SigningKey: @unchecked Sendable {
  let id: String
  let algorithm: SigningAlgorithm
  private let pair: OpaquePointer

  private init(id: String, algorithm: SigningAlgorithm, pair: OpaquePointer) {
    self.id = id
    self.algorithm = algorithm
    self.pair = pair
  }

  deinit { EVP_PKEY_free(pair) }

  static func make(_ algorithm: SigningAlgorithm) throws(SandboxError) -> SigningKey {
    let name =
      switch algorithm.family {
      case .rsa, .rsaPSS: "RSA"
      case .ec: "EC"
      case .ed25519: "ED25519"
      }
    guard let context = EVP_PKEY_CTX_new_from_name(nil, name, nil) else { throw .cryptography("no \(name) keys") }
    defer { EVP_PKEY_CTX_free(context) }
    guard EVP_PKEY_keygen_init(context) == 1 else { throw .cryptography("no \(name) key generation") }
    switch algorithm.family {
    case .rsa, .rsaPSS:
      guard EVP_PKEY_CTX_ctrl_str(context, "rsa_keygen_bits", "2048") == 1 else { throw .cryptography("RSA 2048") }
    case .ec(let curve, _):
      guard EVP_PKEY_CTX_ctrl_str(context, "ec_paramgen_curve", curve) == 1 else { throw .cryptography(curve) }
    case .ed25519: break
    }
    var pair: OpaquePointer?
    guard EVP_PKEY_generate(context, &pair) == 1, let pair else { throw .cryptography("\(name) key generation") }
    return SigningKey(id: Digests.randomText(12), algorithm: algorithm, pair: pair)
  }

  func sign(_ message: [UInt8]) -> [UInt8] {
    withContext { context, settings in
      guard EVP_DigestSignInit(context, &settings, algorithm.messageDigest, nil, pair) == 1, usePadding(settings)
      else { return [] }
      var count = 0
      guard EVP_DigestSign(context, nil, &count, message, message.count) == 1 else { return [] }
      var signature = [UInt8](repeating: 0, count: count)
      guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else { return [] }
      signature.removeLast(signature.count - count)
      if case .ec(_, let width) = algorithm.family { return DER.rawECDSA(signature, width: width) ?? [] }
      return signature
    } ?? []
  }

  func isValid(_ signature: [UInt8], over message: [UInt8]) -> Bool {
    var signature = signature
    if case .ec(_, let width) = algorithm.family {
      guard signature.count == 2 * width else { return false }
      signature = DER.ecdsaSignature(signature)
    }
    return withContext { context, settings in
      EVP_DigestVerifyInit(context, &settings, algorithm.messageDigest, nil, pair) == 1 && usePadding(settings)
        && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    } ?? false
  }

  private func withContext<Result>(_ body: (OpaquePointer, inout OpaquePointer?) -> Result) -> Result? {
    guard let context = EVP_MD_CTX_new() else { return nil }
    defer {
      EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    var settings: OpaquePointer?
    return body(context, &settings)
  }

  private func usePadding(_ settings: OpaquePointer?) -> Bool {
    guard case .rsaPSS = algorithm.family else { return true }
    return EVP_PKEY_CTX_ctrl_str(settings, "rsa_padding_mode", "pss") == 1
      && EVP_PKEY_CTX_ctrl_str(settings, "rsa_pss_saltlen", "digest") == 1
  }
}

extension SigningKey {
  /// RFC 7517 §4, RFC 7518 §6, RFC 8037 §2.
  var jwk: [(String, JSON)] {
    let common: [(String, JSON)] = [("kid", text(id)), ("use", "sig"), ("alg", text(algorithm.rawValue))]
    switch algorithm.family {
    case .rsa, .rsaPSS:
      return [("kty", "RSA")] + common + [("n", base64url(number("n"))), ("e", base64url(number("e")))]
    case .ec(let curve, let width):
      return [("kty", "EC")] + common + [
        ("crv", text(curve)), ("x", base64url(number("qx", width: width))),
        ("y", base64url(number("qy", width: width))),
      ]
    case .ed25519:
      var bytes = [UInt8](repeating: 0, count: 32)
      var count = bytes.count
      guard EVP_PKEY_get_raw_public_key(pair, &bytes, &count) == 1 else { return common }
      return [("kty", "OKP")] + common + [("crv", "Ed25519"), ("x", base64url(bytes))]
    }
  }

  /// The public key as anyone could write it from the key set: what an algorithm-confusion attack takes as HMAC key.
  var publicKeyPEM: [UInt8] {
    let info = DER.rsaPublicKeyInfo(modulus: number("n"), exponent: number("e"))
    var lines = ""
    for (index, character) in Base64.encode(info).enumerated() {
      if index > 0, index % 64 == 0 { lines += "\n" }
      lines.append(character)
    }
    return Array("-----BEGIN PUBLIC KEY-----\n\(lines)\n-----END PUBLIC KEY-----\n".utf8)
  }

  private func number(_ name: String, width: Int = 0) -> [UInt8] {
    var value: OpaquePointer?
    guard EVP_PKEY_get_bn_param(pair, name, &value) == 1, let value else { return [] }
    defer { BN_free(value) }
    let count = max(width, (Int(BN_num_bits(value)) + 7) / 8)
    var bytes = [UInt8](repeating: 0, count: count)
    return BN_bn2binpad(value, &bytes, Int32(count)) == Int32(count) ? bytes : []
  }

  private func text(_ string: String) -> JSON { .string(ByteText(string)) }
  private func base64url(_ bytes: [UInt8]) -> JSON { text(Base64URL.encode(bytes)) }
}
