import Formats
import Model
import Testing

struct CompactJWSTests {
  /// RFC 7515 appendix A.1.
  private let example =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

  @Test func takesTheExampleOfRFC7515Apart() throws {
    let token = try CompactJWS.parse(Array(example.utf8))
    #expect(token.header["alg"]?.text == "HS256")
    #expect(token.header["typ"]?.text == "JWT")
    #expect(token.payload["iss"]?.text == "joe")
    #expect(token.payload["exp"]?.integer == 1_300_819_380)
    #expect(token.payload["http://example.com/is_root"]?.bool == true)
    #expect(token.signature.prefix(4) == [116, 24, 223, 180])
    #expect(token.signature.count == 32)
    // The bytes of the first two parts as received, not as they would be written again.
    #expect(token.signingInput.elementsEqual(example.utf8.prefix(example.utf8.count - 44)))
  }

  @Test func saysWhichPartIsWrong() {
    let good = part(#"{"alg":"RS256"}"#)
    #expect(throws: JWSFormatError.notThreeParts) { try parse("") }
    #expect(throws: JWSFormatError.notThreeParts) { try parse("a.b") }
    #expect(throws: JWSFormatError.notThreeParts) { try parse("a.b.c.d") }
    #expect(throws: JWSFormatError.notThreeParts) { try parse("a.b.c.d.e") }
    #expect(throws: JWSFormatError.notBase64URL(.header)) { try parse("*.\(good).AA") }
    #expect(throws: JWSFormatError.notBase64URL(.payload)) { try parse("\(good).e30=.AA") }
    #expect(throws: JWSFormatError.notBase64URL(.signature)) { try parse("\(good).\(good).AB") }
    #expect(throws: JWSFormatError.notBase64URL(.signature)) { try parse("\(good).\(good).AA\n") }
    #expect(throws: JWSFormatError.unsigned) { try parse("\(good).\(good).") }
    #expect(throws: JWSFormatError.notJSON(.header, .unexpectedEnd(at: 0))) { try parse(".\(good).AA") }
    #expect(throws: JWSFormatError.notJSON(.payload, .unexpectedEnd(at: 0))) { try parse("\(good)..AA") }
    #expect(throws: JWSFormatError.notAnObject(.payload)) { try parse("\(good).\(part("[]")).AA") }
    #expect(throws: JWSFormatError.notAnObject(.header)) { try parse("\(part("\"RS256\"")).\(good).AA") }
    #expect(throws: JWSFormatError.notJSON(.header, .duplicateKey("alg", at: 14))) {
      try parse("\(part(#"{"alg":"none","alg":"RS256"}"#)).\(good).AA")
    }
    #expect(throws: JWSFormatError.notJSON(.payload, .duplicateKey("aud", at: 10))) {
      try parse("\(good).\(part(#"{"aud":"","\u0061ud":"x"}"#)).AA")
    }
  }

  @Test func namesThatOnlyLookEqualAreOtherNames() throws {
    let header = part("{\"\u{212A}id\":\"a\"}")
    #expect(try parse("\(header).\(part("{}")).AA").header["Kid"] == nil)
  }

  @Test func lengthIsLimitedToTheByte() throws {
    let token = Array(example.utf8)
    #expect(throws: Never.self) { try CompactJWS.parse(token, limit: token.count) }
    #expect(throws: JWSFormatError.tooLong(limit: token.count - 1)) {
      try CompactJWS.parse(token, limit: token.count - 1)
    }
    let claim = String(repeating: "x", count: 20_000)
    #expect(throws: JWSFormatError.tooLong(limit: 20_000)) {
      try parse("\(part("{}")).\(part("{\"a\":\"\(claim)\"}")).AA")
    }
  }

  @Test func aMegabyteOfDotsIsRefusedAtOnce() {
    let dots = Array(repeating: UInt8(ascii: "."), count: 1 << 20)
    let start = ContinuousClock.now
    for _ in 0..<10 {
      #expect(throws: JWSFormatError.tooLong(limit: 20_000)) { try CompactJWS.parse(dots) }
      #expect(throws: JWSFormatError.notThreeParts) { try CompactJWS.parse(dots, limit: .max) }
    }
    // Splitting at each dot would take seconds each time; this leaves room for a busy machine.
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test func everyTruncationIsAnErrorButWithinTheSignature() {
    let signatureStart = example.utf8.count - 43
    for prefix in truncations(of: example) where prefix.count <= signatureStart {
      #expect(throws: JWSFormatError.self, "\(prefix.count)") { try CompactJWS.parse(prefix) }
    }
    // A shorter signature is well-formed; its length is the verifier's to judge. It is never taken for the whole one.
    for prefix in truncations(of: example) where prefix.count > signatureStart {
      if let token = try? CompactJWS.parse(prefix) { #expect(token.signature.count < 32) }
    }
  }

  @Test func mutatedTokensAreRefusedOrReadAsTheyStand() {
    for bytes in mutations(of: [example], alphabet: ".-_=+/ \nAZ09az", seed: 2) {
      guard let token = try? CompactJWS.parse(bytes) else { continue }
      // Signing input and signature together are the whole token again: nothing was skipped or repaired.
      #expect(token.signingInput + Array(".".utf8) + Array(Base64URL.encode(token.signature).utf8) == bytes)
    }
  }

  @Test func messagesDoNotHoldTheToken() {
    let canary = "CANARY-c2VjcmV0"
    for token in [canary, "\(canary).\(canary).\(canary)", "\(part("\"\(canary)\"")).\(canary).x"] {
      do {
        _ = try parse(token)
        Issue.record("accepted \(token)")
      } catch let error as JWSFormatError {
        #expect(!(error.message + (error.hint ?? "")).contains("CANARY"))
      } catch { Issue.record(error) }
    }
  }

  private func parse(_ token: String) throws -> CompactJWS { try CompactJWS.parse(Array(token.utf8)) }
  private func part(_ json: String) -> String { Base64URL.encode(Array(json.utf8)) }
}
