import Testing

@testable import Command

@Suite("The AWS config file without the default profile's credentials")
struct DefaultProfileTests {
  private func left(_ text: String) -> String {
    String(decoding: DefaultProfile(without: Array(text.utf8)).text, as: UTF8.self)
  }

  @Test(
    "every key that leads to credentials goes",
    arguments: [
      "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token", "credential_process",
      "credential_source", "role_arn", "role_session_name", "source_profile", "web_identity_token_file", "mfa_serial",
      "external_id", "duration_seconds", "login_session", "sso_session", "sso_start_url", "sso_region",
      "sso_account_id", "sso_role_name", "sso_registration_scopes", "aws_account_id",
    ])
  func keys(key: String) {
    #expect(left("[default]\n\(key) = x\nregion = y\n") == "[default]\nregion = y\n")
    #expect(left("[profile other]\n\(key) = x\n") == "[profile other]\n\(key) = x\n")
  }

  @Test("every other byte stays")
  func otherBytes() {
    let texts = [
      "", "\n", "[default]", "[default]\r\nregion = x\r\n", "\u{FEFF}[default]\nregion=x", "# aws_access_key_id = x\n",
      "[default]\n\tregion\t=\tx\t\n; role_arn = y\n#role_arn = y\n", "role_arn = before any section\n",
      "[default]\ns3 =\n  max_concurrent_requests = 10\n  role_arn = nested\n\nregion = x\n",
      "[profile a]\nrole_arn = r\nsource_profile = b\n[sso-session default]\nsso_region = x\n[b]\nrole_arn = y\n",
      "[default]\nmy_role_arn = x\nrole_arn_note = y\nssosession = z\n[services default]\ns3 =\n  role_arn = x\n",
      "[Default]\nrole_arn = not the default\n[profile default2]\nrole_arn = x\n",
    ]
    for text in texts { #expect(left(text) == text) }
    let bytes: [UInt8] = [0x5B, 0xFF, 0x5D, 0x0A, 0x00, 0x3D, 0xFE, 0x0D, 0x0A]
    #expect(DefaultProfile(without: bytes).text == bytes)
  }

  @Test(
    "however the section is spelt",
    arguments: [
      "[default]", "[ default ]", "[\tdefault\t]", "  [default]", "[default] # mine", "[default];x", "[default]]",
      "[profile default]", "[profile  default]", "[profile\tdefault]", "[ profile default ]", "[profile \"default\"]",
      "[profile 'default']", "[DEFAULT]",
    ])
  func sections(section: String) {
    #expect(left("\(section)\nrole_arn = x\n[profile p]\nrole_arn = y\n") == "\(section)\n[profile p]\nrole_arn = y\n")
  }

  @Test(
    "however the key is spelt",
    arguments: [
      "role_arn=x", "role_arn:x", "role_arn : x = y", "ROLE_ARN = x", "Role_Arn\t=x", "  role_arn = x",
      "\trole_arn = x",
      "\u{A0}role_arn\u{A0}= x", "role_arn =", "role_arn = # none", "aws_access_\u{212A}ey_id = x",
    ])
  func spellings(line: String) {
    #expect(left("[default]\n\(line)\nregion = y\n") == "[default]\nregion = y\n")
    #expect(left("[default]\r\n\(line)\r\n") == "[default]\r\n")
    #expect(left("[default]\n\(line)") == "[default]\n")
  }

  @Test("what continues a credential goes with it; what a reader may take for a key of its own, too")
  func continuations() {
    #expect(left("[default]\ncredential_process =\n  /bin/a\n\n  b\nregion = x\n") == "[default]\n\nregion = x\n")
    #expect(left("[default]\nregion = x\n  role_arn = y\noutput = z\n") == "[default]\nregion = x\noutput = z\n")
    #expect(left("[default]\ns3 =\nrole_arn = y\n") == "[default]\ns3 =\n")
    #expect(left("[default]\n s3 =\n role_arn = y\n") == "[default]\n s3 =\n")
    // To Python the second section is part of the value of region.
    #expect(left("[default]\nregion = x\n [p]\nrole_arn = y\n") == "[default]\nregion = x\n [p]\n")
    #expect(left("[p]\nregion = x\n [default]\n role_arn = y\n") == "[p]\nregion = x\n [default]\n")
  }

  @Test("a section may come twice, and a carriage return alone ends a line")
  func again() {
    #expect(left("[default]\n[p]\na=b\n[default]\nrole_arn = x\n") == "[default]\n[p]\na=b\n[default]\n")
    #expect(left("[default]\rrole_arn = x\rregion = y\r") == "[default]\rregion = y\r")
  }

  @Test("which keys went is known, each once and in order")
  func removed() {
    let file = "[default]\nSSO_SESSION = x\nregion = y\nrole_arn = z\nrole_arn = z\n  more = z\n"
    #expect(DefaultProfile(without: Array(file.utf8)).removed == ["sso_session", "role_arn"])
    #expect(DefaultProfile(without: Array("[default]\nregion = x".utf8)).removed.isEmpty)
  }
}
