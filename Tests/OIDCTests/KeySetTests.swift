import Formats
import Model
import OIDC
import Testing

@Suite("Key sets")
struct KeySetTests {
  private func set(_ keys: String...) throws(KeySetError) -> KeySet {
    try KeySet.parse(Array("{\"keys\":[\(keys.joined(separator: ","))]}".utf8))
  }

  private func refusal(_ key: String) -> JSONWebKey.Refusal? { (try? set(key))?.refused.first }

  private func rsa(bits: Int, low: UInt8 = 1, e: String = "AQAB", _ extra: String = "") -> String {
    var modulus = Array(repeating: 0xFF as UInt8, count: (bits + 7) / 8)
    modulus[0] = 0xFF >> UInt8((8 - bits % 8) % 8)
    modulus[modulus.count - 1] = low
    return "{\"kty\":\"RSA\",\"n\":\"\(Base64URL.encode(modulus))\",\"e\":\"\(e)\"\(extra)}"
  }

  private func ec(_ curve: String, _ x: Int, _ y: Int, _ extra: String = "") -> String {
    func coordinate(_ count: Int) -> String { Base64URL.encode(Array(repeating: 1, count: count)) }
    return "{\"kty\":\"EC\",\"crv\":\"\(curve)\",\"x\":\"\(coordinate(x))\",\"y\":\"\(coordinate(y))\"\(extra)}"
  }

  @Test func keysWithoutPurposeAreFine() throws {
    #expect(try set(rsa(bits: 2048), ec("P-256", 32, 32), ec("P-384", 48, 48), ec("P-521", 66, 66)).count == 4)
  }

