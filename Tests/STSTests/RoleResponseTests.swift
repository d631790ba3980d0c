import Formats
import Model
import STS
import Testing

@Suite struct RoleResponseTests {
  private static func aws(
    expiration: String = "2026-11-22T15:00:00Z", key: String = "ASIAEXAMPLE",
    user: String = "<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/deploy/me</Arn>"
      + "<AssumedRoleId>AROA1:me</AssumedRoleId></AssumedRoleUser>"
  ) -> String {
    """
    <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <AssumeRoleWithWebIdentityResult>
        <SubjectFromWebIdentityToken>repo:octo/app</SubjectFromWebIdentityToken>
        <Audience>sts.amazonaws.com</Audience>
        \(user)
        <Credentials>
          <SessionToken>
            tok/en+==
          </SessionToken>
          <SecretAccessKey>sec/ret</SecretAccessKey>
          <Expiration>\(expiration)</Expiration>
          <AccessKeyId>\(key)</AccessKeyId>
        </Credentials>
        <PackedPolicySize>6</PackedPolicySize>
        <Provider>arn:aws:iam::123456789012:oidc-provider/idp.example</Provider>
      </AssumeRoleWithWebIdentityResult>
      <ResponseMetadata><RequestId>ad4156e9-bce1</RequestId></ResponseMetadata>
    </AssumeRoleWithWebIdentityResponse>
    """
  }

  private func parse(
    _ response: HTTPResponse, role: String = "arn:aws:iam::123456789012:role/team/deploy", override: String? = nil
  ) throws -> AssumedRole {
    let request = try request(role: role)
    let endpoint = try STSEndpoint.choose(role: request.role, region: nil, override: override)
    return try RoleResponse.parse(response, to: request, from: endpoint, now: now)
  }

  private func error(_ body: String, override: String? = nil) -> STSError? {
    do {
      _ = try parse(reply(body), override: override)
      return nil
    } catch {
      return error as? STSError
    }
  }

