import Model
import Testing

@testable import Trust

/// What looks as if it kept somebody out.
@Suite("Conditions that hold nobody")
struct NarrowTests {
  private struct Case {
    var issuer = githubName
    var principal: String?
    var action = "sts:AssumeRoleWithWebIdentity"
    let condition: String
    var further = ""

    func findings() throws -> [Finding] {
      let text = """
        {"Version": "2012-10-17", "Statement": [
          {"Effect": "Allow", "Action": "\(action)",
           "Principal": \(principal ?? "{\"Federated\": \"arn:aws:iam::123456789012:oidc-provider/\(issuer)\"}"),
           "Condition": \(condition)}\(further)]}
        """
      let policy = try TrustPolicy.parse(Array(text.replacing("iss:", with: issuer + ":").utf8))
      return policy.statements.flatMap { Traps.of($0, policy) }
    }
  }

  private static let audience = "\"StringEquals\": {\"iss:aud\": \"sts.amazonaws.com\"}"

  @Test(
    "everybody in AWS is held only by what names accounts",
    arguments: [
      ("{\"StringEquals\": {\"sts:ExternalId\": \"x\"}}", false),
      ("{\"StringLike\": {\"aws:PrincipalArn\": \"*\"}}", false),
      ("{\"StringLike\": {\"aws:PrincipalArn\": \"arn:aws:iam::*:role/deploy\"}}", false),
      ("{\"ArnLike\": {\"aws:PrincipalArn\": \"arn:aws:iam::*:role/deploy\"}}", false),
      ("{\"StringEquals\": {\"aws:PrincipalTag/team\": \"a\"}}", false),
      ("{\"StringEquals\": {\"aws:PrincipalType\": \"User\"}}", false),
      ("{\"Bool\": {\"aws:PrincipalIsAWSService\": \"false\"}}", false),
      ("{\"StringLike\": {\"aws:PrincipalOrgID\": \"*\"}}", false),
      ("{\"StringLike\": {\"aws:PrincipalOrgID\": \"o-*\"}}", false),
      ("{\"StringLike\": {\"aws:PrincipalAccount\": \"*\"}}", false),
      ("{\"StringEquals\": {\"aws:PrincipalAccount\": \"${aws:PrincipalAccount}\"}}", false),
      ("{\"StringEquals\": {\"aws:PrincipalAccount\": [\"111122223333\", \"*\"]}}", false),
      ("{\"ForAllValues:StringEquals\": {\"aws:PrincipalOrgID\": \"o-1\"}}", false),
      ("{\"StringLike\": {\"aws:userid\": \"*\"}}", false), ("{\"StringEquals\": {\"foo:sub\": \"x\"}}", false),
      ("{\"StringEquals\": {\"iss:sub\": \"repo:octo/app:ref:x\"}}", false),
      ("{\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-1\"}}", true),
      ("{\"StringEquals\": {\"aws:PrincipalAccount\": \"111122223333\"}}", true),
      ("{\"ArnLike\": {\"aws:PrincipalArn\": \"arn:aws:iam::111122223333:role/ci-*\"}}", true),
      ("{\"StringLike\": {\"AWS:principalarn\": \"arn:aws:iam::111122223333:role/*\"}}", true),
      ("{\"ForAnyValue:StringLike\": {\"aws:PrincipalOrgPaths\": \"o-1/r-2/*\"}}", true),
    ])
  func everybodyInAWS(condition: String, isHeld: Bool) throws {
    for principal in ["\"*\"", "{\"AWS\": \"*\"}"] {
      let findings = try Case(principal: principal, action: "sts:AssumeRole", condition: condition).findings()
      #expect(findings.map(\.code) == (isHeld ? [] : [.anyone]), "\(findings)")
    }
  }

  @Test(
    "everybody's tokens are judged by the issuers that the conditions name",
    arguments: [
      ("{\"StringLike\": {\"iss:sub\": \"*\"}}", Finding.Code.everySubject),
      ("{\"StringLike\": {\"iss:sub\": \"repo:*\"}}", .openEnd),
      ("{\"StringLike\": {\"iss:sub\": \"repo:octo*\"}}", .openEnd),
      ("{\"StringLike\": {\"iss:repository_id\": \"12*\"}}", .openEnd),
      ("{\"StringEquals\": {\"iss:sub\": \"${iss:sub}\"}}", .anyone),
      ("{\"StringEquals\": {\"iss:aud\": \"sts.amazonaws.com\"}}", .anyone),
      ("{\"StringNotEquals\": {\"iss:sub\": \"repo:evil/x\"}}", .anyone),
      ("{\"StringEquals\": {\"iss:aud\": \"a\", \"iss:sub\": \"repo:octo/app:ref:refs/heads/main\"}}", nil),
    ])
  func everybodysTokens(condition: String, code: Finding.Code?) throws {
    for principal in ["\"*\"", "{\"AWS\": \"*\"}", "{\"Federated\": \"*\"}"] {
      let faults = try Case(principal: principal, condition: condition).findings().filter { $0.level == .fault }
      #expect(faults.map(\.code) == [code].compactMap { $0 }, "\(faults)")
    }
  }

