import Formats
import Model
import STS
import Testing

@testable import Trust

@Suite("What a trust policy does with a token")
struct JudgementTests {
  private func verdict(
    _ condition: String, _ members: String = "", _ changes: [(String, JSON)] = []
  ) throws -> PolicyJudgement {
    PolicyJudgement(try policy(condition, members), try token(changes), role: role)
  }

  @Test(
    "conditions hold as IAM's do",
    arguments: [
      ("{\"StringEquals\": {\"gh:sub\": \"repo:octo/app:ref:refs/heads/main\"}}", true),
      ("{\"StringEquals\": {\"gh:sub\": \"repo:Octo/app:ref:refs/heads/main\"}}", false),
      ("{\"StringEqualsIgnoreCase\": {\"gh:sub\": \"repo:Octo/app:ref:refs/heads/main\"}}", true),
      ("{\"StringEquals\": {\"gh:sub\": \"repo:octo/app:*\"}}", false),
      ("{\"StringLike\": {\"gh:sub\": \"repo:octo/app:*\"}}", true),
      ("{\"StringLike\": {\"gh:sub\": \"repo:octo/ap?:ref:refs/heads/main\"}}", true),
      ("{\"StringLike\": {\"gh:sub\": \"repo:octo/ap:*\"}}", false),
      ("{\"StringLike\": {\"gh:sub\": [\"x\", \"repo:octo/*\"]}}", true),
      ("{\"StringNotEquals\": {\"gh:sub\": [\"x\", \"repo:octo/app:ref:refs/heads/main\"]}}", false),
      ("{\"StringNotLike\": {\"gh:sub\": \"repo:evil/*\"}}", true),
      ("{\"StringEquals\": {\"gh:environment\": \"prod\"}}", false),
      ("{\"StringEqualsIfExists\": {\"gh:environment\": \"prod\"}}", true),
      ("{\"StringNotEquals\": {\"gh:environment\": \"prod\"}}", true),
      ("{\"ForAllValues:StringEquals\": {\"gh:environment\": \"prod\"}}", true),
      ("{\"ForAnyValue:StringEquals\": {\"gh:environment\": \"prod\"}}", false),
      ("{\"Null\": {\"gh:environment\": \"true\"}}", true), ("{\"Null\": {\"gh:sub\": true}}", false),
      ("{\"Null\": {\"gh:sub\": \"false\"}}", true),
      ("{\"StringEquals\": {\"gh:ref\": \"refs/heads/main\", \"gh:actor\": \"mona\"}}", true),
      ("{\"StringEquals\": {\"gh:ref\": \"refs/heads/main\", \"gh:actor\": \"lisa\"}}", false),
      ("{\"StringEquals\": {\"gh:job\": \"x\"}}", false), ("{\"StringEquals\": {\"other.example:sub\": \"x\"}}", false),
      ("{\"StringLike\": {\"gh:sub\": \"repo:octo/app:${*}\"}}", false),
      ("{\"Bool\": {\"aws:SecureTransport\": \"true\"}}", nil),
      ("{\"IpAddress\": {\"aws:SourceIp\": \"10.0.0.0/8\"}}", nil),
      ("{\"StringEquals\": {\"gh:sub\": \"${aws:username}\"}}", nil),
    ] as [(String, Bool?)])
  func conditions(condition: String, holds: Bool?) throws {
    let judgement = try verdict(condition)
    #expect(judgement.verdict == (holds.map { $0 ? .allowed : .refused } ?? .undecided))
    #expect((judgement.statements[0].reasons.isEmpty) == (holds == true))
  }

  @Test(
    "several audiences are as good as one, for ForAnyValue and without",
    arguments: [("StringEquals", true), ("ForAnyValue:StringEquals", true), ("ForAllValues:StringEquals", false)])
  func audiences(test: String, holds: Bool) throws {
    let judgement = try verdict(
      "{\"\(test)\": {\"gh:aud\": \"sts.amazonaws.com\"}}", "", [("aud", ["sts.amazonaws.com", "other"])])
    #expect((judgement.verdict == .allowed) == holds)
  }