  @Test func aKeyOfNoUseHereDoesNotSpoilTheOthers() throws {
    let keys = try set(
      #"{"kty":"oct","k":"AAAA"}"#, "7", #"{"kty":"OKP","crv":"X25519","x":"AA"}"#, #"{"kid":"x"}"#, rsa(bits: 2048))
    #expect(keys.count == 1)
    #expect(keys.refused == [.unsupportedType, .notAnObject, .unsupportedType, .malformed("kty")])
  }

  @Test(arguments: [(2047, false), (2048, true), (3072, true), (8192, true), (8193, false), (512, false)])
  func rsaKeysHaveBounds(_ bits: Int, _ isAccepted: Bool) {
    #expect((refusal(rsa(bits: bits)) == nil) == isAccepted)
  }

  @Test func anEvenModulusIsNoRSAKey() {
    #expect(refusal(rsa(bits: 2048, low: 2)) == .weak)
  }

  // 1, 2, 4, 2^32 and 2^40, then 3, 65537 with leading zero and 2^32 - 1.
  @Test(arguments: ["AQ", "Ag", "BA", "AQAAAAA", "AQAAAAAA", ""]) func oddExponentsFromThreeOn(_ e: String) {
    #expect(refusal(rsa(bits: 2048, e: e)) != nil)
  }

  @Test(arguments: ["Aw", "AAEAAQ", "_____w"]) func usualExponents(_ e: String) {
    #expect(refusal(rsa(bits: 2048, e: e)) == nil)
  }

  @Test func coordinatesHaveExactlyTheCurvesLength() {
    for (curve, size) in [("P-256", 32), ("P-384", 48), ("P-521", 66)] {
      #expect(refusal(ec(curve, size, size)) == nil)
      #expect(refusal(ec(curve, size - 1, size)) == .malformed("x"))
      #expect(refusal(ec(curve, size, size + 1)) == .malformed("y"))
    }
    #expect(refusal(ec("secp256k1", 32, 32)) == .unsupportedType)
    #expect(refusal(ec("p-256", 32, 32)) == .unsupportedType)
  }

  @Test(arguments: [
    #","use":"enc""#, #","use":7"#, #","key_ops":["encrypt"]"#, #","key_ops":"verify""#, #","key_ops":[]"#,
    #","alg":"RSA-OAEP""#, #","alg":"HS256""#, #","alg":"ES256""#, #","alg":"none""#, #","alg":7"#,
  ])
  func aKeyForSomethingElseIsRefused(_ extra: String) {
    #expect(refusal(rsa(bits: 2048, extra)) != nil)
  }

  @Test(arguments: [
    #","use":"sig""#, #","key_ops":["sign","verify"]"#, #","alg":"PS256""#, #","use":null,"alg":null"#,
    #","x5c":["AA=="]"#,
  ])
  func aKeyForSignaturesIsTaken(_ extra: String) {
    #expect(refusal(rsa(bits: 2048, extra)) == nil)
  }

  @Test func anAlgorithmOfItsOwnBindsAKey() throws {
    let keys = try set(rsa(bits: 2048, #","kid":"k1","alg":"PS256""#))
    #expect(throws: VerificationError.unfitKey(kid: "k1")) {
      try IDTokens.check(IDTokens.token(header: ["alg": "\"RS256\""]), keys: keys)
    }
    _ = try IDTokens.check(IDTokens.token(header: ["alg": "\"PS256\""]), keys: keys)
  }

  @Test func aPublishedPrivateKeyIsRefused() {
    #expect(refusal(rsa(bits: 2048, #","d":"AAAA""#)) == .privateKeyPublished)
  }

  @Test func namesAreShortTexts() {
    #expect(refusal(rsa(bits: 2048, #","kid":7"#)) == .malformed("kid"))
    #expect(refusal(rsa(bits: 2048, ",\"kid\":\"\(String(repeating: "k", count: 257))\"")) == .malformed("kid"))
  }

  /// U+212A is a K to Swift.
  @Test func typesAreComparedInBytes() {
    #expect(
      refusal(#"{"kty":"O\u212aP","crv":"Ed25519","x":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}"#)
        == .unsupportedType)
    #expect(refusal(#"{"kty":"OKP","crv":"Ed25519","x":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}"#) == nil)
  }

  @Test func theSetIsBounded() throws {
    #expect(try set().count == 0)
    let key = ec("P-256", 32, 32)
    #expect(
      try KeySet.parse(Array("{\"keys\":[\(Array(repeating: key, count: 64).joined(separator: ","))]}".utf8)).count
        == 64)
    #expect(throws: KeySetError.tooManyKeys(65)) {
      try KeySet.parse(Array("{\"keys\":[\(Array(repeating: key, count: 65).joined(separator: ","))]}".utf8))
    }
  }

  @Test func whatIsNoKeySetIsAnError() {
    #expect(throws: KeySetError.noKeys) { try KeySet.parse(Array("{}".utf8)) }
    #expect(throws: KeySetError.noKeys) { try KeySet.parse(Array(#"{"keys":{}}"#.utf8)) }
    for text in ["", "[]", "{\"keys\":[]", "{\"keys\":[],\"keys\":[]}", "<html>"] {
      #expect(throws: KeySetError.notAnObject) { try KeySet.parse(Array(text.utf8)) }
    }
  }

  @Test func answersAreSortedByStatus() throws {
    #expect(try KeySet.parse(HTTPResponse.json(SignedTokens.keySet)).count == 6)
    #expect(throws: KeySetError.absent(status: 404)) { try KeySet.parse(HTTPResponse(status: 404)) }
    #expect(throws: KeySetError.redirected) { try KeySet.parse(HTTPResponse(status: 302)) }
    let error = #expect(throws: KeySetError.self) { try KeySet.parse(HTTPResponse(status: 503)) }
    #expect(error?.isTransient == true && error?.kind == .unreachable)
    let page = HTTPResponse(
      status: 200, headers: [("content-type", "text/html")], body: Array(SignedTokens.keySet.utf8))
    #expect(throws: KeySetError.notAnObject) { try KeySet.parse(page) }
    #expect(KeySet.request(url("https://op.example/jwks")).redirects == .sameOrigin(atMost: 3))
  }
}
