import Model
import OIDC
import Testing

@Suite("What the header of an ID token may say")
struct HeaderRuleTests {
  @Test(arguments: [
    "\"none\"", "\"None\"", "\"nOnE\"", "\"\"", "\"HS256\"", "\"HS384\"", "\"HS512\"", "\"eddsa\"", "\"EdDSA \"",
    "null", "7",
    "[\"EdDSA\"]", "\"Ed25519\"", "\"ES256K\"", "\"RSA-OAEP\"", "\"EdD\\u017fA\"",
  ])
  func onlyListedAlgorithmsCount(_ name: String) {
    let error = #expect(throws: VerificationError.self) { try IDTokens.check(IDTokens.token(header: ["alg": name])) }
    guard case .algorithm = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func anAbsentAlgorithmIsRefused() {
    #expect(throws: VerificationError.algorithm(nil)) { try IDTokens.check(IDTokens.token(header: ["alg": nil])) }
  }

  @Test(arguments: ["RS256", "PS512", "ES256", "ES512"])
  func theKeysTypeFixesTheAlgorithm(_ name: String) {
    #expect(throws: VerificationError.unfitKey(kid: "k1")) {
      try IDTokens.check(IDTokens.token(header: ["alg": "\"\(name)\""]))
    }
  }

  @Test(arguments: ["crit", "b64"], ["[\"exp\"]", "[]", "true", "false", "null"])
  func extensionsAreRefused(_ name: String, _ value: String) {
    #expect(throws: VerificationError.criticalExtension) { try IDTokens.check(IDTokens.token(header: [name: value])) }
  }

  @Test(arguments: ["\"JWT\"", "\"jwt\"", nil]) func itsTypeIsJWT(_ type: String?) throws {
    _ = try IDTokens.check(IDTokens.token(header: ["typ": type]))
  }

  @Test(arguments: [
    "\"at+jwt\"", "\"logout+jwt\"", "\"application/at+jwt\"", "\"\"", "7", "null", "\"J\u{212A}T\"", "\"JOSE\"",
  ])
  func otherTypesAreRefused(_ type: String) {
    let error = #expect(throws: VerificationError.self) { try IDTokens.check(IDTokens.token(header: ["typ": type])) }
    guard case .wrongType = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: ["7", "null", "[]", "\"" + String(repeating: "k", count: 257) + "\""])
  func theKeyIDIsAShortText(_ value: String) {
    #expect(throws: VerificationError.malformedKeyID) { try IDTokens.check(IDTokens.token(header: ["kid": value])) }
  }

  @Test func theOnlyKeyNeedsNoName() throws {
    _ = try IDTokens.check(IDTokens.token(header: ["kid": nil]))
    let two = KeySet([JSONWebKey(kid: "k1", key: IDTokens.key(1)), JSONWebKey(kid: "k2", key: IDTokens.key(2))])
    #expect(throws: VerificationError.ambiguousKey) {
      try IDTokens.check(IDTokens.token(header: ["kid": nil]), keys: two)
    }
    #expect(throws: VerificationError.unknownKey(kid: nil)) {
      try IDTokens.check(IDTokens.token(header: ["kid": nil]), keys: KeySet([]))
    }
  }

  @Test func anUnknownKeyIsTheOneErrorThatAsksForNewKeys() throws {
    let rotated = IDTokens.token(header: ["kid": "\"k2\""])
    #expect(throws: VerificationError.unknownKey(kid: "k2")) { try IDTokens.check(rotated) }
    _ = try IDTokens.check(rotated, keys: KeySet([JSONWebKey(kid: "k2", key: IDTokens.key(2))]))
    #expect(throws: VerificationError.badSignature) { try IDTokens.check(IDTokens.token(signature: [1])) }
  }

  @Test(arguments: [
    ("k1", "\\u212a1"), ("K1", "\\u212a1"), ("\u{e9}", "e\\u0301"), (";", "\\u037e"), ("k1", "k1\\u0000"),
  ])
  func namesOfKeysAreComparedInBytes(_ kid: String, _ escaped: String) {
    let keys = KeySet([JSONWebKey(kid: ByteText(kid), key: IDTokens.key(1))])
    let error = #expect(throws: VerificationError.self) {
      try IDTokens.check(IDTokens.token(header: ["kid": "\"\(escaped)\""]), keys: keys)
    }
    guard case .unknownKey = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func oneNameMayStandForSeveralKeys() throws {
    // The first is one that `RuleCryptography` never accepts.
    let keys = KeySet([JSONWebKey(kid: "k1", key: IDTokens.key(0)), JSONWebKey(kid: "k1", key: IDTokens.key(1))])
    _ = try IDTokens.check(IDTokens.token(), keys: keys)
  }

  @Test func keysInTheTokenMeanNothing() throws {
    let bad = KeySet([JSONWebKey(kid: "k1", key: IDTokens.key(0))])
    let jwk = #"{"kty":"OKP","crv":"Ed25519","x":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}"#
    let token = IDTokens.token(header: ["jwk": jwk, "jku": "\"https://evil.example/jwks\"", "x5c": "[\"AA==\"]"])
    #expect(throws: VerificationError.badSignature) { try IDTokens.check(token, keys: bad) }
  }

  @Test(arguments: [
    "", ".", "..", "a.b", "a.b.c.d", "e30.e30.", "e30.e30", "e30=.e30.Z28", "e30.W10.Z28", " e30.e30.Z28",
    "e30.e30.Z28\n",
  ])
  func whatIsNoTokenIsMalformed(_ text: String) {
    let error = #expect(throws: VerificationError.self) { try IDTokens.check(UnverifiedToken(Secret(text))) }
    guard case .malformed = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.kind == .malformed)
  }

  @Test func aMegabyteOfDotsIsRefused() {
    let dots = UnverifiedToken(Secret(Array(repeating: UInt8(ascii: "."), count: 1 << 20)))
    #expect(throws: VerificationError.self) { try IDTokens.check(dots) }
  }
}
