import Model
import STS
import Testing

@Suite struct CallerIdentityTests {
  private func identity(_ fields: String) throws -> CallerIdentity {
    try CallerIdentity.parse(
      reply(
        "<GetCallerIdentityResponse><GetCallerIdentityResult>\(fields)</GetCallerIdentityResult>"
          + "</GetCallerIdentityResponse>"
      ),
      now: now)
  }

  private let assumed = "<Arn>arn:aws:sts::123456789012:assumed-role/deploy/me</Arn>"

  @Test func replies() throws {
    let aws = try identity(assumed + "<UserId>AROA1:me</UserId><Account>123456789012</Account>")
    #expect(aws.account == "123456789012")
    #expect(aws.userID == "AROA1:me")
    let weed = try identity("<Arn>arn:aws:sts::assumed-role/deploy/me</Arn><UserId>x</UserId><Account></Account>")
    #expect(weed.account == nil)
    #expect(throws: STSError.self) { try identity("<UserId>x</UserId>") }
    #expect(throws: STSError.self) { try identity(assumed + assumed) }
  }

  @Test func expectationsOfTheRequestedRole() throws {
    let asked = try role()
    for met in [
      Expectations(), Expectations(account: "123456789012"), Expectations(role: "deploy"),
      Expectations(role: "team/deploy"),
      Expectations(role: "/team/deploy"), Expectations(role: "arn:aws:iam::123456789012:role/team/deploy"),
    ] { try met.check(asked) }
    for unmet in [
      Expectations(account: "999999999999"), Expectations(account: ""), Expectations(role: "Deploy"),
      Expectations(role: "other/deploy"), Expectations(role: "arn:aws:iam::123456789012:role/deploy"),
      Expectations(role: ""),
    ] {
      let error = #expect(throws: ExpectationError.self) { try unmet.check(asked) }
      #expect(error?.kind == .refused)
    }
  }

  @Test func expectationsOfTheReply() throws {
    var reply = AssumedRole(
      credentials: AWSCredentials(
        accessKeyID: "A", secretAccessKey: Secret("s"), sessionToken: Secret("t"), expiration: now))
    let expected = Expectations(account: "123456789012", role: "arn:aws:iam::123456789012:role/team/deploy")
    #expect(try expected.check(reply) == .unknown)
    #expect(try Expectations().check(reply) == .met)
    reply.account = "123456789012"
    #expect(try expected.check(reply) == .unknown)
    reply.roleName = "deploy"
    #expect(try expected.check(reply) == .met)
    reply.account = "999999999999"
    #expect(throws: ExpectationError.self) { try expected.check(reply) }
    reply.account = "123456789012"
    reply.roleName = "admin"
    #expect(throws: ExpectationError.self) { try expected.check(reply) }
  }

  @Test func lastAnswerMustBeOne() throws {
    let expected = Expectations(account: "123456789012", role: "deploy")
    try expected.check(try identity(assumed))
    #expect(throws: ExpectationError.unproven("arn:aws:sts::assumed-role/deploy/me")) {
      try expected.check(try identity("<Arn>arn:aws:sts::assumed-role/deploy/me</Arn>"))
    }
    #expect(throws: ExpectationError.self) {
      try expected.check(try identity("<Arn>arn:aws:iam::123456789012:user/me</Arn>"))
    }
    #expect(throws: ExpectationError.self) {
      try expected.check(try identity(assumed + "<Account>999999999999</Account>"))
    }
  }
}
