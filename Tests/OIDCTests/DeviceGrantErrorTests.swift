import Model
import OIDC
import Testing

@Suite("How a device login ends")
struct DeviceGrantErrorTests {
  private func end(_ responses: HTTPResponse...) -> Simulation {
    var simulation = Simulation()
    simulation.run { poll, _ in .success(responses[min(poll, responses.count - 1)]) }
    return simulation
  }

  @Test func theDeviceCodeIsNotShownWhereTheServerRepeatsIt() {
    for code in ["invalid_request", "SECRET-DEVICE-CODE"] {
      let answer = #"{"error":"\#(code)","error_description":"no code SECRET-DEVICE-CODE here"}"#
      let message = end(.json(answer, status: 400)).error?.message
      #expect(message?.hasSuffix("no code <redacted> here") == true)
      #expect(message?.contains("SECRET") == false)
    }
  }

  @Test(arguments: ["access_denied", "authorization_declined"])
  func aNoEndsIt(_ code: String) {
    let simulation = end(.pending, .error(code))
    #expect(simulation.error == .denied)
    #expect(simulation.error?.kind == .denied)
    #expect(simulation.polls.count == 2)
  }

  @Test(arguments: ["expired_token", "code_expired", "bad_verification_code", "incorrect_device_code", "invalid_grant"])
  func anExpiredCodeEndsItInEveryProvidersWords(_ code: String) {
    let simulation = end(.pending, .error(code))
    #expect(simulation.error?.kind == .codeExpired)
    #expect(simulation.error != .answerLost)
    #expect(simulation.polls.count == 2)
    #expect(simulation.requests.count == 3)
  }

  @Test(arguments: [
    "invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type", "pending", "", "\\u0000",
  ])
  func anyOtherErrorEndsItAsRefused(_ code: String) {
    let simulation = end(.pending, .error(code.isEmpty ? "x" : code))
    #expect(simulation.error?.kind == .refused)
    #expect(simulation.polls.count == 2)
  }

  @Test(arguments: [200, 403, 404, 428, 429, 500, 503])
  func theErrorCountsAndNotTheStatus(_ status: Int) {
    let simulation = end(
      .error("authorization_pending", status: status), .error("slow_down", status: status),
      .error("access_denied", status: status))
    #expect(simulation.error == .denied)
    #expect(simulation.progress == [.pending, .slowDown(interval: 10)])
  }

  @Test func anUnknownErrorOfAnOverloadedServerIsRetried() {
    let simulation = end(.error("too_many_requests", status: 429), .error("server_error", status: 500), .granted)
    #expect(simulation.tokens != nil)
    #expect(end(.error("server_error", status: 400)).error?.kind == .refused)
  }

