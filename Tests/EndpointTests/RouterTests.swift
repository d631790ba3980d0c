import Model
import Testing

@testable import Endpoint

@Suite struct RouterTests {
  let board = CredentialBoard(.fresh(credentials))
  let now = WallTime(seconds: 1_800_000_000)

  private func answer(
    _ method: String = "GET", _ path: String = "/credentials", authorization: String? = nil,
    host: String? = "127.0.0.1:9127",
    and more: [(String, String)] = [], at time: WallTime? = nil
  ) -> Response {
    var headers = more
    if let host { headers.append(("host", host)) }
    headers.append(("authorization", authorization ?? token.exposedText()))
    let head = RequestHead(
      method: slice(method), path: slice(path),
      headers: headers.map { .init(name: slice($0.0), value: slice($0.1)) }, bodyLength: 0, isPersistent: true)
    return Router(policy: RequestPolicy(port: 9127), access: .single(token: token, board: board)).response(
      to: head, now: time ?? now)
  }

  private func text(_ response: Response) -> String { String(decoding: response.body, as: UTF8.self) }

  @Test func answersWithTheContainerDocument() {
    #expect(answer().status == .ok)
    #expect(text(answer()) == document)
  }

  @Test(arguments: [
    "127.0.0.1:9127", "127.0.0.1", "localhost", "LocalHost:9127", "[::1]", "[::1]:9127",
  ])
  func answersUnderItsOwnNames(_ host: String) {
    #expect(answer(host: host).status == .ok)
  }

  @Test(arguments: [
    nil, "", "evil.example", "evil.example:9127", "127.0.0.1:9128", "127.0.0.1:", "127.0.0.1.evil.example",
    "localhost.",
    "127.0.0.2", "::1", "[::1", "127.0.0.1:09127", "127.0.0.1:9127@evil.example", "\u{212A}", "0.0.0.0", "127.1",
  ])
  func refusesEveryOtherHost(_ host: String?) {
    #expect(answer(host: host).status == .forbidden)
  }

  @Test(arguments: [
    "origin", "sec-fetch-site", "sec-fetch-anything", "x-forwarded-for", "forwarded", "via",
  ])
  func refusesBrowsersAndProxies(_ header: String) {
    #expect(answer(and: [(header, "null")]).status == .forbidden)
    #expect(answer(and: [(header, "")]).status == .forbidden)
    #expect(answer(and: [("x-" + header + "-x", "null")]).status == .ok)
  }

  @Test(arguments: ["POST", "PUT", "HEAD", "DELETE", "OPTIONS", "get", "PATCH", "X"])
  func refusesEveryOtherMethodAndNamesTheRightOne(_ method: String) {
    let response = answer(method)
    #expect(response.status == .methodNotAllowed)
    #expect(response.headers.contains { $0 == ("Allow", "GET") })
  }

  @Test(arguments: ["/", "/credentials/", "/Credentials", "/credentials/default", "//credentials", "/%63redentials"])
  func knowsNoOtherPath(_ path: String) {
    #expect(answer("GET", path).status == .notFound)
  }

  @Test func takesTheTokenWithAndWithoutItsScheme() {
    let value = token.exposedText()
    for right in [value, "Bearer " + value, "bearer " + value] {
      #expect(answer(authorization: right).status == .ok)
    }
    for wrong in [
      "", "Bearer", "Bearer ", "Basic " + value, "Bearer  " + value, "Bearer Bearer " + value, value + "x",
      String(value.dropLast()),
      value.lowercased(), String(value.reversed()), "Bearer" + value,
    ] {
      let response = answer(authorization: wrong)
      #expect(response.status == .unauthorized, "\(wrong)")
      #expect(!text(response).contains("ASIA"))
    }
    #expect(answer(and: [("authorization", value)]).status == .unauthorized)
  }

  @Test func checksInTheOrderOfTheContract() {
    let wrong = "wrong"
    board.current = .unavailable(.loginRequired, message: "log in", retryAfter: 5)
    #expect(answer("POST", "/x", authorization: wrong, host: "evil.example").status == .forbidden)
    #expect(answer("POST", "/x", authorization: wrong).status == .methodNotAllowed)
    #expect(answer("GET", "/x", authorization: wrong).status == .notFound)
    #expect(answer(authorization: wrong).status == .unauthorized)
    #expect(answer().status == .unavailable)
  }

  @Test(arguments: [
    (CredentialBoard.Reason.loginRequired, "LoginRequired"), (.unavailable, "Unavailable"), (.notReady, "NotReady"),
  ])
  func saysWhyThereAreNone(_ reason: CredentialBoard.Reason, _ code: String) {
    board.current = .unavailable(reason, message: "run \"daypass login\"", retryAfter: 7)
    let response = answer()
    #expect(response.status == .unavailable)
    #expect(text(response) == "{\"code\":\"\(code)\",\"message\":\"run \\\"daypass login\\\"\"}")
    #expect(response.headers.contains { $0 == ("Retry-After", "7") })
    board.current = .unavailable(reason, message: "", retryAfter: -3)
    #expect(answer().headers.contains { $0 == ("Retry-After", "1") })
  }

  @Test func neverHandsOutWhatHasExpired() {
    let end = credentials.expiration
    #expect(answer(at: end + -1).status == .ok)
    for time in [end, end + 1, end + 100_000, WallTime(seconds: .max)] {
      let response = answer(at: time)
      #expect(response.status == .unavailable)
      #expect(!text(response).contains("ASIA"))
    }
  }

  @Test func neverHandsOutWhatIsIncomplete() {
    var holes = [credentials, credentials, credentials]
    holes[0].accessKeyID = ""
    holes[1].secretAccessKey = Secret("")
    holes[2].sessionToken = Secret("")
    for hole in holes {
      board.current = .fresh(hole)
      #expect(answer().status == .unavailable)
    }
  }

  @Test func framesItsAnswers() {
    let text = String(decoding: answer().serialized(closing: true), as: UTF8.self)
    #expect(
      text == """
        HTTP/1.1 200 OK\r
        Content-Type: application/json\r
        Cache-Control: no-store\r
        Content-Length: \(document.utf8.count)\r
        Connection: close\r
        \r
        \(document)
        """)
  }
}