  @Test(
    "a telling claim that AWS fills in, or that is not compared as text, lets in anybody",
    arguments: [
      ("StringEquals", "sub", "${iss:sub}", Finding.Code.variable),
      ("StringLike", "sub", "${iss:sub}", .variable), ("StringLike", "sub", "repo:octo/app:ref:${iss:ref}", .variable),
      ("StringEquals", "repository", "${iss:repository}", .variable), ("ArnLike", "sub", "*", .wrongOperator),
      ("NumericGreaterThan", "repository_id", "1", .wrongOperator),
    ])
  func tautology(test: String, claim: String, value: String, code: Finding.Code) throws {
    let condition = """
      {"StringEqualsIgnoreCase": {"iss:aud": "a"}, "\(test)": {"iss:\(claim)": "\(value)"}}
      """
    let findings = try Case(condition: condition).findings()
    #expect(findings.contains { $0.code == code && $0.level == .fault }, "\(findings)")
    #expect(findings.contains { $0.code == .noSubject })
  }

  @Test(
    "an id that begins like one's own is somebody else's",
    arguments: [
      "repository_id", "enterprise_id",
    ])
  func ids(claim: String) throws {
    let findings = try Case(condition: "{\(Self.audience), \"StringLike\": {\"iss:\(claim)\": \"12*\"}}").findings()
    #expect(findings.contains { $0.code == .openEnd && $0.level == .fault }, "\(findings)")
  }

  private static func deny(_ principal: String, _ value: String, _ test: String = "StringNotLike") -> String {
    """
    , {"Effect": "Deny", "Principal": \(principal), "Action": "sts:AssumeRoleWithWebIdentity",
       "Condition": {"\(test)": {"iss:sub": "\(value)"}}}
    """
  }

  @Test(
    "a Deny guards only whom it names",
    arguments: [
      (deny("\"*\"", "repo:octo/app:ref:refs/heads/*"), true),
      (deny("{\"AWS\": \"*\"}", "repo:octo/app:ref:refs/heads/*"), true),
      (
        deny(
          "{\"Federated\": \"arn:aws:iam::123456789012:oidc-provider/\(githubName)\"}", "repo:octo/app:ref:refs/heads/*"
        ),
        true
      ),
      (
        deny(
          "{\"Federated\": \"arn:aws:iam::111122223333:oidc-provider/\(githubName)\"}", "repo:octo/app:ref:refs/heads/*"
        ),
        false
      ),
      (deny("{\"Service\": \"*\"}", "repo:octo/app:ref:refs/heads/*"), false),
      (deny("\"*\"", "${iss:sub}", "StringNotEquals"), false), (deny("\"*\"", "${iss:sub}"), false),
      (deny("\"*\"", "x", "ArnNotLike"), false),
    ])
  func guards(deny: String, isGuarded: Bool) throws {
    let findings = try Case(condition: "{\(Self.audience)}", further: deny).findings()
    #expect(findings.contains { $0.code == .noSubject } != isGuarded, "\(findings)")
  }

