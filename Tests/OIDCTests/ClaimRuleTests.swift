import Formats
import Model
import OIDC
import Testing

@Suite("What the claims of an ID token must be")
struct ClaimRuleTests {
  private func refusal(_ claims: [String: String?], policy: IDTokenPolicy = IDTokens.policy()) -> VerificationError? {
    do throws(VerificationError) {
      _ = try IDTokens.check(IDTokens.token(claims), policy: policy)
      return nil
    } catch {
      return error
    }
  }

  @Test func aGoodTokenIsAnIdentity() throws {
    let identity = try IDTokens.check(
      IDTokens.token([
        "email": #""a@op.example""#, "name": #""Alice""#, "preferred_username": #""al""#, "nbf": "1700000000",
        "groups": #"["x"]"#,
      ]))
    #expect(identity.subject == "alice")
    #expect(identity.email == "a@op.example")
    #expect(identity.name == "Alice")
    #expect(identity.preferredUsername == "al")
    #expect(identity.issuedAt == IDTokens.now)
    #expect(identity.claims["groups"] == ["x"])
    #expect(refusal(["email": "7", "name": "[]"]) == nil)
  }

  @Test(arguments: ["iss", "sub", "aud", "exp", "iat"]) func whatIsRequiredIsMissed(_ name: String) {
    #expect(refusal([name: nil]) == .malformedClaim(name))
    #expect(refusal([name: "null"]) == .malformedClaim(name))
    #expect(refusal([name: "{}"]) == .malformedClaim(name))
    #expect(refusal([name: "true"]) == .malformedClaim(name))
  }

  @Test(arguments: [
    "https://op.example/", "https://OP.example", "https://op.example:443", "http://op.example",
    "https://op.ex\\u0061mple.evil",
    "https://op.example\\u0000", "https://evil.example", "",
  ])
  func theIssuerIsTheSameBytes(_ issuer: String) {
    guard case .issuer = refusal(["iss": "\"\(issuer)\""]) else {
      Issue.record("accepted, or refused otherwise")
      return
    }
  }

  @Test(arguments: [("K", "\u{212A}"), ("\u{e9}", "e\u{301}"), (";", "\u{37e}"), ("`", "\u{1fef}")])
  func textsThatSwiftCallsEqualAreNot(_ one: String, _ other: String) {
    // The trap that this test is about; where it is gone, the test proves nothing.
    #expect(one == other)
    var policy = IDTokens.policy()
    policy.clientID = ByteText("client-" + one)
    policy.issuer = ByteText("https://op.example/" + one)
    policy.nonce = ByteText(one)
    policy.subject = ByteText(one)
    func claims(_ name: String, _ value: String) -> [String: String?] {
      var claims: [String: String?] = [
        "iss": "\"https://op.example/\(one)\"", "aud": "\"client-\(one)\"", "nonce": "\"\(one)\"", "sub": "\"\(one)\"",
        "azp": "\"client-\(one)\"",
      ]
      claims[name] = value
      return claims
    }
    #expect(refusal(claims("name", "\"x\""), policy: policy) == nil)
    #expect(refusal(claims("iss", "\"https://op.example/\(other)\""), policy: policy) != nil)
    #expect(refusal(claims("aud", "\"client-\(other)\""), policy: policy) != nil)
    #expect(refusal(claims("azp", "\"client-\(other)\""), policy: policy) != nil)
    #expect(refusal(claims("nonce", "\"\(other)\""), policy: policy) == .nonce)
    #expect(refusal(claims("sub", "\"\(other)\""), policy: policy) != nil)
  }

  @Test(arguments: ["\"\"", "7", "[\"alice\"]", "\"" + String(repeating: "s", count: 256) + "\""])
  func theSubjectIsAShortText(_ subject: String) {
    #expect(refusal(["sub": subject]) == .malformedClaim("sub"))
  }

  @Test func aSubjectOf255BytesIsTheLongest() {
    #expect(refusal(["sub": "\"" + String(repeating: "s", count: 255) + "\""]) == nil)
  }

  @Test(arguments: [
    ("\"cli\"", nil as String?), ("[\"cli\"]", nil), ("[\"cli\"]", "\"cli\""), ("[\"cli\",\"cli\"]", nil),
    ("[\"cli\",\"sts.amazonaws.com\"]", "\"cli\""), ("[\"sts.amazonaws.com.cn\",\"cli\"]", "\"cli\""),
  ])
  func audiencesThatAreAccepted(_ aud: String, _ azp: String?) {
    #expect(refusal(["aud": aud, "azp": azp]) == nil)
  }

  @Test(arguments: [
    ("\"other\"", nil as String?), ("[]", nil), ("[\"other\"]", "\"cli\""), ("[\"cli\",\"other\"]", "\"cli\""),
    ("[\"cli\",\"sts.amazonaws.com\"]", nil), ("[\"cli\",\"sts.amazonaws.com\"]", "\"other\""),
    ("\"cli\"", "\"other\""),
    ("\"cli\"", "7"), ("\"cli\"", "null"), ("[\"cli\",7]", "\"cli\""), ("[[\"cli\"]]", nil),
    ("\"sts.amazonaws.com\"", "\"cli\""),
    ("\"cli \"", nil), ("{\"cli\":1}", nil), ("[\"cli\",\"STS.amazonaws.com\"]", "\"cli\""),
  ])
  func audiencesThatAreRefused(_ aud: String, _ azp: String?) {
    #expect(refusal(["aud": aud, "azp": azp]) != nil)
  }

