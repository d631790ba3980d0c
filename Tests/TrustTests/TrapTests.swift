import Formats
import Model
import STS
import Testing

@testable import Trust

/// A policy, and what must be said of it: no less, and no more.
struct TrapCase: CustomTestStringConvertible, Sendable {
  let name: String
  var condition: String
  var members = ""
  var codes: [Finding.Code]
  var faults: Bool
  var testDescription: String { name }
}

@Suite("Traps of trust policies")
struct TrapTests {
  static let good: [TrapCase] = [
    TrapCase(
      name: "aud and sub, exactly",
      condition: "{\"StringEquals\": {\(aud), \"gh:sub\": \"repo:octo/app:ref:refs/heads/main\"}}", codes: [],
      faults: false),
    TrapCase(
      name: "several subjects, a pattern for tags",
      condition: """
        {"StringEquals": {\(aud)}, "StringLike": {"gh:sub": ["repo:octo/app:ref:refs/tags/v*", "repo:octo/b:ref:x"]}}
        """, codes: [], faults: false),
    TrapCase(
      name: "an immutable subject",
      condition: "{\"StringEquals\": {\(aud)}, \"StringLike\": {\"gh:sub\": \"repo:octo@1/app@2:ref:refs/heads/*\"}}",
      codes: [], faults: false),
    TrapCase(
      name: "another telling claim instead of sub",
      condition: "{\"StringEquals\": {\(aud), \"gh:repository_id\": \"7\", \"gh:ref\": \"refs/heads/main\"}}",
      codes: [],
      faults: false),
    TrapCase(
      name: "keys and operators in other cases",
      condition: "{\"stringequals\": {\(aud), \"GH:SUB\": \"repo:octo/app:ref:x\"}}".replacing(
        "GH:", with: "Token.Actions.GithubUserContent.com:"),
      codes: [], faults: false),
    TrapCase(
      name: "ForAnyValue", condition: "{\"ForAnyValue:StringEquals\": {\(aud), \"gh:sub\": \"repo:octo/app:ref:x\"}}",
      codes: [], faults: false),
    TrapCase(
      name: "an exclusion beside a restriction",
      condition: """
        {"StringEquals": {\(aud)}, "StringLike": {"gh:sub": "repo:octo/app:ref:refs/heads/*"},
         "StringNotLike": {"gh:sub": "*:pull_request"}}
        """, codes: [], faults: false),
    TrapCase(
      name: "an escaped star is no wildcard",
      condition: "{\"StringEquals\": {\(aud), \"gh:sub\": \"repo:octo/app:ref:${*}\"}}", codes: [], faults: false),
    TrapCase(
      name: "the users of another account", condition: "",
      members: "\"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:root\"}, \"Action\": \"sts:AssumeRole\"",
      codes: [],
      faults: false),
    TrapCase(
      name: "everybody of an organization", condition: "{\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-1\"}}",
      members: "\"Principal\": {\"AWS\": \"*\"}, \"Action\": \"sts:AssumeRole\"", codes: [], faults: false),
    TrapCase(
      name: "an identity pool of Cognito",
      condition: """
        {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-central-1:1"},
         "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}
        """, members: "\"Principal\": {\"Federated\": \"cognito-identity.amazonaws.com\"}", codes: [], faults: false),
  ]