  @Test func errorsOfServersThatAnswerInForms() {
    func form(_ text: String) -> HTTPResponse {
      HTTPResponse(
        status: 200, headers: [("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
        body: Array(text.utf8))
    }
    let simulation = end(
      form("error=authorization_pending&error_description=Not+yet"), form("error=slow_down&interval=20"),
      form("access_token=at&token_type=bearer&scope="))
    #expect(simulation.progress == [.pending, .slowDown(interval: 20)])
    #expect(simulation.tokens?.accessToken == Secret("at"))
    #expect(end(form("error=access_denied&error=slow_down"), .granted).tokens != nil)
  }

  @Test func pagesOfProxiesAreOutages() {
    let page = HTTPResponse(status: 200, headers: [("content-type", "text/html")], body: Array("<html>log in".utf8))
    let truncated = HTTPResponse.json(#"{"access_token":"at","token_"#)
    let simulation = end(page, truncated, .json("[]"), .json("{}", status: 500), .json(#"{"error":{}}"#), .granted)
    #expect(simulation.tokens != nil)
    #expect(simulation.polls.count == 6)
  }

  @Test func anAnswerCutAnywhereIsNotTakenForTokens() {
    let whole = HTTPResponse.granted
    for count in whole.body.indices {
      let cut = HTTPResponse(status: 200, headers: whole.headers, body: Array(whole.body.prefix(count)))
      let simulation = end(cut, .error("access_denied"))
      #expect(simulation.tokens == nil && simulation.error == .denied)
    }
  }

  @Test func jsonThatIsDeclaredAsHTMLIsNotBelieved() {
    let disguised = HTTPResponse(
      status: 200, headers: [("content-type", "TEXT/HTML; charset=utf-8")],
      body: Array(#"{"access_token":"at","token_type":"bearer","id_token":"a.b.c"}"#.utf8))
    #expect(end(disguised, .error("access_denied")).error == .denied)
  }

  @Test func refusalsWithoutAnOAuthErrorAreRetriedOnlyAFewTimes() {
    let empty = HTTPResponse(status: 400)
    let forGood = end(empty)
    #expect(forGood.error == .unintelligible(status: 400))
    #expect(forGood.polls.count == 4)
    #expect(end(empty, empty, empty, .pending, empty, empty, empty, .granted).tokens != nil)
    #expect(end(.json(#"{"message":"no route"}"#, status: 404)).polls.count == 4)
  }

  @Test(arguments: [301, 302, 307, 308])
  func redirectsAreNeverFollowed(_ status: Int) {
    let simulation = end(HTTPResponse(status: status, headers: [("location", "https://evil.example/")]))
    #expect(simulation.error == .pollRedirected(status: status))
    #expect(simulation.error?.kind == .malformed)
    #expect(simulation.error?.hint?.contains("token_endpoint") == true)
    #expect(simulation.error?.hint?.contains("device_authorization_endpoint") == false)
    #expect(simulation.requests.allSatisfy { $0.url.utf8.starts(with: "https://op.example/".utf8) })
  }

  @Test func aLostAnswerHasItsOwnMessage() {
    var simulation = Simulation()
    simulation.run { poll, _ in
      poll == 0 ? .failure(.broken(host: "op.example", reason: "reset")) : .success(.error("invalid_grant"))
    }
    #expect(simulation.error == .answerLost)
    #expect(simulation.error?.kind == .codeExpired)
  }

  @Test func aConnectionThatNeverStoodLosesNoAnswer() {
    var simulation = Simulation()
    simulation.run { poll, _ in
      poll == 0 ? .failure(.unconnected(host: "op.example", reason: "refused")) : .success(.error("invalid_grant"))
    }
    #expect(simulation.error?.kind == .codeExpired)
    #expect(simulation.error != .answerLost)
  }

  @Test func aPendingAfterTheTroubleShowsThatNothingWasLost() {
    var simulation = Simulation()
    simulation.run { poll, _ in
      switch poll {
      case 0: .failure(.broken(host: "op.example", reason: "reset"))
      case 1: .success(.pending)
      default: .success(.error("invalid_grant"))
      }
    }
    #expect(simulation.error == .codeExpired(trouble: nil))
  }

  @Test(arguments: [
    TransportFailure.untrusted(host: "op.example", reason: "self-signed"), .tooLarge(host: "op.example", limit: 1),
    .encoded(host: "op.example", encoding: "gzip"), .interrupted(Interrupted(signal: 2)),
  ])
  func whatTimeDoesNotMendEndsItAtOnce(_ failure: TransportFailure) {
    var simulation = Simulation()
    simulation.run { _, _ in .failure(failure) }
    #expect(simulation.error == .transport(failure))
    #expect(simulation.error?.kind == failure.kind)
    #expect(simulation.polls.count == 1)
  }

  @Test func anInvalidScopeNamesTheScopeAndTheSetting() {
    var simulation = Simulation()
    simulation.run(authorization: { _ in
      .success(
        .json(
          #"{"error":"invalid_scope","error_description":"Client may not ask for \"offline_access\"."}"#, status: 400))
    }) { _, _ in .success(.pending) }
    let error = simulation.error
    #expect(error?.kind == .refused)
    #expect(error?.message.contains("the scope offline_access") == true)
    #expect(error?.hint?.contains("scopes") == true)
    #expect(end(.error("invalid_scope")).error?.message.contains("\"openid offline_access\"") == true)
  }

  @Test func whatServersSayIsShownWithoutControlCharacters() {
    let simulation = end(.json("{\"error\":\"x\\u001b[31m\",\"error_description\":\"a\\nb\\u202e\"}", status: 400))
    let message = simulation.error?.message ?? ""
    #expect(message.contains("\\u{1b}"))
    #expect(message.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 0x202E })
  }

  @Test func tokensThatAreNotBearerAreRefused() {
    let simulation = end(.json(#"{"access_token":"at","token_type":"DPoP"}"#))
    #expect(simulation.error == .malformedTokens(.tokenType("DPoP")))
    #expect(simulation.polls.count == 1)
  }
}
