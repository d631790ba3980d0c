import Crypto
import Model
import Testing

private func isValid(
  _ algorithm: SignatureAlgorithm, _ key: PublicKey, _ signature: [UInt8], over message: [UInt8] = Vectors.message
) -> Bool {
  OpenSSL().isValid(signature: signature, over: message, by: key, algorithm: algorithm)
}

@Suite struct SignatureTests {
  @Test(arguments: Vectors.valid)
  func acceptsAValidSignature(_ vector: Vectors.Case) {
    #expect(isValid(vector.algorithm, vector.key, vector.signature))
  }

  @Test(arguments: Vectors.valid)
  func refusesASignatureWithAnyByteChanged(_ vector: Vectors.Case) {
    for index in vector.signature.indices {
      for mask: UInt8 in [0x01, 0x80] {
        var signature = vector.signature
        signature[index] ^= mask
        #expect(!isValid(vector.algorithm, vector.key, signature), "byte \(index), mask \(mask)")
      }
    }
  }

  @Test(arguments: Vectors.valid)
  func refusesAMessageWithAnyByteChanged(_ vector: Vectors.Case) {
    for index in Vectors.message.indices {
      var message = Vectors.message
      message[index] ^= 0x20
      #expect(!isValid(vector.algorithm, vector.key, vector.signature, over: message), "byte \(index)")
    }
    #expect(!isValid(vector.algorithm, vector.key, vector.signature, over: []))
    #expect(!isValid(vector.algorithm, vector.key, vector.signature, over: Vectors.message + [0]))
  }

  @Test(arguments: Vectors.valid)
  func refusesEveryOtherLength(_ vector: Vectors.Case) {
    for count in 0..<vector.signature.count {
      #expect(!isValid(vector.algorithm, vector.key, Array(vector.signature.prefix(count))), "first \(count) bytes")
    }
    #expect(!isValid(vector.algorithm, vector.key, vector.signature + [0]))
    #expect(!isValid(vector.algorithm, vector.key, [0] + vector.signature))
    #expect(!isValid(vector.algorithm, vector.key, vector.signature + vector.signature))
    #expect(!isValid(vector.algorithm, vector.key, Array(repeating: 0, count: vector.signature.count)))
    #expect(!isValid(vector.algorithm, vector.key, Array(repeating: 0xff, count: vector.signature.count)))
  }

  @Test(arguments: Vectors.valid)
  func refusesEveryOtherAlgorithmAndKey(_ vector: Vectors.Case) {
    for algorithm in SignatureAlgorithm.allCases where algorithm != vector.algorithm {
      #expect(!isValid(algorithm, vector.key, vector.signature), "as \(algorithm.rawValue)")
    }
    for other in Vectors.valid where other.key != vector.key {
      #expect(!isValid(vector.algorithm, other.key, vector.signature), "by the key of \(other.testDescription)")
    }
  }

  /// The library keeps one error queue a thread; a refused signature must not make the next one look refused.
  @Test func aRefusalLeavesNothingBehind() {
    for vector in Vectors.valid {
      #expect(!isValid(vector.algorithm, vector.key, Array(repeating: 1, count: vector.signature.count)))
      #expect(isValid(vector.algorithm, vector.key, vector.signature))
    }
  }
}

@Suite struct PublishedSignatureTests {
  static let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

  @Test func rfc7515A2() {
    let key = PublicKey.rsa(
      modulus: bytes(
        """
        ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-p
        CgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapH
        g665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4
        FRWyuXpoQ
        """), exponent: bytes("AQAB"))
    let signature = bytes(
      """
      cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1
      dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzD
      wusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe7
      7Rw
      """)
    #expect(isValid(.rs256, key, signature, over: Array("eyJhbGciOiJSUzI1NiJ9.\(Self.claims)".utf8)))
    #expect(!isValid(.rs256, key, signature, over: Array("eyJhbGciOiJSUzI1NiJ8.\(Self.claims)".utf8)))
  }

  @Test func rfc7515A3() {
    let key = PublicKey.ellipticCurve(
      .p256, x: bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
      y: bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
    let signature = bytes("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")
    #expect(isValid(.es256, key, signature, over: Array("eyJhbGciOiJFUzI1NiJ9.\(Self.claims)".utf8)))
    #expect(!isValid(.es256, key, signature, over: Array("eyJhbGciOiJFUzI1NiJ8.\(Self.claims)".utf8)))
  }

  @Test func rfc8037A4() {
    let key = PublicKey.ed25519(bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))
    let signature = bytes("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
    #expect(
      isValid(.edDSA, key, signature, over: Array("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".utf8)))
    #expect(
      !isValid(.edDSA, key, signature, over: Array("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmd".utf8)))
  }
}

@Suite struct RSASignatureTests {
  @Test func refusesForgedPadding() {
    for forgery in RSAVectors.forgedPKCS1 {
      #expect(!isValid(.rs256, RSAVectors.key, forgery.signature), "\(forgery.what)")
    }
    for forgery in RSAVectors.forgedPSS {
      #expect(!isValid(.ps256, RSAVectors.key, forgery.signature), "\(forgery.what)")
    }
  }

