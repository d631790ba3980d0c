import Broker
import Formats
import Model
import OIDC
import Testing

@testable import Command

private let now = WallTime(seconds: 1_795_356_000)

private struct StoppedClocks: Clocks {
  func wall() -> WallTime { now }
  func boot() -> BootTime { BootTime(nanoseconds: 0) }
  func sleep(_ duration: Duration) throws(Interrupted) {}
}

private func identity(_ claims: [(String, JSON)] = [("email", "ann@example.com")]) throws -> VerifiedIdentity {
  let payload = JSON.object(
    JSONObject(
      [("iss", "https://idp.example"), ("sub", "00u1"), ("aud", "c"), ("iat", 1_795_356_000), ("exp", 1_795_359_600)]
        + claims))
  let token = [#"{"alg":"RS256"}"#, String(decoding: payload.serialized(), as: UTF8.self), "sig"]
  return try .restored(
    from: UnverifiedToken(Secret(token.map { Base64URL.encode(Array($0.utf8)) }.joined(separator: "."))))
}

private let lease = Lease(
  credentials: AWSCredentials(
    accessKeyID: "A", secretAccessKey: Secret("B"), sessionToken: Secret("C"), expiration: now + 3600),
  obtainedAt: now, arn: "arn:aws:sts::123456789012:assumed-role/demo/ann", account: nil)

@Suite("The closing words of a login")
struct LoginSummaryTests {
  private let summary = LoginSummary(style: Style(isOn: false), columns: 80)

  @Test("who")
  func who() throws {
    #expect(
      summary.greeting(try identity()) == "Logged in as ann@example.com (subject 00u1) at https://idp.example.\n")
    #expect(summary.greeting(try identity([])) == "Logged in as 00u1 at https://idp.example.\n")
    let forged = try identity([("email", "\u{1B}[2Ja\nb")])
    #expect(summary.greeting(forged).contains("as \\u{1b}[2Ja\\u{a}b (subject"))
  }

  @Test("until when, and how long it is kept")
  func facts() {
    let gain = LoginSummary.Gain(
      canRefresh: true, storage: .keyring, role: "arn:aws:iam::1:role/r", credentialsEnd: now + 3600)
    #expect(
      summary.facts(gain, now: now) == """
        Session      until the provider ends it
        Storage      kept until this machine restarts; store = "file" keeps it longer
        Role         arn:aws:iam::1:role/r
        Credentials  until 2026-11-22T15:00:00Z (in 60 min)

        """)
  }

  @Test("where nothing could be bought, the session is spoken of alone")
  func sessionAlone() {
    let gain = LoginSummary.Gain(canRefresh: true, storage: .file)
    #expect(
      summary.session(gain, now: now) == """
        Session      until the provider ends it
        Storage      sealed with a key file beside it, readable by this user alone

        """)
  }

  @Test("what is missing, and what would help")
  func missing() {
    let gain = LoginSummary.Gain(sessionEnd: now + 3600, canRefresh: false, storage: .file)
    let words = summary.facts(gain, now: now).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("Session until 2026-11-22T15:00:00Z (in 60 min); no refresh token came with it: allow"))
    #expect(words.contains("offline_access") && words.contains("set role_arn"))
    #expect(!words.contains("Role "))
  }
}

@Suite("login --json")
struct JSONLoginTests {
  private final class Reader {
    var lines: [String] = []
    /// Whether nobody reads.
    var isGone = false

    func login() -> JSONLogin {
      JSONLogin(
        clocks: StoppedClocks(),
        write: { [self] (line) throws(Failure) in
          if isGone { throw Failure(.output, "gone") }
          lines.append(line.exposedText())
        })
    }
  }

  private let code = LoginCode(
    verificationURI: "https://idp.example/d", verificationURIComplete: "https://idp.example/d?c=A", userCode: "A",
    expiresAt: now + 600, interval: .seconds(5))

  @Test("each event is one flat object on one line, its name and the time first")
  func events() throws {
    let reader = Reader()
    let login = reader.login()
    try login.present(.code(code))
    try login.present(.pending)
    try login.present(.slowDown(interval: .seconds(10)))
    try login.present(.retrying(reason: "timed \"out\"", delay: .milliseconds(1500)))
    try login.present(.authorized(try identity()))
    try login.present(.credentials(lease))
    try login.finish()
    let time = #""time":"2026-11-22T14:00:00Z""#
    #expect(
      reader.lines == [
        #"{"event":"device_code",\#(time),"verification_uri":"https://idp.example/d","#
          + #""verification_uri_complete":"https://idp.example/d?c=A","user_code":"A","#
          + #""expires_at":"2026-11-22T14:10:00Z","interval":5}"# + "\n",
        #"{"event":"pending",\#(time)}"# + "\n",
        #"{"event":"slow_down",\#(time),"interval":10}"# + "\n",
        #"{"event":"retrying",\#(time),"reason":"timed \"out\"","in":1.5}"# + "\n",
        #"{"event":"authorized",\#(time),"issuer":"https://idp.example","subject":"00u1","#
          + #""expires_at":"2026-11-22T15:00:00Z"}"# + "\n",
        #"{"event":"credentials",\#(time),"account":null,"arn":"arn:aws:sts::123456789012:assumed-role/demo/ann","#
          + #""expires_at":"2026-11-22T15:00:00Z"}"# + "\n",
      ])
  }

  @Test("an address that does not hold the code has no such member")
  func withoutComplete() throws {
    let reader = Reader()
    var code = code
    code.verificationURIComplete = nil
    try reader.login().present(.code(code))
    #expect(reader.lines.count == 1 && !reader.lines[0].contains("complete"))
  }

  @Test("what went wrong is an event with code, message and hint")
  func error() {
    let reader = Reader()
    #expect(reader.login().fail(Failure(.denied, "no", hint: "ask")))
    #expect(reader.login().fail(Failure(.interrupted(2), "interrupted")))
    #expect(reader.lines[0].hasSuffix(#","code":"denied","message":"no","hint":"ask"}"# + "\n"))
    #expect(reader.lines[1].hasSuffix(#","code":"interrupted","message":"interrupted","hint":null}"# + "\n"))
  }

  @Test("a login whose code nobody could read is given up at once")
  func codeUnread() {
    let reader = Reader()
    reader.isGone = true
    #expect(throws: Failure(.output, "gone")) { try reader.login().present(.code(code)) }
  }

  @Test("one whose end nobody could read has failed, but is not given up half-way")
  func endUnread() throws {
    let reader = Reader()
    let login = reader.login()
    try login.present(.code(code))
    reader.isGone = true
    try login.present(.authorized(try identity()))
    #expect(throws: Failure(.output, "gone")) { try login.finish() }
    #expect(!login.fail(Failure(.output, "gone")))
  }

  @Test("is asked for by its flag on its verb")
  func asked() {
    #expect(JSONLogin.isAskedFor(by: ["login", "--bogus", "--json"]))
    #expect(!JSONLogin.isAskedFor(by: ["status", "--json"]))
    #expect(!JSONLogin.isAskedFor(by: ["login"]))
    #expect(!JSONLogin.isAskedFor(by: []))
  }
}
