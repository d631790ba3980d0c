import Formats
import Model
import Testing

@testable import Broker
@testable import Command

private let now = WallTime(seconds: 1_795_356_000)

private func person() -> ProfileStatus {
  var status = ProfileStatus(name: "prod", source: "login", state: .ok, issuer: "https://idp.example", subject: "00u1")
  status.label = "ann@example.com"
  status.identityExpiresAt = now + 3600
  status.roleARN = "arn:aws:iam::123456789012:role/demo"
  status.credentialsExpireAt = now + 600
  status.key = .keyring
  status.canRefresh = true
  return status
}

private let keys = [
  "name", "source", "state", "issuer", "subject", "identity_expires_at", "session_expires_at", "role_arn",
  "credentials_expires_at", "key",
]

private func profiles(_ statuses: [ProfileStatus]) throws -> [JSONObject] {
  let text = StatusReport(statuses: statuses, now: now).json
  #expect(text.hasSuffix("\n") && text.dropLast().allSatisfy { $0 != "\n" })
  let document = try #require(try JSON.parse(Array(text.utf8)).object)
  #expect(document.members.map(\.key.string) == ["profiles"])
  return try #require(document["profiles"]?.array).compactMap(\.object)
}

@Suite("status")
struct StatusReportTests {
  @Test("for a person: who, where, until when, and how it is kept")
  func text() {
    #expect(
      StatusReport(statuses: [person()], now: now).text == """
        prod  (login)
          State        ok
          Identity     ann@example.com (subject 00u1)
          Issuer       https://idp.example
          ID token     until 2026-11-22T15:00:00Z (in 60 min)
          Session      until the provider ends it
          Storage      kept until this machine restarts; store = "file" keeps it longer
          Role         arn:aws:iam::123456789012:role/demo
          Credentials  cached until 2026-11-22T14:10:00Z (in 10 min)

        """)
  }

  @Test("a session that the provider ended is not called one without a refresh token")
  func endedByTheProvider() {
    var status = person()
    status.canRefresh = false
    #expect(
      StatusReport(statuses: [status], now: now).text.contains("ends with the ID token: there is no refresh token"))
    status.wasEnded = true
    let text = StatusReport(statuses: [status], now: now).text
    #expect(text.contains("Session      ended by the provider\n") && !text.contains("no refresh token"))
  }

  @Test("one empty line between two profiles")
  func several() {
    let text = StatusReport(statuses: [person(), person()], now: now).text
    #expect(text.split(separator: "\n\n").count == 2)
  }

  @Test(
    "what to do stands with what is wrong",
    arguments: [
      (
        ProfileStatus.State.loginRequired, "no session",
        "login required: no session; run `daypass login --profile prod`"
      ),
      (.locked, "the key is gone", "locked: the key is gone; `daypass login --profile prod` replaces the session"),
      (.none, "token_file is empty", "unusable identity: token_file is empty"),
      (.none, "no identity: nothing is set", "no identity: nothing is set"),
    ])
  func states(state: ProfileStatus.State, reason: String, line: String) {
    var status = person()
    status.state = state
    status.reason = reason
    #expect(StatusReport(statuses: [status], now: now).text.contains("\n  State        \(line)\n"))
  }

  @Test("a session that cannot be refreshed is said to end with its token")
  func withoutRefresh() {
    var status = person()
    status.canRefresh = false
    #expect(StatusReport(statuses: [status], now: now).text.contains("Session      ends with the ID token"))
  }

  @Test("long lines are broken at blanks in a window, and nowhere else")
  func wrapped() {
    let lines = StatusReport(statuses: [person()], now: now, columns: 50).text.split(separator: "\n")
    #expect(lines.contains("               store = \"file\" keeps it longer"))
    #expect(lines.allSatisfy { $0.count <= 50 })
  }

  @Test("for a program: every key is always there, in order")
  func json() throws {
    let (full, empty) = (person(), ProfileStatus(name: "default", source: "none", state: .none))
    let objects = try profiles([full, empty])
    try #require(objects.count == 2)
    for object in objects { #expect(object.members.map(\.key.string) == keys) }
    #expect(objects[0]["state"]?.text == "ok" && objects[1]["state"]?.text == "none")
    #expect(objects[0]["identity_expires_at"]?.text == "2026-11-22T15:00:00Z")
    #expect(objects[0]["credentials_expires_at"]?.text == "2026-11-22T14:10:00Z")
    #expect(objects[0]["session_expires_at"] == .null)
    #expect(objects[0]["key"]?.text == "keyring")
    for key in keys.dropFirst(3) { #expect(objects[1][key] == .null) }
  }

  @Test("control characters of a provider are not shown")
  func printable() {
    var status = person()
    status.label = "a\u{1B}[31m\nforged: line"
    let text = StatusReport(statuses: [status], now: now).text
    #expect(text.contains("Identity     a\\u{1b}[31m\\u{a}forged: line (subject"))
  }
}