  @Test(
    "where anybody can make himself an account, a way to log in is everybody",
    arguments: [
      ("acme.eu.auth0.com/", "github|*", Finding.Code.everySubject), ("login.example.com", "github|*", .everySubject),
      ("acme.eu.auth0.com/", "auth0|1*", .openEnd), ("acme.eu.auth0.com/", "*", .everySubject),
      ("cognito-idp.eu-central-1.amazonaws.com/eu-central-1_x", "1b2c*", .openEnd),
      ("securetoken.google.com/acme", "*", .everySubject),
    ])
  func people(issuer: String, pattern: String, code: Finding.Code) throws {
    let condition = "{\"StringEquals\": {\"iss:aud\": \"abc\"}, \"StringLike\": {\"iss:sub\": \"\(pattern)\"}}"
    let findings = try Case(issuer: issuer, condition: condition).findings()
    #expect(findings.map(\.code) == [code] && findings.allSatisfy { $0.level == .fault }, "\(findings)")
    #expect(throws: TrustGrantError.self) {
      try TrustGrant(
        issuer: try FederatedIssuer(ByteText("https://" + issuer)), audiences: ["abc"],
        subjects: [.pattern(ByteText(pattern))])
    }
  }

  @Test("every user of such an issuer is a stranger")
  func peopleWithoutSubject() throws {
    let findings = try Case(issuer: "acme.eu.auth0.com/", condition: "{\"StringEquals\": {\"iss:aud\": \"abc\"}}")
      .findings()
    #expect(findings.map(\.code) == [.noSubject] && findings.allSatisfy { $0.level == .fault })
  }

  @Test(
    "how wide a subject is, is said of all that are as wide",
    arguments: [
      (githubName, "repo:octo/app:*"), (githubName, "repo:octo/app:ref:*"), (githubName, "repo:octo/app:r*"),
      (githubName, "repo:octo/app:**"), (githubName, "repo:octo/app:?*"), (githubName, "repo:octo/app:ref:refs/*"),
      (githubName, "repo:octo/app:pull_request"), (githubName, "repo:octo/app:pull_request:*"),
      ("agent.buildkite.com", "organization:acme:pipeline:deploy:ref:*"),
      ("agent.buildkite.com", "organization:acme:pipeline:deploy:r*"), ("gitlab.com", "project_path:g/p:ref_type:*"),
      ("login.example.com", "user-*"), ("github.example.com/_services/token", "repo:*"),
    ])
  func wide(issuer: String, pattern: String) throws {
    let condition = "{\"StringEquals\": {\"iss:aud\": \"a\"}, \"StringLike\": {\"iss:sub\": \"\(pattern)\"}}"
    let findings = try Case(issuer: issuer, condition: condition).findings()
    #expect(findings.map(\.code) == [.broadSubject] && findings.allSatisfy { $0.level == .advice }, "\(findings)")
    let grant = try TrustGrant(
      issuer: try FederatedIssuer(ByteText("https://" + issuer)), audiences: ["a"],
      subjects: [TrustGrant.Subject(written: pattern)])
    #expect(grant.remarks.count == 1)
    if pattern == "repo:*" { #expect(!findings[0].message.contains("of the owner")) }
  }

  @Test(
    "other claims, audiences and principals that are wider than they look",
    arguments: [
      ("{\"StringEquals\": {\"iss:aud\": \"a\", \"iss:repository\": \"octo/app\"}}", Finding.Code.broadSubject),
      ("{\"StringEquals\": {\"iss:aud\": \"a\", \"iss:repository_id\": \"7\"}}", .broadSubject),
      ("{\"StringLike\": {\"iss:aud\": \"**\", \"iss:sub\": \"repo:octo/app:ref:refs/heads/main\"}}", .noAudience),
    ])
  func wideOtherwise(condition: String, code: Finding.Code) throws {
    let findings = try Case(condition: condition).findings()
    #expect(findings.map(\.code) == [code] && findings.allSatisfy { $0.level == .advice }, "\(findings)")
  }

  @Test("IAM takes no wildcard within the name of an account's user or role")
  func wildcardInPrincipal() throws {
    let findings = try Case(
      principal: "{\"AWS\": \"arn:aws:iam::*:root\"}", action: "sts:AssumeRole",
      condition: "{\"StringEquals\": {\"sts:ExternalId\": \"x\"}}"
    ).findings()
    #expect(findings.map(\.code) == [.wrongPrincipal])
  }

  @Test("a wide pattern beside an exact subject lets in nobody more")
  func exactBesideWide() throws {
    let condition = """
      {"StringEquals": {"iss:aud": "a", "iss:sub": "repo:octo/app:ref:refs/heads/main"},
       "StringLike": {"iss:sub": "repo:*"}}
      """
    #expect(try Case(condition: condition).findings().isEmpty)
  }

  @Test("that there must be a subject excludes nobody")
  func null() throws {
    let findings = try Case(condition: "{\(Self.audience), \"Null\": {\"iss:sub\": \"false\"}}").findings()
    #expect(findings.map(\.code) == [.noSubject])
  }

  @Test("a subject of blanks is none", arguments: ["", " ", "\t"])
  func blank(subject: String) {
    #expect(throws: TrustGrantError.blankSubject) {
      try TrustGrant(
        issuer: try FederatedIssuer("https://gitlab.com"), audiences: ["a"],
        subjects: [TrustGrant.Subject(written: subject)])
    }
  }
}