  @Test func replyOfAWS() throws {
    let assumed = try parse(reply(Self.aws()))
    #expect(
      assumed.credentials
        == AWSCredentials(
          accessKeyID: "ASIAEXAMPLE", secretAccessKey: Secret("sec/ret"), sessionToken: Secret("tok/en+=="),
          expiration: now + 3600))
    #expect(assumed.assumedRoleARN == "arn:aws:sts::123456789012:assumed-role/deploy/me")
    #expect(assumed.assumedRoleID == "AROA1:me")
    #expect(assumed.account == "123456789012")
    #expect(assumed.roleName == "deploy")
    #expect(assumed.subject == "repo:octo/app")
    #expect(assumed.audience == "sts.amazonaws.com")
    #expect(assumed.provider == "arn:aws:iam::123456789012:oidc-provider/idp.example")
    #expect(assumed.packedPolicySize == 6)
    #expect(assumed.requestID == "ad4156e9-bce1")
  }

  @Test func replyOfMoto() throws {
    let body = """
      <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\
      <AssumeRoleWithWebIdentityResult>\
      <Credentials><AccessKeyId>ASIARZPUZDIK</AccessKeyId><SecretAccessKey>MrHP</SecretAccessKey>\
      <SessionToken>FQoG</SessionToken><Expiration>2026-11-22T14:20:29.427189Z</Expiration></Credentials>\
      <AssumedRoleUser>\
      <AssumedRoleId>ARO123EXAMPLE123:me</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/deploy/me</Arn>\
      </AssumedRoleUser><PackedPolicySize>6</PackedPolicySize></AssumeRoleWithWebIdentityResult>\
      <ResponseMetadata><RequestId>AjaL</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>
      """
    let assumed = try parse(reply(body), override: "http://127.0.0.1:5000")
    #expect(assumed.credentials.expiration == now + 1229)
    #expect(assumed.roleName == "deploy")
  }

  @Test func replyOfSeaweedFS() throws {
    let body = """
      <?xml version="1.0" encoding="UTF-8"?>
      <AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>3aKx</AccessKeyId>\
      <SecretAccessKey>c2Vj</SecretAccessKey><SessionToken>eyJ.e30.x</SessionToken>\
      <Expiration>2026-11-22T15:00:00.123456789+01:00</Expiration></Credentials>\
      <SubjectFromWebIdentityToken>alice</SubjectFromWebIdentityToken></AssumeRoleWithWebIdentityResult>\
      <RequestId>17</RequestId></AssumeRoleWithWebIdentityResponse>
      """
    #expect(
      error(body, override: "http://127.0.0.1:8333")
        == .expiration("the credentials expired at 2026-11-22T14:00:00Z", clockSkew: nil))
    let later = body.replacing("15:00:00.123456789+01:00", with: "15:00:00.123456789Z")
    let assumed = try parse(reply(later), role: "arn:aws:iam::role/WriterRole", override: "http://127.0.0.1:8333")
    #expect(assumed.assumedRoleARN == nil)
    #expect(assumed.account == nil)
    #expect(assumed.subject == "alice")
    #expect(assumed.requestID == "17")
    #expect(assumed.credentials.expiration == now + 3600)
  }

  @Test func emptyNamesOfOtherServersAreNone() throws {
    let body = Self.aws(user: "<AssumedRoleUser><Arn></Arn><AssumeRoleId></AssumeRoleId></AssumedRoleUser>")
    #expect(
      try parse(reply(body), role: "arn:minio:iam:::role/idp-role-name", override: "https://minio.example").account
        == nil)
    let nameless = Self.aws(user: "<AssumedRoleUser><Arn>arn:aws:sts::assumed-role/deploy/me</Arn></AssumedRoleUser>")
    #expect(try parse(reply(nameless), override: "https://minio.example").roleName == "deploy")
  }

  @Test(arguments: ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "Credentials"])
  func requiredElementsAreThereExactlyOnce(_ name: String) throws {
    let body = Self.aws().replacing("\n", with: "").replacing("  ", with: "")
    let start = try #require(body.range(of: "<\(name)>")?.lowerBound)
    let end = try #require(body.range(of: "</\(name)>")?.upperBound)
    let element = String(body[start..<end])
    for broken in [body.replacing(element, with: ""), body.replacing(element, with: element + element)] {
      guard case .unexpectedReply(let reason) = error(broken) else {
        Issue.record("accepted without exactly one \(name)")
        continue
      }
      #expect(reason.contains(name))
    }
    if name != "Credentials" {
      #expect(error(body.replacing(element, with: "<\(name)> </\(name)>")) == .unexpectedReply("\(name) is empty"))
    }
  }

  @Test(arguments: [
    ("2026-11-22T14:00:00Z", "the credentials expired at 2026-11-22T14:00:00Z"),
    ("1970-01-01T00:00:00Z", "the credentials expired at 1970-01-01T00:00:00Z"),
    ("2026-11-23T02:05:01Z", "Expiration 2026-11-23T02:05:01Z is more than 43200 s ahead"),
    ("9999-12-31T23:59:59Z", "Expiration 9999-12-31T23:59:59Z is more than 43200 s ahead"),
  ])
  func lyingExpirationIsRefused(_ expiration: String, _ reason: String) {
    #expect(error(Self.aws(expiration: expiration)) == .expiration(reason, clockSkew: nil))
  }

  @Test(arguments: ["2026-02-30T00:00:00Z", "tomorrow", "1795359600", "2026-11-22 15:00:00", "2026-11-22T15:00:00"])
  func expirationThatIsNoTimeIsRefused(_ expiration: String) {
    #expect(error(Self.aws(expiration: expiration)) == .unexpectedReply("Expiration \(expiration) is not a time"))
  }

  @Test func longestExpirationIsAcceptedWithSlackForClocks() throws {
    #expect(try parse(reply(Self.aws(expiration: "2026-11-23T02:05:00Z"))).credentials.expiration == now + 43_500)
  }

  @Test func wrongClockIsNamed() throws {
    let response = reply(
      Self.aws(expiration: "2026-11-22T13:00:00Z"), headers: [("date", "Sun, 22 Nov 2026 12:00:00 GMT")])
    let error = #expect(throws: STSError.self) { try parse(response) }
    #expect(error == .expiration("the credentials expired at 2026-11-22T13:00:00Z", clockSkew: -7200))
    #expect(error?.hint == "this machine's clock and the server's differ by 7200 s; set the clock")
  }

  @Test(arguments: [
    "arn:aws:sts::999999999999:assumed-role/deploy/me", "arn:aws:sts::123456789012:assumed-role/admin/me",
    "arn:aws:sts::123456789012:assumed-role/Deploy/me",
  ])
  func credentialsOfAnotherRoleAreRefused(_ arn: String) throws {
    let body = Self.aws(user: "<AssumedRoleUser><Arn>\(arn)</Arn></AssumedRoleUser>")
    let expected = STSError.otherRole(
      requested: "arn:aws:iam::123456789012:role/team/deploy", received: ByteText(arn))
    #expect(error(body) == expected)
    #expect(error(body, override: "https://sts.example") == expected)
  }

  @Test func awsMustSayWhichRole() {
    #expect(error(Self.aws(user: "")) == .unexpectedReply("AssumedRoleUser has no Arn"))
    for arn in [
      "arn:aws:sts::assumed-role/deploy/me", "arn:aws:iam::123456789012:user/me",
      "arn:aws-cn:sts::123456789012:assumed-role/deploy/me",
    ] {
      let body = Self.aws(user: "<AssumedRoleUser><Arn>\(arn)</Arn></AssumedRoleUser>")
      guard case .otherRole = error(body) else {
        Issue.record("accepted \(arn)")
        continue
      }
    }
    #expect(error(Self.aws(user: ""), override: "https://sts.example") == nil)
  }

  @Test(arguments: ["AS IA", "ASIA&#10;X", "ASIA\u{212A}", "ASIA&#0;"])
  func keysWithImpossibleCharactersAreRefused(_ key: String) {
    guard case .unexpectedReply = error(Self.aws(key: key)) else {
      Issue.record("accepted \(key)")
      return
    }
  }

  @Test(arguments: [
    "", "{}", "<html><body>ok</body></html>", "<ListAllMyBucketsResult/>", "<!DOCTYPE a><a/>", "<AssumeRoleResponse/>",
    "<AssumeRoleWithWebIdentityResponse/>",
  ])
  func successThatIsNoneIsRefused(_ body: String) {
    guard case .unexpectedReply = error(body) else {
      Issue.record("accepted \(body)")
      return
    }
  }

  @Test func everyTruncationIsRefused() {
    let bytes = Array(Self.aws().utf8)
    for length in 0..<bytes.count {
      #expect(throws: STSError.self) { try parse(HTTPResponse(status: 200, body: Array(bytes[..<length]))) }
    }
  }

  @Test func mutationsNeverCrashAndNeverBringAnEmptyField() {
    let original = Array(Self.aws().utf8)
    var generator = SeededGenerator(state: 62)
    for _ in 0..<1000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(UInt8.random(in: 0x20...0x7E, using: &generator), at: index)
        default: bytes.insert(contentsOf: bytes[index..<min(index + 40, bytes.count)], at: index)
        }
      }
      let status = Bool.random(using: &generator) ? 200 : 400
      guard let assumed = try? parse(HTTPResponse(status: status, body: bytes)) else { continue }
      #expect(!assumed.credentials.accessKeyID.isEmpty)
      #expect(!assumed.credentials.secretAccessKey.isEmpty && !assumed.credentials.sessionToken.isEmpty)
      #expect(assumed.credentials.expiration > now && assumed.credentials.expiration <= now + 43_500)
    }
  }
}

/// SplitMix64: the same mutations in every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension String {
  func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}
