import Model
import OIDC
import Testing

@Suite("Refreshing, revoking and token answers")
struct RefreshTests {
  private let old = Secret("old")

  private func outcome(_ response: HTTPResponse) -> Refresh.Outcome {
    Refresh.outcome(of: response, redeeming: old, now: WallTime(seconds: 1_700_000_000))
  }

  private func tokens(_ members: String) -> TokenSet? {
    if case .refreshed(let tokens, _, _) = outcome(.json("{\"token_type\":\"Bearer\",\(members)}")) {
      tokens
    } else {
      nil
    }
  }

  @Test func theRequestIsTheStandards() {
    let request = Refresh.request(old, tokenEndpoint: url("https://op.example/token"), client: .publicClient(id: "cli"))
    #expect(request.method == .post && request.redirects == .none)
    #expect(request.form == ["grant_type": "refresh_token", "refresh_token": "old", "client_id": "cli"])
  }

  @Test func theTokenIsNotShownWhereTheServerRepeatsIt() {
    let response = HTTPResponse.json(
      #"{"error":"invalid_grant","error_description":"Unknown token 0.AXkAcanary-canary (cut: 0.AXkAcan...)"}"#,
      status: 400)
    let outcome = Refresh.outcome(
      of: response, redeeming: Secret("0.AXkAcanary-canary"), now: WallTime(seconds: 1_700_000_000))
    guard case .loginRequired(let error) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(error.message.hasSuffix("invalid_grant: Unknown token <redacted> (cut: <redacted>)"))
  }

  @Test func aRotatedTokenIsTheOneToKeep() {
    guard case .refreshed(let tokens, let keep, let wasRotated) = outcome(.granted) else {
      Issue.record("not refreshed")
      return
    }
    #expect(keep == Secret("rt"))
    #expect(wasRotated)
    #expect(tokens.idToken != nil)
  }

