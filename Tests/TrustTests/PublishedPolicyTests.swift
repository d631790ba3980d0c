import Formats
import Model
import Testing

@testable import Trust

/// A whole policy as a platform's own pages have it, or with what people get wrong in it.
struct PublishedPolicy: CustomTestStringConvertible, Sendable {
  let name: String
  /// `HOST/PATH`; `iss:` in the conditions stands for it.
  let issuer: String
  let condition: String
  var codes: [Finding.Code] = []
  var isFault = false
  /// In place of the provider's ARN.
  var principal: String?
  /// A further statement.
  var further = ""
  var testDescription: String { name }

  func findings() throws -> [Finding] {
    let arn = "arn:aws:iam::123456789012:oidc-provider/\(issuer)"
    let text = """
      {"Version": "2012-10-17", "Statement": [
        {"Sid": "Jobs", "Effect": "Allow", "Principal": \(principal ?? "{\"Federated\": \"\(arn)\"}"),
         "Action": "sts:AssumeRoleWithWebIdentity", "Condition": \(condition)}\(further)]}
      """
    let policy = try TrustPolicy.parse(Array(text.replacing("iss:", with: issuer + ":").utf8))
    return policy.statements.flatMap { Traps.of($0, policy) }
  }
}

private let eks = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E"
private let bitbucket = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
private let circleci = "oidc.circleci.com/org/9c1a"
private let awsAudience = "\"StringEquals\": {\"iss:aud\": \"sts.amazonaws.com\"}"
private let guarding = """
  , {"Effect": "Deny", "Principal": {"Federated": "*"}, "Action": "sts:AssumeRoleWithWebIdentity",
     "Condition": {"StringNotLike": {"iss:sub": "repo:octo/app:ref:refs/heads/*"}}}
  """

@Suite("Policies as platforms publish them")
struct PublishedPolicyTests {
  static let good: [PublishedPolicy] = [
    PublishedPolicy(
      name: "GitHub: an environment", issuer: githubName,
      condition: "{\(awsAudience), \"StringLike\": {\"iss:sub\": \"repo:octo/app:environment:prod\"}}"),
    PublishedPolicy(
      name: "GitHub: aud and sub under StringLike", issuer: githubName,
      condition: """
        {"StringLike": {"iss:sub": ["repo:octo/a:ref:refs/heads/*", "repo:octo/b:environment:*"],
                        "iss:aud": "sts.amazonaws.com"}}
        """),
    PublishedPolicy(
      name: "GitHub: a reusable workflow of one repository's jobs", issuer: githubName,
      condition: """
        {\(awsAudience), "StringLike": {
          "iss:sub": "repo:octo/app:ref:refs/heads/main", "iss:job_workflow_ref": "octo/shared/.github/workflows/x.yml@*"}}
        """),
    PublishedPolicy(
      name: "GitHub: a subject that begins with the workflow", issuer: githubName,
      condition: "{\(awsAudience), \"StringLike\": {\"iss:sub\": \"job_workflow_ref:octo/shared/.github/x.yml@*\"}}"),
    PublishedPolicy(
      name: "GitHub: a Deny keeps out all but ours", issuer: githubName, condition: "{\(awsAudience)}",
      further: guarding),
    PublishedPolicy(
      name: "GitHub: IfExists beside a subject is no hole", issuer: githubName,
      condition: """
        {"StringEquals": {"iss:aud": "sts.amazonaws.com", "iss:sub": "repo:octo/app:ref:refs/heads/main"},
         "IpAddressIfExists": {"aws:SourceIp": "192.0.2.0/24"}}
        """),
    PublishedPolicy(
      name: "GitLab: a branch, the audience its own address", issuer: "gitlab.com",
      condition: """
        {"StringEquals": {"iss:aud": "https://gitlab.com",
                          "iss:sub": "project_path:group/app:ref_type:branch:ref:main"}}
        """),
    PublishedPolicy(
      name: "GitLab of one's own: branches", issuer: "gitlab.example.com",
      condition: """
        {"StringEquals": {"iss:aud": "https://gitlab.example.com"},
         "StringLike": {"iss:sub": "project_path:group/sub/app:ref_type:branch:ref:*"}}
        """),
    PublishedPolicy(
      name: "EKS: one service account", issuer: eks,
      condition: """
        {"StringEquals": {"iss:aud": "sts.amazonaws.com", "iss:sub": "system:serviceaccount:kube-system:aws-node"}}
        """),
    PublishedPolicy(
      name: "Bitbucket: an environment of a repository", issuer: bitbucket,
      condition: """
        {"StringEquals": {"iss:aud": "ari:cloud:bitbucket::workspace/1b2c"},
         "StringLike": {"iss:sub": "{c3d4}:{e5f6}:*"}}
        """),
    PublishedPolicy(
      name: "HCP Terraform: every phase of a workspace", issuer: "app.terraform.io",
      condition: """
        {"StringEquals": {"iss:aud": "aws.workload.identity"},
         "StringLike": {"iss:sub": "organization:acme:project:Default Project:workspace:net:run_phase:*"}}
        """),
    PublishedPolicy(
      name: "CircleCI: a project", issuer: circleci,
      condition: """
        {"StringEquals": {"iss:aud": "9c1a"}, "StringLike": {"iss:sub": "org/9c1a/project/77/user/*"}}
        """),
    PublishedPolicy(
      name: "CircleCI: a project by its own claim", issuer: circleci,
      condition: "{\"StringEquals\": {\"iss:aud\": \"9c1a\", \"iss:oidc.circleci.com/project-id\": \"77\"}}"),
    PublishedPolicy(
      name: "Buildkite: a branch of a pipeline", issuer: "agent.buildkite.com",
      condition: """
        {\(awsAudience), "StringLike": {
          "iss:sub": "organization:acme:pipeline:deploy:ref:refs/heads/main:commit:*:step:*"}}
        """),
    PublishedPolicy(
      name: "Pulumi: the organization in aud, the stack in sub", issuer: "api.pulumi.com/oidc",
      condition: """
        {"StringEquals": {"iss:aud": "aws:acme"},
         "StringLike": {"iss:sub": "pulumi:deploy:org:acme:project:p:*"}}
        """),
    PublishedPolicy(
      name: "Google: a service account", issuer: "accounts.google.com",
      condition: """
        {"StringEquals": {"iss:aud": "1122", "iss:oaud": "sts.amazonaws.com", "iss:sub": "1122"}}
        """, principal: "{\"Federated\": \"accounts.google.com\"}"),
    PublishedPolicy(
      name: "a person by mail address and subject", issuer: "acme.eu.auth0.com/",
      condition:
        "{\"StringEquals\": {\"iss:aud\": \"abc\", \"iss:sub\": \"auth0|1\", \"iss:email\": \"a@example.com\"}}"
    ),
    PublishedPolicy(
      name: "SAML beside it", issuer: "gitlab.com",
      condition: "{\"StringEquals\": {\"iss:aud\": \"x\", \"iss:sub\": \"project_path:g/p:ref_type:tag:ref:v1\"}}",
      further: """
        , {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/idp"},
           "Action": "sts:AssumeRoleWithSAML",
           "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}
        """),
    PublishedPolicy(
      name: "a service of AWS beside it", issuer: "gitlab.com",
      condition: "{\"StringEquals\": {\"iss:aud\": \"x\", \"iss:sub\": \"project_path:g/p:ref_type:tag:ref:v1\"}}",
      further: """
        , {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        """),
  ]

