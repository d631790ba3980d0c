import Model
import Testing

@testable import Command

private let delimiter = "0123456789abcdef0123456789abcdef"

private func render(
  _ format: CredentialFormat, id: String = "ASIAEXAMPLE", secret: String = "se/cr+et", token: String = "tok==",
  region: String? = nil, delimiter: String = delimiter
) throws(CredentialFormatError) -> RenderedCredentials {
  let credentials = AWSCredentials(
    accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: Secret(token),
    expiration: WallTime(seconds: 1_795_356_000))
  return try CredentialRenderer(credentials: credentials, region: region, name: "prod", delimiter: delimiter).render(
    format)
}

private func text(_ format: CredentialFormat, token: String = "tok==", region: String? = nil) throws -> String {
  let rendered = try render(format, token: token, region: region)
  #expect((rendered.environmentFile == nil) == (format != .github))
  return rendered.standardOutput.exposedText()
}

@Suite("Credentials as text")
struct CredentialFormatTests {
  @Test("process is one JSON document on one line")
  func process() throws {
    #expect(
      try text(.process) == """
        {"Version":1,"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"se/cr+et","SessionToken":"tok==",\
        "Expiration":"2026-11-22T14:00:00Z"}

        """)
    #expect(try text(.process, token: #"a"\b"#).contains(#""SessionToken":"a\"\\b","#))
  }

  @Test(
    "the shells' formats are those of aws configure export-credentials",
    arguments: [
      (.env, "export ", "=", ""), (.envNoExport, "", "=", ""), (.fish, "set -gx ", " \"", "\""),
      (.powershell, "$Env:", "=\"", "\""), (.windowsCmd, "set ", "=", ""), (.dotenv, "", "=", ""),
    ] as [(CredentialFormat, String, String, String)])
  func shells(format: CredentialFormat, prefix: String, opening: String, closing: String) throws {
    func lines(_ variables: [(String, String)]) -> String {
      variables.map { prefix + $0.0 + opening + $0.1 + closing + "\n" }.joined()
    }
    let credentials = [
      ("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "se/cr+et"), ("AWS_SESSION_TOKEN", "tok=="),
      ("AWS_CREDENTIAL_EXPIRATION", "2026-11-22T14:00:00+00:00"),
    ]
    #expect(try text(format) == lines(credentials))
    let region = [("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-1")]
    #expect(try text(format, region: "eu-west-1") == lines(credentials + region))
  }

  @Test("ini is a section of a credentials file")
  func ini() throws {
    #expect(
      try text(.ini, region: "eu-west-1")
        == "[prod]\naws_access_key_id = ASIAEXAMPLE\naws_secret_access_key = se/cr+et\naws_session_token = tok==\n")
  }

  @Test("github prints masks alone, and the variables go to the file")
  func github() throws {
    let rendered = try render(.github, token: "50%", region: "eu-west-1")
    #expect(
      rendered.standardOutput.exposedText() == "::add-mask::ASIAEXAMPLE\n::add-mask::se/cr+et\n::add-mask::50%25\n")
    let mark = "daypass_\(delimiter)"
    let variables = [
      ("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "se/cr+et"), ("AWS_SESSION_TOKEN", "50%"),
      ("AWS_CREDENTIAL_EXPIRATION", "2026-11-22T14:00:00+00:00"), ("AWS_REGION", "eu-west-1"),
      ("AWS_DEFAULT_REGION", "eu-west-1"),
    ]
    #expect(
      rendered.environmentFile?.exposedText() == variables.map { "\($0)<<\(mark)\n\($1)\n\(mark)\n" }.joined())
    for weak in ["", "EOF", "0123456789abcdef0123456789abcde\n"] {
      #expect(throws: CredentialFormatError.weakDelimiter) { try render(.github, delimiter: weak) }
    }
  }

  @Test(
    "odd characters are quoted where the shell can",
    arguments: [
      (.env, "export AWS_SESSION_TOKEN='a'\\''$(b)\"c`\\;%'\n"),
      (.envNoExport, "AWS_SESSION_TOKEN='a'\\''$(b)\"c`\\;%'\n"),
      (.fish, "set -gx AWS_SESSION_TOKEN \"a'\\$(b)\\\"c`\\\\;%\"\n"),
      (.powershell, "$Env:AWS_SESSION_TOKEN=\"a'`$(b)`\"c``\\;%\"\n"),
    ] as [(CredentialFormat, String)])
  func quoted(format: CredentialFormat, line: String) throws {
    #expect(try text(format, token: "a'$(b)\"c`\\;%").contains(line))
  }

  @Test("and refused where it cannot", arguments: [CredentialFormat.windowsCmd, .dotenv])
  func unquotable(format: CredentialFormat) {
    for token in ["a&calc", "%PATH%", "a\"b", "a'b", "a^b", "$x", "a#b", "a\\b", "`a`"] {
      #expect(throws: CredentialFormatError.unquotable("AWS_SESSION_TOKEN", format.rawValue)) {
        try render(format, token: token)
      }
    }
  }

  @Test("blanks, line breaks, controls and other scripts are refused everywhere", arguments: CredentialFormat.allCases)
  func unprintable(format: CredentialFormat) {
    for odd in ["a\nb", "a\rb", "a b", "a\u{0}b", "ä", "\u{1B}[2J", ""] {
      #expect(throws: CredentialFormatError.unprintable("AWS_ACCESS_KEY_ID")) { try render(format, id: odd) }
      #expect(throws: CredentialFormatError.unprintable("AWS_SECRET_ACCESS_KEY")) { try render(format, secret: odd) }
      let error = #expect(throws: CredentialFormatError.unprintable("AWS_SESSION_TOKEN")) {
        try render(format, token: odd)
      }
      #expect(error?.kind.exitCode == 65)
    }
  }
}
