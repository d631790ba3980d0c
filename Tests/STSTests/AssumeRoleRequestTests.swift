import Model
import STS
import Testing

@Suite struct AssumeRoleRequestTests {
  private let endpoint: STSEndpoint
  private let credentials = AWSCredentials(
    accessKeyID: "ASIA", secretAccessKey: Secret("s"), sessionToken: Secret("t"), expiration: now)

  init() throws {
    endpoint = try STSEndpoint.choose(role: nil, region: "eu-central-1", override: nil)
  }

  private func step(
    duration: Int64 = 3600, name: String? = nil, externalID: String? = nil, tags: [(String, String)] = [],
    transitive: [String] = [], sourceIdentity: String? = nil
  ) throws -> ChainedRole {
    try ChainedRole(
      role: try role(), sessionName: try name.map { try SessionName($0) },
      bounds: try SessionBounds(duration: duration, policyARNs: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
      externalID: externalID, tags: tags.map { ChainedRole.Tag(key: $0.0, value: $0.1) },
      transitiveTagKeys: transitive, sourceIdentity: sourceIdentity)
  }

  @Test func bytesOfTheWholeRequestAndItsSignature() throws {
    let step = try step(
      duration: 900, name: "mine", externalID: "a:b/c", tags: [("team", "core ö"), ("cost center", "")],
      transitive: ["team"], sourceIdentity: "anna")
    let sent = AssumeRoleRequest(step, with: credentials, named: try SessionName("theirs")).httpRequest(to: endpoint)
    #expect(
      sent.bodyText == "Action=AssumeRole&Version=2011-06-15"
        + "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fteam%2Fdeploy&RoleSessionName=mine&DurationSeconds=900"
        + "&PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnlyAccess&ExternalId=a%3Ab%2Fc"
        + "&SourceIdentity=anna&Tags.member.1.Key=team&Tags.member.1.Value=core%20%C3%B6"
        + "&Tags.member.2.Key=cost%20center&Tags.member.2.Value=&TransitiveTagKeys.member.1=team")
    #expect(sent.signature?.credentials == credentials)
    #expect(sent.signature?.region == "eu-central-1" && sent.signature?.service == "sts")
    #expect(sent.url == "https://sts.eu-central-1.amazonaws.com/")
    #expect(sent.redirects == .none)
  }

  @Test func whatIsNotSetIsLeftOutAndTheSessionIsNamedAsBefore() throws {
    let body = AssumeRoleRequest(try step(), with: credentials, named: try SessionName("theirs"))
      .httpRequest(to: endpoint).bodyText
    #expect(body.contains("RoleSessionName=theirs&DurationSeconds=3600"))
    for absent in ["ExternalId", "SourceIdentity", "Tag"] { #expect(!body.contains(absent)) }
  }

  @Test(arguments: [3601, 43_200] as [Int64])
  func anHourIsTheMost(_ seconds: Int64) {
    #expect(throws: RoleRequestError.chainedDuration(seconds)) { try step(duration: seconds) }
  }

  @Test(arguments: ["x", "a b", String(repeating: "x", count: 1225), "käse", ""])
  func externalIDsThatTheSTSDoesNotTakeAreRefused(_ text: String) {
    #expect(throws: RoleRequestError.externalID) { try step(externalID: text) }
  }

  @Test(arguments: ["x", "a:b", String(repeating: "x", count: 65)])
  func sourceIdentitiesThatTheSTSDoesNotTakeAreRefused(_ text: String) {
    #expect(throws: RoleRequestError.sourceIdentity) { try step(sourceIdentity: text) }
  }

  @Test func tagsBeyondTheBoundsAreRefused() throws {
    let long = String(repeating: "ö", count: 128)
    #expect(try step(tags: [(long, long + long)]).tags.count == 1)
    for key in ["", long + "x", "a\u{7}b", "a#b", "aws:team", "AWS:team"] {
      #expect(throws: RoleRequestError.tagKey(key, what: "tags")) { try step(tags: [(key, "v")]) }
      #expect(throws: RoleRequestError.tagKey(key, what: "transitive_tag_keys")) { try step(transitive: [key]) }
    }
    for value in [long + long + "x", "a\nb", "{}"] {
      #expect(throws: RoleRequestError.tagValue(key: "k")) { try step(tags: [("k", value)]) }
    }
    #expect(throws: RoleRequestError.repeatedTag("Team")) { try step(tags: [("team", "a"), ("Team", "b")]) }
    #expect(throws: RoleRequestError.tooManyTags(51)) { try step(tags: (0...50).map { ("k\($0)", "") }) }
  }

  @Test func refusalNamesWhatATrustPolicyMustAllow() throws {
    func hint(_ code: String, _ step: ChainedRole, _ message: String = "") throws -> String {
      let caller = try role("arn:aws:iam::111122223333:role/first")
      return fault(code, message, status: 403).explained(with: .chained(ChainedCall(caller: caller, for: step))).hint
        ?? ""
    }
    let plain = try hint("AccessDenied", try step())
    #expect(plain.contains("sts:AssumeRole to arn:aws:iam::111122223333:role/first"))
    #expect(
      plain.contains("may want an external_id") && !plain.contains("sts:TagSession")
        && !plain.contains("SourceIdentity"))
    let full = try hint("AccessDenied", try step(externalID: "abc", tags: [("a", "b")], sourceIdentity: "anna"))
    #expect(full.contains("under this external_id"))
    #expect(full.contains("sts:TagSession") && full.contains("sts:SetSourceIdentity"))
    #expect(try hint("ValidationError", try step(), "DurationSeconds exceeds the 1 hour").contains("1 h at most"))
    for code in ["SignatureDoesNotMatch", "InvalidClientTokenId", "ExpiredToken"] {
      #expect(try hint(code, try step()).contains("clock"))
      #expect(fault(code, status: 403).refusesSigner)
    }
    #expect(!fault("AccessDenied", status: 403).refusesSigner)
  }

  @Test func replyIsReadAndHeldAgainstTheRole() throws {
    func reply(_ role: String) -> HTTPResponse {
      STSTests.reply(
        """
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
        <SourceIdentity>anna</SourceIdentity>
        <AssumedRoleUser><AssumedRoleId>A:me</AssumedRoleId>
        <Arn>arn:aws:sts::123456789012:assumed-role/\(role)/me</Arn></AssumedRoleUser>
        <Credentials><AccessKeyId>ASIA2</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
        <Expiration>2026-11-22T14:15:00Z</Expiration></Credentials><PackedPolicySize>6</PackedPolicySize>
        </AssumeRoleResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>
        """)
    }
    let request = AssumeRoleRequest(try step(), with: credentials, named: try SessionName("me"))
    let assumed = try RoleResponse.parse(reply("deploy"), to: request, from: endpoint, now: now)
    #expect(assumed.credentials.expiration == now + 900)
    #expect(assumed.sessionName == "me" && assumed.roleName == "deploy" && assumed.account == "123456789012")
    #expect(throws: STSError.self) {
      try RoleResponse.parse(reply("Admin"), to: request, from: endpoint, now: now)
    }
    #expect(throws: STSError.unexpectedReply("the reply is a AssumeRoleResponse")) {
      try RoleResponse.parse(reply("deploy"), to: try STSTests.request(), from: endpoint, now: now)
    }
  }
}