  @Test(
    "the principal must be the token's provider in the role's account",
    arguments: [
      ("{\"Federated\": \"arn:aws:iam::123456789012:oidc-provider/\(githubName)\"}", nil),
      ("{\"Federated\": [\"x\", \"arn:aws:iam::123456789012:oidc-provider/\(githubName)\"]}", nil),
      ("\"*\"", nil), ("{\"Federated\": \"arn:aws:iam::111122223333:oidc-provider/\(githubName)\"}", "account"),
      ("{\"Federated\": \"arn:aws-cn:iam::123456789012:oidc-provider/\(githubName)\"}", "partition"),
      ("{\"Federated\": \"arn:aws:iam::123456789012:oidc-provider/\(githubName)/\"}", "slash"),
      ("{\"Federated\": \"arn:aws:iam::123456789012:oidc-provider/gitlab.com\"}", "gitlab.com"),
      ("{\"Federated\": \"\(githubName)\"}", "not the ARN"), ("{\"AWS\": \"arn:aws:iam::1:root\"}", "no OIDC provider"),
    ] as [(String, String?)])
  func principals(principal: String, reason: String?) throws {
    let judgement = try verdict("", "\"Principal\": \(principal)")
    #expect(judgement.verdict == (reason == nil ? .allowed : .refused))
    if let reason { #expect(judgement.statements[0].reasons.contains { $0.contains(reason) }) }
  }

  @Test(
    "actions match by pattern and without regard to case", arguments: ["sts:*", "STS:assumerolewithWEBidentity", "*"])
  func actions(action: String) throws {
    #expect(try verdict("", "\"Action\": \"\(action)\"").verdict == .allowed)
  }

  @Test("a Deny wins")
  func deny() throws {
    let text = """
      {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity"},
        {"Effect": "Deny", "Principal": "*", "Action": "sts:*",
         "Condition": {"StringLike": {"\(githubName):sub": "repo:octo/*"}}}]}
      """
    let policy = try TrustPolicy.parse(Array(text.utf8))
    #expect(PolicyJudgement(policy, try token(), role: nil).verdict == .denied)
    #expect(PolicyJudgement(policy, try token([("sub", "repo:other/app:ref:x")]), role: nil).verdict == .allowed)
  }

  @Test("session tags and a source identity need actions of their own")
  func extraActions() throws {
    let carried: [(String, JSON)] = [
      ("https://aws.amazon.com/tags", ["principal_tags": ["team": ["a"]]]),
      ("https://aws.amazon.com/source_identity", "mona"),
    ]
    let sub = "{\"StringEquals\": {\(aud), \"gh:sub\": \"repo:octo/app:ref:refs/heads/main\"}}"
    let lacking = try verdict(sub, "", carried)
    #expect(lacking.findings.map(\.code) == [.needsTagSession, .needsSourceIdentity] && lacking.hasFaults)
    let actions = "[\"sts:AssumeRoleWithWebIdentity\", \"sts:TagSession\", \"sts:SetSourceIdentity\"]"
    #expect(!(try verdict(sub, "\"Action\": \(actions)", carried).hasFaults))
    #expect(!(try verdict(sub).hasFaults))
  }

  @Test(
    "what is nearly right is said",
    arguments: [
      ("repo:Octo/app:ref:refs/heads/main", "repo:octo/app:ref:refs/heads/main", "upper and lower case"),
      ("repo:octo/app:ref:refs/heads/main", "repo:octo/app:environment:prod", "environment"),
      ("repo:octo/app:*", "repo:octo/app:ref:x", "StringLike"),
      ("repo:octo/app:ref:x", "repo:octo@1/app@2:ref:x", "ids of owner and repository"),
    ])
  func nearMiss(wanted: String, actual: String, remark: String) throws {
    let judgement = try verdict("{\"StringEquals\": {\"gh:sub\": \"\(wanted)\"}}", "", [("sub", JSON(actual))])
    #expect(judgement.verdict == .refused)
    #expect(judgement.statements[0].reasons.contains { $0.contains(remark) && $0.contains(actual) })
  }

  @Test(
    "what is no policy is refused",
    arguments: [
      "", "[]", "{}", "{\"Statement\": []}", "{\"Statement\": [1]}", "{\"Version\": \"2020-01-01\", \"Statement\": {}}",
      "{\"Statement\": {\"Effect\": \"allow\", \"Principal\": \"*\", \"Action\": \"*\"}}",
      "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\"}}",
      "{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\"}}",
      "{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"me\", \"Action\": \"*\"}}",
      "{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": {\"Robot\": \"*\"}, \"Action\": \"*\"}}",
      "{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"*\", \"Condition\": {\"StringSame\": {}}}}",
      "{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"*\", \"Conditions\": {}}}",
      "{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": [\"*\", null]}}",
    ])
  func malformed(text: String) {
    #expect(throws: TrustPolicyError.self) { try TrustPolicy.parse(Array(text.utf8)) }
  }

  @Test(
    "policies are also read out of what IAM and daypass wrap them in",
    arguments: [
      "{\"Role\": {\"RoleName\": \"x\", \"AssumeRolePolicyDocument\": POLICY}}",
      "{\"CreateRole\": {\"AssumeRolePolicyDocument\": QUOTED}}", "POLICY",
    ])
  func wrapped(text: String) throws {
    let policy = "{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"*\"}}"
    let quoted = String(decoding: JSON(policy).serialized(), as: UTF8.self)
    let parsed = try TrustPolicy.parse(
      Array(text.replacing("POLICY", with: policy).replacing("QUOTED", with: quoted).utf8))
    #expect(parsed.statements.count == 1)
  }

  @Test("the role that a policy comes with must be in its provider's account")
  func roleOfThePolicy() throws {
    let text = """
      {"Role": {"Arn": "arn:aws:iam::999999999999:role/ci", "AssumeRolePolicyDocument": {
        "Version": "2012-10-17", "Statement": {
          "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
          "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/\(githubName)"},
          "Condition": {"StringEquals": {"\(githubName):sub": "repo:octo/app:ref:refs/heads/main"}}}}}}
      """
    for known in [role, nil] {
      let judgement = PolicyJudgement(try TrustPolicy.parse(Array(text.utf8)), try token(), role: known)
      #expect(judgement.verdict == .refused)
      #expect(judgement.statements[0].reasons.contains { $0.contains("999999999999") })
    }
    let right = text.replacing("999999999999", with: "123456789012")
    #expect(PolicyJudgement(try TrustPolicy.parse(Array(right.utf8)), try token(), role: nil).verdict == .allowed)
  }

  @Test("a policy that is longer than IAM's can be is refused before anything is compared")
  func tooLong() {
    let value = "\"*" + String(repeating: "a", count: 900) + "b\""
    let values = Array(repeating: value, count: 200).joined(separator: ",")
    #expect(throws: TrustPolicyError.malformed("it is longer than IAM takes")) {
      try policy("{\"StringLike\": {\"gh:sub\": [\(values)]}}")
    }
  }

  @Test("keys are compared byte by byte, but for A to Z")
  func keys() throws {
    let right = "{\"StringEquals\": {\"gh:SUB\": \"repo:octo/app:ref:refs/heads/main\"}}"
    #expect(try verdict(right).verdict == .allowed)
    // U+212A, the Kelvin sign, is the same letter to a String.
    let kelvin = right.replacing("gh:SUB", with: githubName.replacing("token", with: "to\u{212A}en") + ":sub")
    #expect(try verdict(kelvin).verdict == .refused)
  }
}