  @Test func anAudienceOfOnesOwnReplacesThatOfAWS() {
    var policy = IDTokens.policy()
    policy.extraAudiences = ["minio"]
    #expect(refusal(["aud": #"["cli","minio"]"#, "azp": #""cli""#], policy: policy) == nil)
    #expect(refusal(["aud": #"["cli","sts.amazonaws.com"]"#, "azp": #""cli""#], policy: policy) != nil)
  }

  @Test(arguments: [
    "\"1700003600\"", "1700003600.5", "1e300", "-1e300", "[]", "9223372036854775808", "1e999",
  ])
  func timesAreIntegers(_ value: String) {
    #expect(refusal(["exp": value]) == .malformedClaim("exp"))
    #expect(refusal(["iat": value]) == .malformedClaim("iat"))
    #expect(refusal(["nbf": value]) == .malformedClaim("nbf"))
  }

  @Test func integersMayBeWrittenAsFloats() {
    #expect(refusal(["exp": "1700003600.0", "iat": "17e8"]) == nil)
  }

  @Test(arguments: ["9223372036854775807", "-9223372036854775808", "0", "-1"])
  func timesAtTheEndsOfTheWorldAreRefusedAndDoNotTrap(_ value: String) {
    #expect(refusal(["exp": value]) != nil)
    #expect(refusal(["iat": value]) != nil)
    #expect(refusal(["exp": "9223372036854775807", "iat": value]) != nil)
  }

  @Test func clocksMayDifferByAMinute() {
    var policy = IDTokens.policy()
    policy.requestedAt = nil
    func at(_ now: Int64, _ claims: [String: String?] = [:]) -> VerificationError? {
      policy.now = WallTime(seconds: now)
      return refusal(claims, policy: policy)
    }
    #expect(at(1_700_003_659) == nil)
    #expect(at(1_700_003_660) == .expired(WallTime(seconds: 1_700_003_600), now: policy.now))
    #expect(at(1_699_999_940) == nil)
    #expect(at(1_699_999_939) == .notYetValid("iat", IDTokens.now, now: policy.now))
    #expect(at(1_700_000_000, ["nbf": "1700000060"]) == nil)
    #expect(
      at(1_700_000_000, ["nbf": "1700000061"]) == .notYetValid("nbf", WallTime(seconds: 1_700_000_061), now: policy.now)
    )
  }

  @Test func aTokenLastsADayAtMost() {
    #expect(refusal(["exp": "1700086400"]) == nil)
    #expect(refusal(["exp": "1700086401"]) == .lifetime)
    #expect(refusal(["iat": "1700000010", "exp": "1700000010"]) == .lifetime)
    #expect(refusal(["iat": "1700000020", "exp": "1700000010"]) == .lifetime)
  }

  @Test func aTokenFromBeforeTheLoginIsAReplay() {
    var policy = IDTokens.policy()
    policy.requestedAt = IDTokens.now + 60
    #expect(refusal([:], policy: policy) == nil)
    policy.requestedAt = IDTokens.now + 61
    #expect(refusal([:], policy: policy) == .stale(IDTokens.now, requestedAt: IDTokens.now + 61))
  }

  @Test func aNonceThatWasSentMustComeBack() {
    var policy = IDTokens.policy()
    #expect(refusal(["nonce": "\"n\""], policy: policy) == nil)
    policy.nonce = "n"
    #expect(refusal(["nonce": "\"n\""], policy: policy) == nil)
    for wrong in ["\"N\"", "7", "null", nil] { #expect(refusal(["nonce": wrong], policy: policy) == .nonce) }
  }

  @Test func aRefreshKeepsTheSubject() {
    var policy = IDTokens.policy()
    policy.subject = "alice"
    #expect(refusal([:], policy: policy) == nil)
    policy.subject = "bob"
    #expect(refusal([:], policy: policy) == .subject("alice"))
  }

  @Test func theAccessTokensHashIsCheckedWhereBothAreThere() {
    var policy = IDTokens.policy()
    // The digest of `RuleCryptography` is its input; its left half are the first 16 bytes.
    let right = "\"" + Base64URL.encode(Array("0123456789abcdef".utf8)) + "\""
    #expect(refusal(["at_hash": right], policy: policy) == nil)
    policy.accessToken = Secret("0123456789abcdef-and-more-of-it-here")
    #expect(refusal([:], policy: policy) == nil)
    #expect(refusal(["at_hash": right], policy: policy) == nil)
    for wrong in ["\"AAAA\"", "\"\"", "7", "null", "[]"] {
      #expect(refusal(["at_hash": wrong], policy: policy) == .accessTokenHash)
    }
  }

  @Test func messagesShowNoControlCharactersAndNoToken() {
    let error = refusal(["iss": "\"\\u001b[2J\\nhttps://evil\""])
    #expect(error?.message.unicodeScalars.allSatisfy { $0.value >= 32 } == true)
    #expect(error?.hint?.contains("issuer") == true)
  }

  @Test func whatWasSealedIsReadAgainWithoutItsSignature() throws {
    let old = IDTokens.token(["exp": "1600003600", "iat": "1600000000"], signature: [1])
    let identity = try VerifiedIdentity.restored(from: old)
    #expect(identity.expiration == WallTime(seconds: 1_600_003_600))
    #expect(identity.subject == "alice")
    #expect(throws: VerificationError.malformedClaim("sub")) {
      try VerifiedIdentity.restored(from: IDTokens.token(["sub": nil]))
    }
    #expect(throws: VerificationError.self) { try VerifiedIdentity.restored(from: UnverifiedToken(Secret("x"))) }
  }
}