  @Test(arguments: ["", #","refresh_token":"old""#])
  func withoutANewTokenTheOldOneIsKeptAndAnAbsentIDTokenIsSeen(_ extra: String) {
    let answer = HTTPResponse.json("{\"access_token\":\"at\",\"token_type\":\"bearer\"\(extra)}")
    guard case .refreshed(let tokens, let keep, let wasRotated) = outcome(answer) else {
      Issue.record("not refreshed")
      return
    }
    #expect(keep == old)
    #expect(!wasRotated)
    #expect(tokens.idToken == nil)
  }

  @Test(arguments: [
    HTTPResponse.error("invalid_grant"), .error("invalid_grant", status: 401), .error("invalid_grant", status: 500),
    .error("interaction_required"), HTTPResponse(status: 400), HTTPResponse(status: 401),
  ])
  func anEndedSessionNeedsAPerson(_ response: HTTPResponse) {
    guard case .loginRequired(let error) = outcome(response) else {
      Issue.record("\(outcome(response))")
      return
    }
    #expect(error.kind == .loginRequired)
  }

  @Test(arguments: [
    HTTPResponse(status: 503), HTTPResponse(status: 429), .error("server_error", status: 500), .error("slow_down"),
    HTTPResponse(status: 403, body: Array("<html>".utf8)), HTTPResponse(status: 200, body: Array("<html>".utf8)),
    .error("temporarily_unavailable"),
  ])
  func outagesDoNotEndASession(_ response: HTTPResponse) {
    guard case .later = outcome(response) else {
      Issue.record("\(outcome(response))")
      return
    }
  }

  @Test func theServersWishToWaitIsPassedOn() {
    guard case .later(_, let seconds) = outcome(HTTPResponse(status: 503, headers: [("retry-after", "42")])) else {
      Issue.record("not later")
      return
    }
    #expect(seconds == 42)
  }

  @Test(arguments: [
    HTTPResponse.error("invalid_client", status: 401), .error("unauthorized_client"), HTTPResponse(status: 307),
    .json(#"{"token_type":"mac","access_token":"x"}"#),
  ])
  func refusalsAreFinal(_ response: HTTPResponse) {
    guard case .failed(let error) = outcome(response) else {
      Issue.record("\(outcome(response))")
      return
    }
    #expect(error.kind == .refused || error.kind == .malformed)
  }

  @Test func failuresOfTheNetworkAreSorted() {
    if case .later = Refresh.outcome(of: .unresolved(host: "h")) {} else { Issue.record("an outage is final") }
    if case .failed = Refresh.outcome(of: .untrusted(host: "h", reason: "x")) {} else { Issue.record("TLS is retried") }
  }

  // MARK: Token answers

  @Test(arguments: ["Bearer", "bearer", "BEARER", "bEaReR"])
  func theTokenTypeIsBearerInAnyCase(_ type: String) {
    if case .refreshed = outcome(.json(#"{"token_type":"\#(type)","access_token":"at"}"#)) {
    } else {
      Issue.record("refused")
    }
  }

  @Test(arguments: [
    #"{"access_token":"at"}"#, #"{"token_type":"Bearer"}"#, #"{"token_type":"bea\u0000rer","access_token":"at"}"#,
    #"{"token_type":7,"access_token":"at"}"#, #"{"token_type":"Bearer","access_token":7}"#,
    #"{"token_type":"Bearer","access_token":"at","id_token":""}"#, #"{"token_type":"Bearer","id_token":{}}"#,
    #"{"token_type":"Bearer","id_token":"a.b.c","refresh_token":[]}"#, "{}",
  ])
  func malformedAnswersAreErrors(_ text: String) {
    guard case .failed(.malformed(let error)) = outcome(.json(text)) else {
      Issue.record("\(outcome(.json(text)))")
      return
    }
    #expect(error.kind == .malformed)
  }

  @Test func anOverlongTokenIsAnError() {
    let long = String(repeating: "a", count: 20_001)
    guard
      case .failed(.malformed(.tooLong("id_token"))) = outcome(.json(#"{"token_type":"Bearer","id_token":"\#(long)"}"#))
    else {
      Issue.record("accepted")
      return
    }
  }

  @Test(arguments: [
    ("300", 300 as Int64?), ("\"300\"", 300), ("0", nil), ("-1", nil), ("1e300", 315_360_000), ("[]", nil),
    ("null", nil),
    ("1.5", nil), ("\"x\"", nil),
  ])
  func lifetimesAreHints(_ text: String, _ seconds: Int64?) {
    #expect(tokens(#""access_token":"at","expires_in":\#(text)"#)?.expiresIn == seconds)
    #expect(tokens(#""access_token":"at","refresh_expires_in":\#(text)"#)?.refreshExpiresIn == seconds)
    #expect(tokens(#""access_token":"at","refresh_token_expires_in":\#(text)"#)?.refreshExpiresIn == seconds)
  }

  // MARK: Revocation

  @Test func revocationNamesTheKindOfToken() {
    let request = Revocation.request(old, endpoint: url("https://op.example/revoke"), client: .publicClient(id: "cli"))
    #expect(request.url == "https://op.example/revoke")
    #expect(request.form == ["token": "old", "token_type_hint": "refresh_token", "client_id": "cli"])
  }

  @Test func anyTwoHundredIsRevokedAndNothingElse() {
    #expect(Revocation.outcome(of: HTTPResponse(status: 200)) == .revoked)
    #expect(Revocation.outcome(of: .json("{}")) == .revoked)
    #expect(Revocation.outcome(of: HTTPResponse(status: 200, body: Array("OK".utf8))) == .revoked)
    #expect(Revocation.outcome(of: .error("unsupported_token_type")) == .refused(reason: "unsupported_token_type"))
    #expect(Revocation.outcome(of: HTTPResponse(status: 401)) == .refused(reason: "HTTP 401"))
    #expect(Revocation.outcome(of: HTTPResponse(status: 302)) == .refused(reason: "HTTP 302"))
    #expect(Revocation.outcome(of: HTTPResponse(status: 503)) == .refused(reason: "HTTP 503"))
  }
}
