import Model
import STS
import Testing

@Suite struct RoleARNTests {
  @Test func partsOfAnOrdinaryRole() throws {
    let arn = try RoleARN.parse("arn:aws-cn:iam::123456789012:role/a/b/Deploy+x")
    #expect(arn.partition == .china)
    #expect(arn.account == "123456789012")
    #expect(arn.path == "/a/b/")
    #expect(arn.name == "Deploy+x")
    #expect(try RoleARN.parse("arn:aws:iam::123456789012:role/Deploy").path == "/")
  }

  @Test func rolesOfOtherServers() throws {
    let minio = try RoleARN.parse("arn:minio:iam:::role/idp-role-name")
    #expect(minio.partition == nil)
    #expect(minio.account.isEmpty)
    let weed = try RoleARN.parse("arn:aws:iam::role/WriterRole")
    #expect(weed.account.isEmpty)
    #expect(weed.name == "WriterRole")
  }

  @Test(arguments: [
    ("arn:aws:iam::1:r/x", RoleARNError.length(18)),
    ("arn:aws:iam::123456789012:role/" + String(repeating: "x", count: 2048), .length(2079)),
    ("arn:aws:iam::123456789012:role/a b", .characters), ("arn:aws:iam::123456789012:role/\u{212A}ey", .characters),
    ("arn:aws:iam::123456789012:user/somebody", .notARole), ("arn:aws:iam::123456789012:role/", .notARole),
    ("arn:aws:iam::123456789012:role/team/", .notARole), ("arn:aws:sts::123456789012:role/team", .notARole),
    ("arn:aws:iam:us-east-1:123456789012:role/x", .notARole), ("arn:aws:iam::123456789012:role/x:y", .notARole),
    ("nra:aws:iam::123456789012:role/x", .notAnARN), ("arn::iam::123456789012:role/xxxx", .notAnARN),
    ("just a name of a role, long", .characters), ("just-a-name-of-a-role-long", .notAnARN),
    ("arn:aws:iam::12345678901:role/deploy", .account), ("arn:aws:iam::12345678901x:role/deploy", .account),
  ])
  func whatIsNoRoleIsRefused(_ text: String, _ expected: RoleARNError) {
    #expect(throws: expected) { try RoleARN.parse(text) }
    #expect(expected.message.hasPrefix("role_arn "))
    #expect(expected.kind == .configuration)
  }
}
