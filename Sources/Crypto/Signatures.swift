internal import COpenSSL
public import Model

extension OpenSSL {
  public func isValid(
    signature: [UInt8], over message: [UInt8], by key: PublicKey, algorithm: SignatureAlgorithm
  ) -> Bool {
    ERR_clear_error()
    defer { ERR_clear_error() }
    // The lengths first: libcrypto takes several encodings for one signature, JWS takes one.
    guard let encoded = algorithm.encoded(signature, by: key), let handle = KeyHandle(key) else { return false }

    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    var keyContext: OpaquePointer?  // belongs to `context`
    guard EVP_DigestVerifyInit(context, &keyContext, algorithm.digest?.implementation, nil, handle.pointer) == 1,
      algorithm.setPadding(keyContext)
    else { return false }
    // Misuse is negative, and an invalid signature 0.
    return EVP_DigestVerify(context, encoded, encoded.count, message, message.count) == 1
  }
}

extension SignatureAlgorithm {
  /// Nil where the digest is part of the signature scheme itself.
  fileprivate var digest: DigestAlgorithm? {
    switch self {
    case .rs256, .ps256, .es256: .sha256
    case .rs384, .ps384, .es384: .sha384
    case .rs512, .ps512, .es512: .sha512
    case .edDSA: nil
    }
  }

  /// The signature as libcrypto wants it; nil if `key` is of another kind than the algorithm's or the length is not the
  /// only right one (RFC 7518 §3.3–3.5, RFC 8037 §3.1).
  fileprivate func encoded(_ signature: [UInt8], by key: PublicKey) -> [UInt8]? {
    switch (self, key) {
    case (.rs256, .rsa(let modulus, _)), (.rs384, .rsa(let modulus, _)), (.rs512, .rsa(let modulus, _)),
      (.ps256, .rsa(let modulus, _)), (.ps384, .rsa(let modulus, _)), (.ps512, .rsa(let modulus, _)):
      return signature.count == modulus.drop(while: { $0 == 0 }).count ? signature : nil
    case (.es256, .ellipticCurve(let curve, _, _)) where curve == .p256,
      (.es384, .ellipticCurve(let curve, _, _)) where curve == .p384,
      (.es512, .ellipticCurve(let curve, _, _)) where curve == .p521:
      return ECDSASignature(raw: signature, coordinateSize: curve.coordinateSize)?.der
    case (.edDSA, .ed25519): return signature.count == 64 ? signature : nil
    case (.edDSA, .ed448): return signature.count == 114 ? signature : nil
    default: return nil
    }
  }

  /// Says which RSA padding, and for PSS that the mask's digest and the salt's length are the message digest's
  /// (RFC 7518 §3.5); libcrypto would take any salt length otherwise.
  fileprivate func setPadding(_ context: OpaquePointer?) -> Bool {
    switch self {
    case .rs256, .rs384, .rs512:
      EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
    case .ps256, .ps384, .ps512:
      EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
        && EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest?.implementation) == 1
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1
    case .es256, .es384, .es512, .edDSA:
      true
    }
  }
}
