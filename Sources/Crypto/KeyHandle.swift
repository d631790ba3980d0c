internal import COpenSSL
internal import Model

/// libcrypto's form of a public key that was checked: only what may be trusted gets one.
///
/// Not copyable, so that it is freed exactly once, and not to be shared between threads.
struct KeyHandle: ~Copyable {
  /// An EVP_PKEY.
  let pointer: OpaquePointer

  /// Nil if the key is malformed, off its curve, or weaker or larger than RFC 7518 and common sense allow.
  init?(_ key: PublicKey) {
    guard let pointer = KeyHandle.make(key) else { return nil }
    self.pointer = pointer
  }

  deinit { EVP_PKEY_free(pointer) }

  private static func make(_ key: PublicKey) -> OpaquePointer? {
    switch key {
    case .rsa(let modulus, let exponent): rsa(modulus.drop { $0 == 0 }, exponent.drop { $0 == 0 })
    case .ellipticCurve(let curve, let x, let y): ellipticCurve(curve, x, y)
    case .ed25519(let bytes): edwards("ED25519", bytes, size: 32)
    case .ed448(let bytes): edwards("ED448", bytes, size: 57)
    }
  }

  /// RSA of 2048 (RFC 7518 §3.3) to 8192 bits, beyond which a check costs more than it gives; the exponent odd, 3 to
  /// 2³².
  /// libcrypto itself would verify with a modulus of 512 bits.
  private static func rsa(_ modulus: ArraySlice<UInt8>, _ exponent: ArraySlice<UInt8>) -> OpaquePointer? {
    guard let highest = modulus.first, let lowest = modulus.last, !lowest.isMultiple(of: 2), modulus.count <= 1024,
      (2048...8192).contains(modulus.count * 8 - highest.leadingZeroBitCount),
      let unit = exponent.last, !unit.isMultiple(of: 2), exponent.count <= 4, exponent.count > 1 || unit >= 3
    else { return nil }
    guard let builder = OSSL_PARAM_BLD_new() else { return nil }
    defer { OSSL_PARAM_BLD_free(builder) }
    let n = number(modulus)
    defer { BN_free(n) }
    let e = number(exponent)
    defer { BN_free(e) }
    guard n != nil, e != nil,
      OSSL_PARAM_BLD_push_BN(builder, COpenSSL_parameterRSAModulus(), n) == 1,
      OSSL_PARAM_BLD_push_BN(builder, COpenSSL_parameterRSAExponent(), e) == 1
    else { return nil }
    return fromData("RSA", builder)
  }

  /// Coordinates of exactly the curve's size (RFC 7518 §6.2.1.2), a point that is on the curve, of its order and not at
  /// infinity.
  private static func ellipticCurve(_ curve: PublicKey.Curve, _ x: [UInt8], _ y: [UInt8]) -> OpaquePointer? {
    guard x.count == curve.coordinateSize, y.count == curve.coordinateSize else { return nil }
    guard let builder = OSSL_PARAM_BLD_new() else { return nil }
    defer { OSSL_PARAM_BLD_free(builder) }
    let point = [0x04] + x + y  // uncompressed (SEC 1 §2.3.3)
    // The builder keeps pointers until the parameters are made, so both buffers stay lent until then.
    let key = curve.rawValue.withCString { name in
      point.withUnsafeBytes { point -> OpaquePointer? in
        guard OSSL_PARAM_BLD_push_utf8_string(builder, COpenSSL_parameterGroupName(), name, 0) == 1,
          OSSL_PARAM_BLD_push_octet_string(builder, COpenSSL_parameterPublicKey(), point.baseAddress, point.count) == 1
        else { return nil }
        return fromData("EC", builder)
      }
    }
    guard let key else { return nil }
    guard let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else {
      EVP_PKEY_free(key)
      return nil
    }
    defer { EVP_PKEY_CTX_free(context) }
    guard EVP_PKEY_public_check(context) == 1 else {
      EVP_PKEY_free(key)
      return nil
    }
    return key
  }

  private static func edwards(_ name: String, _ bytes: [UInt8], size: Int) -> OpaquePointer? {
    guard bytes.count == size else { return nil }
    return EVP_PKEY_new_raw_public_key_ex(nil, name, nil, bytes, bytes.count)
  }

  /// Nil if memory ran out; to be freed.
  private static func number(_ bytes: ArraySlice<UInt8>) -> OpaquePointer? {
    bytes.withUnsafeBufferPointer { BN_bin2bn($0.baseAddress, Int32(truncatingIfNeeded: $0.count), nil) }
  }

  private static func fromData(_ type: String, _ builder: OpaquePointer) -> OpaquePointer? {
    guard let parameters = OSSL_PARAM_BLD_to_param(builder) else { return nil }
    defer { OSSL_PARAM_free(parameters) }
    guard let context = EVP_PKEY_CTX_new_from_name(nil, type, nil) else { return nil }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_fromdata_init(context) == 1,
      EVP_PKEY_fromdata(context, &key, COpenSSL_selectPublicKey(), parameters) == 1
    else {
      EVP_PKEY_free(key)
      return nil
    }
    return key
  }
}

extension PublicKey.Curve {
  /// Bytes of a coordinate (RFC 7518 §6.2.1.2).
  var coordinateSize: Int {
    switch self {
    case .p256: 32
    case .p384: 48
    case .p521: 66
    }
  }
}
