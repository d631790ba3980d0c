import Formats
import Model
import STS
import Testing

@testable import Trust

@Suite("Trust that is granted")
struct GrantTests {
  private func issuer(_ text: String = "https://" + githubName) throws -> FederatedIssuer {
    try FederatedIssuer(ByteText(text))
  }

  private func grant(_ subjects: [TrustGrant.Subject], issuer name: String = "https://" + githubName) throws
    -> TrustGrant
  {
    try TrustGrant(issuer: try issuer(name), audiences: ["sts.amazonaws.com"], subjects: subjects, role: role)
  }

  @Test(
    "a policy that would let strangers in cannot be made",
    arguments: [[], ["*"], ["repo:octo*"], ["repo:octo/app:ref:x", "*:app"], ["repo:oct?/app:ref:x"]])
  func refused(subjects: [String]) throws {
    #expect(throws: TrustGrantError.self) { try grant(subjects.map(TrustGrant.Subject.init(written:))) }
    #expect(throws: TrustGrantError.noAudience) {
      try TrustGrant(issuer: try issuer(), audiences: [], subjects: [.exact("repo:octo/app:ref:x")])
    }
  }

  @Test(
    "what is granted passes its own check, whatever the subject holds",
    arguments: [
      "repo:octo/app:ref:refs/heads/main", "repo:octo/app:ref:refs/heads/a*b?c", "repo:octo/app:ref:${aws:username}",
      "repo:octo/app:ref:\"quoted\\", "repo:octo/app:environment:Zürich",
    ])
  func consistent(subject: String) throws {
    let subjects: [[TrustGrant.Subject]] = [
      [.exact(ByteText(subject))], [.exact(ByteText(subject)), .pattern("repo:octo/b:ref:*")],
    ]
    for subjects in subjects {
      let policy = try TrustPolicy.parse(try grant(subjects).policy().serialized())
      let same = PolicyJudgement(policy, try token([("sub", JSON(subject))]), role: role)
      #expect(same.verdict == .allowed && !same.hasFaults, "\(same)")
      let other = PolicyJudgement(policy, try token([("sub", JSON(subject + "x"))]), role: role)
      #expect(other.verdict == .refused)
    }
  }

  @Test("tokens that carry tags or a source identity are allowed to")
  func actions() throws {
    let carrying = try token([("https://aws.amazon.com/tags/principal_tags/team", "a")])
    let grant = try TrustGrant(
      issuer: try issuer(), audiences: carrying.audiences, subjects: [.exact(carrying.subject)], carrying: carrying,
      role: role, trustedAccount: "111122223333")
    #expect(
      grant.statements.map(\.actions) == [["sts:AssumeRoleWithWebIdentity", "sts:TagSession"], ["sts:AssumeRole"]])
    let judgement = PolicyJudgement(try TrustPolicy.parse(try grant.policy().serialized()), carrying, role: role)
    #expect(judgement.verdict == .allowed && judgement.findings.isEmpty)
  }

  @Test(
    "places say what their tokens' subjects are",
    arguments: [
      (Coordinates(platform: .github, place: "octo/app", branch: "main"), "repo:octo/app:ref:refs/heads/main"),
      (Coordinates(platform: .github, place: "octo@1/app@2", tag: "v1"), "repo:octo@1/app@2:ref:refs/tags/v1"),
      (Coordinates(platform: .github, place: "octo/app", environment: "prod"), "repo:octo/app:environment:prod"),
      (Coordinates(platform: .gitlab, place: "g/s/p", branch: "main"), "project_path:g/s/p:ref_type:branch:ref:main"),
      (Coordinates(platform: .circleci, place: "o-1/p-2"), "org/o-1/project/p-2/user/*"),
      (
        Coordinates(platform: .buildkite, place: "acme/deploy", branch: "main"),
        "organization:acme:pipeline:deploy:ref:refs/heads/main:commit:*"
      ),
      (Coordinates(platform: .bitbucket, place: "acme/1-2"), "{1-2}:*"),
      (Coordinates(platform: .bitbucket, place: "acme/{1-2}", environment: "3"), "{1-2}:{3}:*"),
      (Coordinates(platform: .hcpTerraform, place: "acme/p/w"), "organization:acme:project:p:workspace:w:run_phase:*"),
      (Coordinates(platform: .kubernetes, place: "apps/web"), "system:serviceaccount:apps:web"),
    ])
  func places(coordinates: Coordinates, subject: String) throws {
    #expect(try coordinates.identity().subject == TrustGrant.Subject(written: subject))
  }

  @Test("an environment and a branch are both asked for")
  func environmentAndBranch() throws {
    let identity = try Coordinates(platform: .github, place: "o/r", branch: "main", environment: "prod").identity()
    #expect(identity.claims.map { [$0.name, $0.value] } == [["ref", "refs/heads/main"]])
  }

  @Test(
    "places that would be too wide or that are none are refused",
    arguments: [
      Coordinates(platform: .github, place: "octo/app"), Coordinates(platform: .github, place: "octo", branch: "x"),
      Coordinates(platform: .github, place: "octo/*", branch: "main"),
      Coordinates(platform: .github, place: "o/r", branch: "*"),
      Coordinates(platform: .github, place: "octo/app:x", branch: "main"),
      Coordinates(platform: .github, place: "o/r", branch: ""),
      Coordinates(platform: .github, place: "o/r", branch: "refs/heads/main"),
      Coordinates(platform: .gitlab, place: "g/p", tag: "refs/tags/v1"),
      Coordinates(platform: .github, place: "octo/app:\u{301}x", branch: "main"),
      Coordinates(platform: .github, place: "o/r", branch: "a", tag: "b"), Coordinates(platform: .gitlab, place: "g/p"),
      Coordinates(platform: .gitlab, place: "g/p", branch: "x", environment: "prod"),
      Coordinates(platform: .kubernetes, place: "apps/web", branch: "main"),
      Coordinates(platform: .circleci, place: "o/p", branch: "x"),
      Coordinates(platform: .hcpTerraform, place: "acme/w"),
    ])
  func wrongPlaces(coordinates: Coordinates) { #expect(throws: CoordinateError.self) { try coordinates.identity() } }

  @Test(
    "what changes from job to job is left open, the rest is kept",
    arguments: [
      (
        "https://agent.buildkite.com", "organization:a:pipeline:b:ref:refs/heads/m:commit:1:step:2",
        "organization:a:pipeline:b:ref:refs/heads/m:commit:*"
      ),
      (
        "https://app.terraform.io", "organization:a:project:b:workspace:c:run_phase:plan",
        "organization:a:project:b:workspace:c:run_phase:*"
      ),
      ("https://oidc.circleci.com/org/1", "org/1/project/2/user/3", "org/1/project/2/user/*"),
      ("https://api.bitbucket.org/2.0/workspaces/a/pipelines-config/identity/oidc", "{1}:{2}", "{1}:*"),
      ("https://login.example.com", "auth0|1:2", "auth0|1:2"),
    ])
  func lasting(issuer: String, subject: String, lasting: String) throws {
    #expect(try token([("iss", JSON(issuer)), ("sub", JSON(subject))]).lastingSubject == ByteText(lasting))
  }

  @Test(
    "issuers that IAM does not take are refused",
    arguments: ["http://127.0.0.1:8080", "https://a.example:8443", "https://a.example/?x", "a.example", "https://"])
  func issuers(text: String) { #expect(throws: FederatedIssuerError.self) { try issuer(text) } }

  @Test("an issuer that AWS knows by itself needs no provider")
  func builtIn() throws {
    let grant = try grant([.exact("1234")], issuer: "https://accounts.google.com")
    let (terraform, template) = (try grant.terraform(), try grant.cloudFormation())
    #expect(!terraform.contains("openid_connect") && !template.contains("OIDCProvider"))
    #expect(try grant.requests().object?["CreateOpenIDConnectProvider"] == .null)
  }
}