  static let bad: [TrapCase] = [
    TrapCase(
      name: "no sub: every user of GitHub", condition: "{\"StringEquals\": {\(aud)}}", codes: [.noSubject],
      faults: true),
    TrapCase(name: "no condition at all", condition: "", codes: [.noSubject, .noAudience], faults: true),
    TrapCase(
      name: "an owner's name without its end",
      condition: "{\"StringEquals\": {\(aud)}, \"StringLike\": {\"gh:sub\": \"repo:octo*\"}}",
      codes: [.openEnd], faults: true),
    TrapCase(
      name: "an owner's id without its end",
      condition: "{\"StringEquals\": {\(aud)}, \"StringLike\": {\"gh:sub\": \"repo:octo@12*\"}}", codes: [.openEnd],
      faults: true),
    TrapCase(
      name: "a question mark in the owner's name",
      condition: "{\"StringEquals\": {\(aud)}, \"StringLike\": {\"gh:sub\": \"repo:oct?/app:ref:x\"}}",
      codes: [.openEnd], faults: true),
    TrapCase(
      name: "a wildcard first",
      condition: "{\"StringEquals\": {\(aud)}, \"StringLike\": {\"gh:sub\": \"*:octo/app:*\"}}",
      codes: [.everySubject], faults: true),
    TrapCase(
      name: "one bad pattern among good ones",
      condition: "{\"StringEquals\": {\(aud)}, \"StringLike\": {\"gh:sub\": [\"repo:octo/app:ref:x\", \"*\"]}}",
      codes: [.everySubject], faults: true),
    TrapCase(
      name: "ForAllValues",
      condition: "{\"StringEquals\": {\(aud)}, \"ForAllValues:StringEquals\": {\"gh:sub\": \"repo:octo/app:ref:x\"}}",
      codes: [.forAllValues, .noSubject], faults: true),
    TrapCase(
      name: "IfExists on a claim that may be missing",
      condition: "{\"StringEquals\": {\(aud)}, \"StringEqualsIfExists\": {\"gh:job_workflow_ref\": \"octo/app/x\"}}",
      codes: [.ifExists, .noSubject], faults: true),
    TrapCase(
      name: "only who may not",
      condition: "{\"StringEquals\": {\(aud)}, \"StringNotEquals\": {\"gh:sub\": \"repo:evil/app:ref:x\"}}",
      codes: [.onlyExcludes], faults: true),
    TrapCase(
      name: "StringEquals with a wildcard", condition: "{\"StringEquals\": {\(aud), \"gh:sub\": \"repo:octo/app:*\"}}",
      codes: [.literalWildcard], faults: true),
    TrapCase(
      name: "every branch and pull request",
      condition: "{\"StringEquals\": {\(aud)}, \"StringLike\": {\"gh:sub\": \"repo:octo/app:*\"}}",
      codes: [.broadSubject], faults: false),
    TrapCase(
      name: "every repository of the owner",
      condition: "{\"StringEquals\": {\(aud)}, \"StringLike\": {\"gh:sub\": \"repo:octo/*\"}}", codes: [.broadSubject],
      faults: false),
    TrapCase(
      name: "no audience", condition: "{\"StringEquals\": {\"gh:sub\": \"repo:octo/app:ref:x\"}}", codes: [.noAudience],
      faults: false),
    TrapCase(
      name: "a key with https://",
      condition: "{\"StringEquals\": {\(aud), \"https://gh:sub\": \"repo:octo/app:ref:x\"}}",
      codes: [.noSubject, .unknownKey], faults: true),
    TrapCase(
      name: "a claim that IAM does not know",
      condition: "{\"StringEquals\": {\(aud), \"gh:sub\": \"repo:octo/app:ref:x\", \"gh:runner_environment\": \"x\"}}",
      codes: [.unknownKey], faults: true),
    TrapCase(
      name: "the wrong action", condition: "{\"StringEquals\": {\(aud), \"gh:sub\": \"repo:octo/app:ref:x\"}}",
      members: "\"Action\": \"sts:AssumeRole\"", codes: [.wrongAction], faults: true),
    TrapCase(
      name: "a provider under AWS", condition: "",
      members: "\"Principal\": {\"AWS\": \"arn:aws:iam::123456789012:oidc-provider/gh\"}", codes: [.wrongPrincipal],
      faults: true),
    TrapCase(name: "everybody", condition: "", members: "\"Principal\": \"*\"", codes: [.anyone], faults: true),
    TrapCase(
      name: "everybody in AWS", condition: "",
      members: "\"Principal\": {\"AWS\": \"*\"}, \"Action\": \"sts:AssumeRole\"",
      codes: [.anyone], faults: true),
    TrapCase(
      name: "NotPrincipal", condition: "", members: "\"NotPrincipal\": {\"AWS\": \"arn:aws:iam::111122223333:root\"}",
      codes: [.notPrincipal], faults: true),
    TrapCase(
      name: "NotAction", condition: "{\"StringEquals\": {\(aud), \"gh:sub\": \"repo:octo/app:ref:x\"}}",
      members: "\"NotAction\": \"sts:AssumeRole\"", codes: [.notAction], faults: false),
    TrapCase(
      name: "a Resource", condition: "{\"StringEquals\": {\(aud), \"gh:sub\": \"repo:octo/app:ref:x\"}}",
      members: "\"Resource\": \"*\"", codes: [.resource], faults: true),
  ]

  @Test("every trap is named and no other", arguments: good + bad)
  func named(example: TrapCase) throws {
    let policy = try policy(example.condition, example.members)
    let findings = policy.statements.flatMap { Traps.of($0, policy) }
    #expect(Set(findings.map(\.code)) == Set(example.codes), "\(findings)")
    #expect(findings.contains { $0.level == .fault } == example.faults)
    #expect(findings.allSatisfy { $0.statement == 1 && !$0.message.isEmpty })
  }

  @Test("a Deny is no trap, whatever it names")
  func deny() throws {
    let text = "{\"Statement\": {\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"*\"}}"
    let policy = try TrustPolicy.parse(Array(text.utf8))
    #expect(policy.statements.flatMap { Traps.of($0, policy) }.isEmpty)
  }

  @Test(
    "how much a pattern lets in depends on where the tenant's name ends",
    arguments: [
      ("gitlab.com", "project_path:group/app:*", false), ("gitlab.com", "project_path:group*", true),
      ("agent.buildkite.com", "organization:acme:pipeline:*", false),
      ("agent.buildkite.com", "organization:acme*", true),
      ("app.terraform.io", "organization:acme:project:p:workspace:w:run_phase:*", false),
      ("oidc.circleci.com", "org/1/project/2/*", false), ("oidc.circleci.com", "org/1*", true),
      ("oidc.circleci.com/org/1", "org/1*", false), ("login.example.com", "user-*", false),
      ("acme.eu.auth0.com/", "auth0|5*", true), ("acme.eu.auth0.com/", "samlp|x:acme/*", true),
      ("cognito-idp.eu-central-1.amazonaws.com/eu-central-1_x", "1b2c*", true),
      ("gitlab.com", "project_path:\u{301}g/*", false),
      ("accounts.google.com", "1234*", true), (githubName, "repo:/*", true),
      (githubName, "repository_owner_id:5:*", false),
      (githubName, "repository_owner_id:5*", true),
    ])
  func tenants(issuer: String, pattern: String, isOpen: Bool) {
    #expect((SubjectBreadth(ByteText(pattern), issuer: issuer) == .openEnd) == isOpen)
  }
}
