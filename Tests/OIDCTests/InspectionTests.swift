import Formats
import Model
import OIDC
import Testing

@Suite("Pre-issued tokens")
struct InspectionTests {
  private func inspected(
    _ claims: [String: String?] = [:], audiences: [ByteText]? = nil, issuer: ByteText? = nil
  ) throws(InspectionError) -> InspectedToken {
    try inspect(IDTokens.token(claims), expectedAudiences: audiences, expectedIssuer: issuer, now: IDTokens.now)
  }

  @Test func aGoodTokenIsLookedAtWithoutAnyKey() throws {
    let token = try inspected(audiences: ["sts.amazonaws.com", "cli"], issuer: "https://op.example")
    #expect(token.unverifiedSubject == "alice")
    #expect(token.unverifiedIssuer == "https://op.example")
    #expect(token.audiences == ["cli"])
    #expect(token.expiration == WallTime(seconds: 1_700_003_600))
    #expect(token.issuedAt == IDTokens.now)
    #expect(token.token == IDTokens.token())
  }

  @Test func whatNobodyAsksForMayBeAbsent() throws {
    let token = try inspected(["iss": nil, "aud": nil, "sub": nil, "iat": nil])
    #expect(token.unverifiedIssuer == nil && token.unverifiedSubject == nil && token.audiences.isEmpty)
  }

  @Test func theEndAndTheBeginningAreChecked() {
    #expect(throws: Never.self) { try inspected(["exp": "1700000001"]) }
    let expired = #expect(throws: InspectionError.self) { try inspected(["exp": "1700000000"]) }
    #expect(expired == .expired(IDTokens.now, now: IDTokens.now))
    #expect(expired?.kind == .malformed)
    #expect(throws: Never.self) { try inspected(["nbf": "1700000060"]) }
    #expect(throws: InspectionError.notYetValid(WallTime(seconds: 1_700_000_061), now: IDTokens.now)) {
      try inspected(["nbf": "1700000061"])
    }
  }

  @Test(arguments: ["9223372036854775807", "-9223372036854775807", "253402300800"])
  func timesThatNoCalendarHasAreMalformed(_ value: String) {
    for name in ["exp", "nbf"] {
      #expect(throws: InspectionError.malformedClaim(name)) { try inspected([name: value]) }
    }
  }

  @Test(arguments: ["\"1700003600\"", "1.5", "1e300", "null", "[]"]) func timesAreIntegers(_ value: String) {
    #expect(throws: InspectionError.malformedClaim("exp")) { try inspected(["exp": value]) }
    #expect(throws: InspectionError.malformedClaim("nbf")) { try inspected(["nbf": value]) }
  }

  @Test func anAbsentEndIsAnError() {
    #expect(throws: InspectionError.malformedClaim("exp")) { try inspected(["exp": nil]) }
  }

  @Test func audienceAndIssuerAreComparedInBytes() {
    #expect(throws: InspectionError.audience(["cli"], expected: ["sts.amazonaws.com"])) {
      try inspected(audiences: ["sts.amazonaws.com"])
    }
    #expect(throws: InspectionError.self) { try inspected(["aud": "\"\u{212A}\""], audiences: ["K"]) }
    #expect(throws: InspectionError.self) { try inspected(["aud": nil], audiences: ["K"]) }
    #expect(throws: InspectionError.malformedClaim("aud")) { try inspected(["aud": "7"]) }
    #expect(throws: InspectionError.malformedClaim("aud")) { try inspected(["aud": "[7]"]) }
    #expect(throws: InspectionError.self) { try inspected(issuer: "https://op.example/") }
    #expect(throws: InspectionError.self) { try inspected(["iss": nil], issuer: "https://op.example") }
    #expect(throws: Never.self) { try inspected(["aud": #"["a","b"]"#], audiences: ["b"]) }
  }

  @Test func sizesAreThoseOfSTS() {
    func size(_ count: Int) -> UnverifiedToken {
      UnverifiedToken(Secret(Array(repeating: UInt8(ascii: "."), count: count)))
    }
    #expect(throws: InspectionError.size(3)) { try inspect(size(3), now: IDTokens.now) }
    #expect(throws: InspectionError.size(20_001)) { try inspect(size(20_001), now: IDTokens.now) }
    #expect(throws: InspectionError.malformed(.notThreeParts)) { try inspect(size(4), now: IDTokens.now) }
  }
}

@Suite("Tokens from files and variables")
struct SourceTests {
  private func read(_ text: String) throws(SourceError) -> String {
    try TokenText.token(text.utf8, from: "token_file /run/token").raw.exposedText()
  }

  @Test(arguments: [("a.b.c", "a.b.c"), ("a.b.c\n", "a.b.c"), ("a.b.c\r\n", "a.b.c")])
  func oneLineEndAtTheEndIsDropped(_ text: String, _ token: String) throws {
    #expect(try read(text) == token)
  }

  @Test(arguments: [
    ("a.b.c\n\n", "a.b.c\n"), (" a.b.c", " a.b.c"), ("a.b.c ", "a.b.c "), ("a.b.c\r", "a.b.c\r"), ("\na", "\na"),
  ])
  func nothingElseIsDropped(_ text: String, _ token: String) throws {
    #expect(try Array(read(text).utf8) == Array(token.utf8))
    #expect(throws: InspectionError.self) { try inspect(UnverifiedToken(Secret(token)), now: IDTokens.now) }
  }

  @Test(arguments: ["", "\n", "\r\n"]) func emptyIsAMatterOfConfiguration(_ text: String) {
    let error = #expect(throws: SourceError.self) { try read(text) }
    #expect(error?.kind == .configuration)
    #expect(error?.message.contains("token_file /run/token") == true)
  }

  @Test func whatNoSTSTakesIsMalformed() throws {
    let longest = String(repeating: "a", count: 20_000)
    #expect(try read(longest + "\r\n") == longest)
    let error = #expect(throws: SourceError.self) { try read(longest + "a") }
    #expect(error?.kind == .malformed)
  }
}
