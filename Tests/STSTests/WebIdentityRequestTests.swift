import Model
import STS
import Testing

@Suite struct WebIdentityRequestTests {
  private let endpoint: STSEndpoint

  init() throws {
    endpoint = try STSEndpoint.choose(role: nil, region: "eu-central-1", override: nil)
  }

  @Test func bytesOfTheWholeRequest() throws {
    let policy = try SessionPolicy.parse(Array(#"{"Version":"2012-10-17","Statement":[]}"#.utf8))
    let sent = try request(
      policy: policy, policyARNs: ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::123456789012:policy/x"]
    )
    .httpRequest(to: endpoint, timeout: .seconds(7))
    #expect(sent.method == .post)
    #expect(sent.url == "https://sts.eu-central-1.amazonaws.com/")
    #expect(
      sent.headers.map { "\($0.name): \($0.value.exposedText())" } == [
        "Accept: application/xml", "Content-Type: application/x-www-form-urlencoded",
      ])
    #expect(
      sent.bodyText == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
        + "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fteam%2Fdeploy&RoleSessionName=me%40example.com"
        + "&WebIdentityToken=eyJ.e30.c2ln&DurationSeconds=3600"
        + "&Policy=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D"
        + "&PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnlyAccess"
        + "&PolicyArns.member.2.arn=arn%3Aaws%3Aiam%3A%3A123456789012%3Apolicy%2Fx")
    #expect(sent.signature == nil)
    #expect(sent.redirects == .none)
    #expect(sent.timeout == .seconds(7))
  }

  @Test func optionalParametersAreLeftOut() throws {
    let body = try request().httpRequest(to: endpoint).bodyText
    #expect(!body.contains("Policy"))
    #expect(!body.contains("ProviderId"))
  }

  @Test func callerIdentityIsSigned() throws {
    let credentials = AWSCredentials(
      accessKeyID: "ASIA", secretAccessKey: Secret("s"), sessionToken: Secret("t"), expiration: now)
    let sent = CallerIdentity.httpRequest(to: endpoint, with: credentials)
    #expect(sent.bodyText == "Action=GetCallerIdentity&Version=2011-06-15")
    #expect(sent.signature?.region == "eu-central-1")
    #expect(sent.signature?.service == "sts")
    #expect(sent.signature?.credentials == credentials)
  }

  @Test(arguments: [Int64.min, -1, 0, 899, 43_201, .max])
  func durationsBeyondTheBoundsAreRefused(_ seconds: Int64) throws {
    #expect(throws: RoleRequestError.duration(seconds)) {
      try SessionBounds(duration: seconds)
    }
  }

  @Test(arguments: [0, 3, 20_001])
  func tokensOfImpossibleLengthAreRefused(_ count: Int) throws {
    #expect(throws: RoleRequestError.tokenLength(count)) {
      try WebIdentityRequest(
        role: try role(), sessionName: try SessionName("me"), token: Secret(Array(repeating: 0x61, count: count)),
        bounds: try SessionBounds())
    }
  }

  @Test func policiesBeyondTheBoundsAreRefused() throws {
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    #expect(try request(policyARNs: Array(repeating: arn, count: 10)).bounds.policyARNs.count == 10)
    #expect(throws: RoleRequestError.tooManyPolicies(11)) {
      try request(policyARNs: Array(repeating: arn, count: 11))
    }
    for bad in ["", "ReadOnlyAccess", "arn:aws:iam::aws:policy/a b", "arn:" + String(repeating: "x", count: 2048)] {
      #expect(throws: RoleRequestError.policyARN(bad)) { try request(policyARNs: [bad]) }
    }
  }

  @Test func policyIsSentAsWrittenOrWithoutBlanksWhereTheyAreTooMany() throws {
    let written = "{\n  \"Version\": \"2012-10-17\"\n}\n"
    #expect(try SessionPolicy.parse(Array(written.utf8)).text == written)
    let wide = "{\"Version\":" + String(repeating: " ", count: 3000) + "\"ÿ\"}"
    #expect(try SessionPolicy.parse(Array(wide.utf8)).text == "{\"Version\":\"ÿ\"}")
    let long = "{\"Version\":\"" + String(repeating: "x", count: 2036) + "\"}"
    #expect(long.count == 2050)
    #expect(throws: SessionPolicyError.tooLong) { try SessionPolicy.parse(Array(long.utf8)) }
  }

  @Test(arguments: ["", "[]", "{", "{\"a\":1,\"a\":2}", "\u{FEFF}{}", "Version: 2012"])
  func policiesThatAreNoObjectAreRefused(_ text: String) {
    let error = #expect(throws: SessionPolicyError.self) { try SessionPolicy.parse(Array(text.utf8)) }
    guard case .notJSON = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func policyWithCharactersThatSTSDoesNotTakeIsRefused() {
    #expect(throws: SessionPolicyError.character("→")) { try SessionPolicy.parse(Array("{\"a\":\"→\"}".utf8)) }
  }
}