  @Test func acceptsStrongKeys() {
    for key in RSAKeyVectors.strong { #expect(isValid(.rs256, key.key, key.rs256), "\(key.what)") }
  }

  @Test func refusesWeakAndOversizedKeys() {
    for key in RSAKeyVectors.weak { #expect(!isValid(.rs256, key.key, key.rs256), "\(key.what)") }
  }

  @Test func leadingZerosOfTheModulusDoNotCountAsStrengthOrLength() throws {
    guard case .rsa(let modulus, let exponent) = RSAVectors.key else { return #expect(Bool(false)) }
    let padded = PublicKey.rsa(modulus: [0, 0] + modulus, exponent: [0] + exponent)
    #expect(isValid(.rs256, padded, RSAVectors.rs256))
    #expect(!isValid(.rs256, padded, [0, 0] + RSAVectors.rs256))

    let weak = try #require(RSAKeyVectors.weak.first)
    guard case .rsa(let small, _) = weak.key else { return #expect(Bool(false)) }
    let disguised = PublicKey.rsa(modulus: Array(repeating: 0, count: 256 - small.count) + small, exponent: exponent)
    #expect(!isValid(.rs256, disguised, weak.rs256))
    #expect(!isValid(.rs256, disguised, Array(repeating: 0, count: 256 - small.count) + weak.rs256))
  }
}

@Suite struct ECDSASignatureTests {
  static let curves = [ECVectors.p256, ECVectors.p384, ECVectors.p521]

  private func numbers(_ vector: Vectors.Curve) -> (r: [UInt8], s: [UInt8]) {
    (Array(vector.signature.prefix(vector.size)), Array(vector.signature.suffix(vector.size)))
  }

  @Test(arguments: curves)
  func acceptsShortNumbersAndTheTwinSignature(_ vector: Vectors.Curve) {
    #expect(vector.shortR.first == 0)
    #expect(isValid(vector.algorithm, vector.key, vector.shortR))
    #expect(isValid(vector.algorithm, vector.key, vector.twin))
  }

  @Test(arguments: curves)
  func refusesNumbersOutOfRange(_ vector: Vectors.Curve) {
    let (r, s) = numbers(vector)
    let zero = [UInt8](repeating: 0, count: vector.size)
    let one: [UInt8] = Array(zero.dropLast()) + [1]
    for (first, second) in [
      (zero, zero), (zero, s), (r, zero), (one, one), (one, zero), (zero, one), (vector.order, s), (r, vector.order),
      (vector.order, vector.order), (zero, vector.order), (vector.order, zero), (s, r),
    ] {
      #expect(!isValid(vector.algorithm, vector.key, first + second))
    }
  }

  @Test func refusesNumbersThatWrapAroundTheOrder() {
    #expect(!isValid(.es512, ECVectors.p521.key, ECVectors.overflowR))
    #expect(!isValid(.es512, ECVectors.p521.key, ECVectors.overflowS))
  }

  @Test(arguments: curves)
  func refusesDER(_ vector: Vectors.Curve) {
    #expect(!isValid(vector.algorithm, vector.key, vector.der))
  }

  @Test(arguments: curves)
  func refusesPointsOffTheCurve(_ vector: Vectors.Curve) {
    let zero = [UInt8](repeating: 0, count: vector.size)
    for index in [0, vector.size / 2, vector.size - 1] {
      var moved = vector.y
      moved[index] ^= 1
      #expect(!isValid(vector.algorithm, .ellipticCurve(vector.curve, x: vector.x, y: moved), vector.signature))
    }
    for (x, y) in [(zero, zero), (vector.y, vector.x), (vector.x, zero), (zero, vector.y)] {
      #expect(!isValid(vector.algorithm, .ellipticCurve(vector.curve, x: x, y: y), vector.signature))
    }
  }

  @Test func refusesACoordinateBeyondTheField() {
    let vector = ECVectors.p521
    #expect(!isValid(.es512, .ellipticCurve(.p521, x: ECVectors.overflowX, y: vector.y), vector.signature))
  }

  @Test(arguments: curves)
  func refusesCoordinatesOfAnotherLength(_ vector: Vectors.Curve) {
    for (x, y) in [
      ([0] + vector.x, vector.y), (vector.x, [0] + vector.y), ([0] + vector.x, [0] + vector.y), ([], []),
      (vector.x, []), (Array(vector.x.dropLast()), vector.y), (Array(vector.x.dropLast()), vector.y + [0]),
    ] {
      #expect(!isValid(vector.algorithm, .ellipticCurve(vector.curve, x: x, y: y), vector.signature))
    }
  }

  @Test(arguments: curves)
  func refusesAKeyThatNamesAnotherCurve(_ vector: Vectors.Curve) {
    for other in Self.curves where other.curve != vector.curve {
      let key = PublicKey.ellipticCurve(other.curve, x: vector.x, y: vector.y)
      #expect(!isValid(vector.algorithm, key, vector.signature))
      #expect(!isValid(other.algorithm, key, vector.signature))
    }
  }
}

@Suite struct EdwardsSignatureTests {
  @Test func refusesSBeyondTheOrder() {
    #expect(!isValid(.edDSA, .ed25519(EdwardsVectors.ed25519), EdwardsVectors.ed25519Malleated))
    #expect(!isValid(.edDSA, .ed448(EdwardsVectors.ed448), EdwardsVectors.ed448Malleated))
  }

  @Test func verifiesAnEmptyMessage() {
    #expect(isValid(.edDSA, .ed25519(EdwardsVectors.ed25519), EdwardsVectors.ed25519EmptyMessage, over: []))
    #expect(!isValid(.edDSA, .ed25519(EdwardsVectors.ed25519), EdwardsVectors.ed25519EmptyMessage))
  }

  @Test func refusesKeysOfAnotherLength() {
    let short = EdwardsVectors.ed25519
    let long = EdwardsVectors.ed448
    for key: PublicKey in [
      .ed25519([]), .ed25519(Array(short.dropLast())), .ed25519(short + [0]), .ed25519(long), .ed448(short),
      .ed448(Array(long.dropLast())), .ed448(long + [0]),
    ] {
      #expect(!isValid(.edDSA, key, EdwardsVectors.ed25519Signature))
      #expect(!isValid(.edDSA, key, EdwardsVectors.ed448Signature))
    }
  }
}