  static let bad: [PublishedPolicy] = [
    PublishedPolicy(
      name: "GitHub: ForAllValues on both, as once published", issuer: githubName,
      condition: """
        {"ForAllValues:StringEquals": {"iss:aud": "sts.amazonaws.com", "iss:sub": "repo:octo/app:ref:refs/heads/main"}}
        """, codes: [.forAllValues, .noSubject], isFault: true),
    PublishedPolicy(
      name: "GitHub: only who started it", issuer: githubName,
      condition: "{\"StringEquals\": {\"iss:aud\": \"sts.amazonaws.com\", \"iss:actor_id\": \"1234\"}}",
      codes: [.noSubject], isFault: true),
    PublishedPolicy(
      name: "GitHub: only the environment's name", issuer: githubName,
      condition: "{\"StringEquals\": {\"iss:aud\": \"sts.amazonaws.com\", \"iss:environment\": \"prod\"}}",
      codes: [.noSubject], isFault: true),
    PublishedPolicy(
      name: "GitHub: the owner by a claim that IAM does not have", issuer: githubName,
      condition: "{\"StringEquals\": {\"iss:aud\": \"sts.amazonaws.com\", \"iss:repository_owner\": \"octo\"}}",
      codes: [.unknownKey, .noSubject], isFault: true),
    PublishedPolicy(
      name: "GitHub: only the workflow that is called", issuer: githubName,
      condition: """
        {\(awsAudience), "StringLike": {"iss:job_workflow_ref": "octo/shared/.github/workflows/x.yml@*"}}
        """, codes: [.broadSubject]),
    PublishedPolicy(
      name: "GitHub: only the enterprise", issuer: githubName,
      condition: "{\"StringEquals\": {\"iss:aud\": \"sts.amazonaws.com\", \"iss:enterprise_id\": \"7\"}}",
      codes: [.broadSubject]),
    PublishedPolicy(
      name: "GitHub: an environment that may be missing", issuer: githubName,
      condition: """
        {\(awsAudience), "StringLike": {"iss:sub": "repo:octo/app:ref:*"},
         "ForAllValues:StringEquals": {"iss:environment": "prod"}}
        """, codes: [.forAllValues, .broadSubject], isFault: true),
    PublishedPolicy(
      name: "GitHub: a wildcard in an audience that is compared exactly", issuer: githubName,
      condition: "{\"StringEquals\": {\"iss:aud\": \"sts.*\", \"iss:sub\": \"repo:octo/app:ref:refs/heads/main\"}}",
      codes: [.literalWildcard], isFault: true),
    PublishedPolicy(
      name: "GitHub: any audience", issuer: githubName,
      condition: "{\"StringLike\": {\"iss:aud\": \"*\", \"iss:sub\": \"repo:octo/app:ref:refs/heads/main\"}}",
      codes: [.noAudience]),
    PublishedPolicy(
      name: "GitHub: a Deny that keeps out nobody", issuer: githubName, condition: "{\(awsAudience)}",
      codes: [.noSubject], isFault: true,
      further: guarding.replacing("repo:octo/app:ref:refs/heads/*", with: "*")),
    PublishedPolicy(
      name: "GitHub: a Deny with two conditions keeps out only who fails both", issuer: githubName,
      condition: "{\(awsAudience)}", codes: [.noSubject], isFault: true,
      further: guarding.replacing("}}}", with: "}, \"StringEquals\": {\"iss:ref\": \"x\"}}}")),
    PublishedPolicy(
      name: "GitHub: the scheme in the provider's ARN", issuer: githubName,
      condition: "{\(awsAudience), \"StringLike\": {\"iss:sub\": \"repo:octo/app:ref:refs/heads/main\"}}",
      codes: [.wrongPrincipal], isFault: true,
      principal: "{\"Federated\": \"arn:aws:iam::123456789012:oidc-provider/https://\(githubName)\"}"),
    PublishedPolicy(
      name: "GitHub: a name without an ARN", issuer: githubName,
      condition: "{\(awsAudience), \"StringLike\": {\"iss:sub\": \"repo:octo/app:ref:refs/heads/main\"}}",
      codes: [.wrongPrincipal], isFault: true, principal: "{\"Federated\": \"\(githubName)\"}"),
    PublishedPolicy(
      name: "every provider of the account", issuer: githubName,
      condition: "{\(awsAudience), \"StringLike\": {\"iss:sub\": \"repo:octo/app:ref:refs/heads/main\"}}",
      codes: [.wrongPrincipal], isFault: true,
      principal: "{\"Federated\": \"arn:aws:iam::123456789012:oidc-provider/*\"}"),
    PublishedPolicy(
      name: "two providers and a condition for one", issuer: githubName,
      condition: "{\(awsAudience), \"StringLike\": {\"iss:sub\": \"repo:octo/app:ref:refs/heads/main\"}}",
      codes: [.unknownKey, .noSubject, .noAudience], isFault: true,
      principal: """
        {"Federated": ["arn:aws:iam::123456789012:oidc-provider/\(githubName)",
                       "arn:aws:iam::123456789012:oidc-provider/gitlab.com"]}
        """),
    PublishedPolicy(
      name: "GitLab: every project of the group", issuer: "gitlab.com",
      condition: "{\"StringEquals\": {\"iss:aud\": \"x\"}, \"StringLike\": {\"iss:sub\": \"project_path:group/*\"}}",
      codes: [.broadSubject]),
    PublishedPolicy(
      name: "GitLab: a group whose name goes on", issuer: "gitlab.com",
      condition: "{\"StringEquals\": {\"iss:aud\": \"x\"}, \"StringLike\": {\"iss:sub\": \"project_path:gr*/app:*\"}}",
      codes: [.openEnd], isFault: true),
    PublishedPolicy(
      name: "EKS: no service account", issuer: eks, condition: "{\(awsAudience)}", codes: [.noSubject]),
    PublishedPolicy(
      name: "EKS: an account of any namespace", issuer: eks,
      condition: "{\(awsAudience), \"StringLike\": {\"iss:sub\": \"system:serviceaccount:*:web\"}}",
      codes: [.broadSubject]),
    PublishedPolicy(
      name: "EKS: namespaces whose name goes on", issuer: eks,
      condition: "{\(awsAudience), \"StringLike\": {\"iss:sub\": \"system:serviceaccount:apps*:web\"}}",
      codes: [.broadSubject]),
    PublishedPolicy(
      name: "EKS: the namespace's every account", issuer: eks,
      condition: "{\(awsAudience), \"StringLike\": {\"iss:sub\": \"system:serviceaccount:apps:*\"}}",
      codes: [.broadSubject]),
    PublishedPolicy(
      name: "EKS: a wildcard that is none", issuer: eks,
      condition: "{\"StringEquals\": {\"iss:aud\": \"sts.amazonaws.com\", \"iss:sub\": \"system:serviceaccount:a:*\"}}",
      codes: [.literalWildcard], isFault: true),
    PublishedPolicy(
      name: "Bitbucket: the whole workspace", issuer: bitbucket,
      condition: "{\"StringEquals\": {\"iss:aud\": \"ari:cloud:bitbucket::workspace/1b2c\"}}", codes: [.noSubject]),
    PublishedPolicy(
      name: "HCP Terraform: any organization's workspace of a name", issuer: "app.terraform.io",
      condition: """
        {"StringEquals": {"iss:aud": "aws.workload.identity"},
         "StringLike": {"iss:sub": "organization:*:project:*:workspace:prod:run_phase:*"}}
        """, codes: [.openEnd], isFault: true),
    PublishedPolicy(
      name: "HCP Terraform: a workspace of any project", issuer: "app.terraform.io",
      condition: """
        {"StringEquals": {"iss:aud": "aws.workload.identity"},
         "StringLike": {"iss:sub": "organization:acme:project:*:workspace:prod:run_phase:*"}}
        """, codes: [.broadSubject]),
    PublishedPolicy(
      name: "HCP Terraform: only its audience, which is everybody's", issuer: "app.terraform.io",
      condition: "{\"StringEquals\": {\"iss:aud\": \"aws.workload.identity\"}}", codes: [.noSubject], isFault: true),
    PublishedPolicy(
      name: "CircleCI: every project", issuer: circleci,
      condition: "{\"StringEquals\": {\"iss:aud\": \"9c1a\"}, \"StringLike\": {\"iss:sub\": \"org/9c1a/*\"}}",
      codes: [.broadSubject]),
    PublishedPolicy(
      name: "Buildkite: every pipeline", issuer: "agent.buildkite.com",
      condition: "{\(awsAudience), \"StringLike\": {\"iss:sub\": \"organization:acme:*\"}}", codes: [.broadSubject]),
    PublishedPolicy(
      name: "Buildkite: pipelines whose name goes on", issuer: "agent.buildkite.com",
      condition: "{\(awsAudience), \"StringLike\": {\"iss:sub\": \"organization:acme:pipeline:dep*\"}}",
      codes: [.broadSubject]),
    PublishedPolicy(
      name: "Buildkite: every branch of the pipeline", issuer: "agent.buildkite.com",
      condition: "{\(awsAudience), \"StringLike\": {\"iss:sub\": \"organization:acme:pipeline:deploy:*\"}}",
      codes: [.broadSubject]),
    PublishedPolicy(
      name: "Vercel: a team whose address goes on", issuer: "oidc.vercel.com",
      condition:
        "{\"StringLike\": {\"iss:aud\": \"https://vercel.com/acme*\", \"iss:sub\": \"owner:acme:project:p:*\"}}",
      codes: [.openEnd], isFault: true),
    PublishedPolicy(
      name: "Vercel: everything of the team", issuer: "oidc.vercel.com",
      condition: "{\"StringEquals\": {\"iss:aud\": \"https://vercel.com/acme\"}}", codes: [.noSubject]),
    PublishedPolicy(
      name: "env0: everybody has that audience", issuer: "login.app.env0.com/",
      condition: "{\"StringEquals\": {\"iss:aud\": \"hoMiq9PdkRh9LUvVpH4wIErWg50VSG1b\"}}", codes: [.noSubject],
      isFault: true),
    PublishedPolicy(
      name: "Google: only the client", issuer: "accounts.google.com",
      condition: "{\"StringEquals\": {\"iss:aud\": \"1122.apps.googleusercontent.com\"}}", codes: [.noSubject],
      isFault: true, principal: "{\"Federated\": \"accounts.google.com\"}"),
  ]

  @Test("no false alarm about what platforms recommend", arguments: good)
  func recommended(policy: PublishedPolicy) throws {
    let findings = try policy.findings()
    #expect(findings.isEmpty, "\(findings)")
  }

  @Test("what is wrong is named, and no more", arguments: bad)
  func wrong(policy: PublishedPolicy) throws {
    let findings = try policy.findings()
    #expect(Set(findings.map(\.code)) == Set(policy.codes), "\(findings)")
    #expect(findings.contains { $0.level == .fault } == policy.isFault, "\(findings)")
    #expect(findings.allSatisfy { $0.hint != nil })
  }
}
