import COpenSSL
import Formats

/// An Ed25519 key that really signs, under a name of its own.
struct Signer: Sendable {
  let kid: String
  private let seed: [UInt8]

  init(kid: String, seed: UInt8) {
    self.kid = kid
    self.seed = Array(repeating: seed, count: 32)
  }

  private func withKey<Result>(_ body: (OpaquePointer?) -> Result) -> Result {
    let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
    defer { EVP_PKEY_free(key) }
    return body(key)
  }

  /// As the issuer publishes it.
  var jwk: JSON {
    let publicKey: [UInt8] = withKey { key in
      var bytes = [UInt8](repeating: 0, count: 32)
      var count = bytes.count
      EVP_PKEY_get_raw_public_key(key, &bytes, &count)
      return bytes
    }
    return [
      "kty": "OKP", "crv": "Ed25519", "kid": JSON(kid), "use": "sig", "x": JSON(Base64URL.encode(publicKey)),
    ]
  }

  func token(_ claims: JSON) -> String {
    let header: JSON = ["alg": "EdDSA", "kid": JSON(kid), "typ": "JWT"]
    let input = Base64URL.encode(header.serialized()) + "." + Base64URL.encode(claims.serialized())
    let message = Array(input.utf8)
    let signature: [UInt8] = withKey { key in
      let context = EVP_MD_CTX_new()
      defer { EVP_MD_CTX_free(context) }
      var bytes = [UInt8](repeating: 0, count: 64)
      var count = bytes.count
      EVP_DigestSignInit(context, nil, nil, nil, key)
      EVP_DigestSign(context, &bytes, &count, message, message.count)
      return bytes
    }
    return input + "." + Base64URL.encode(signature)
  }
}
