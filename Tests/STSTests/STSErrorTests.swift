import Model
import STS
import Testing

@Suite struct STSErrorTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let code: String
    var message = ""
    let status: Int
    let kind: FailureKind
    var retry = false
    var fresh = false
    var testDescription: String { "\(code) \(status) \(message)" }
  }

  static let rows: [Row] = [
    Row(code: "IDPCommunicationError", status: 400, kind: .unreachable, retry: true),
    Row(
      code: "InvalidIdentityToken", message: "No OpenIDConnect provider found", status: 400, kind: .refused, fresh: true
    ),
    Row(
      code: "InvalidIdentityToken",
      message: "Couldn't retrieve verification key from your identity provider, please reference",
      status: 400, kind: .refused, retry: true),
    Row(code: "ExpiredTokenException", status: 400, kind: .malformed, fresh: true),
    Row(code: "ExpiredToken", status: 400, kind: .malformed, fresh: true),
    Row(code: "IDPRejectedClaim", status: 403, kind: .refused),
    Row(code: "AccessDenied", status: 403, kind: .refused),
    Row(code: "AccessDeniedException", status: 403, kind: .refused),
    Row(code: "MalformedPolicyDocument", status: 400, kind: .configuration),
    Row(code: "PackedPolicyTooLarge", status: 400, kind: .configuration),
    Row(code: "ValidationError", status: 400, kind: .configuration),
    Row(code: "MissingParameter", status: 400, kind: .configuration),
    Row(code: "InvalidParameterValue", status: 400, kind: .refused),
    Row(code: "RegionDisabledException", status: 403, kind: .configuration),
    Row(code: "Throttling", status: 400, kind: .unreachable, retry: true),
    Row(code: "ThrottlingException", status: 400, kind: .unreachable, retry: true),
    Row(code: "ThrottledException", status: 400, kind: .unreachable, retry: true),
    Row(code: "RequestThrottledException", status: 400, kind: .unreachable, retry: true),
    Row(code: "TooManyRequestsException", status: 429, kind: .unreachable, retry: true),
    Row(code: "RequestLimitExceeded", status: 503, kind: .unreachable, retry: true),
    Row(code: "InvalidClientTokenId", status: 403, kind: .refused),
    Row(code: "SignatureDoesNotMatch", status: 403, kind: .refused),
    Row(code: "RequestExpired", status: 400, kind: .refused),
    Row(code: "InternalError", status: 500, kind: .unreachable, retry: true),
    Row(code: "STSNotInitialized", status: 503, kind: .unreachable, retry: true),
    Row(code: "InvalidAction", status: 400, kind: .configuration),
    Row(code: "NotImplemented", status: 501, kind: .configuration),
    Row(code: "SomethingNew", status: 400, kind: .refused),
    Row(code: "SomethingNew", status: 500, kind: .unreachable, retry: true),
  ]

  @Test(arguments: rows)
  func codeDecidesWhatComesNext(_ row: Row) {
    let error = fault(row.code, row.message, status: row.status)
    #expect(error.kind == row.kind)
    #expect(error.isRetryable == row.retry)
    #expect(error.needsFreshToken == row.fresh)
    #expect(error.message.contains(row.code))
    #expect(error.message.hasSuffix("[request id r-1]"))
  }

  @Test(arguments: [
    (404, FailureKind.configuration, false), (405, .configuration, false), (408, .unreachable, true),
    (429, .unreachable, true),
    (500, .unreachable, true), (502, .unreachable, true), (503, .unreachable, true), (504, .unreachable, true),
    (509, .unreachable, true), (400, .malformed, false), (418, .malformed, false), (401, .refused, false),
    (403, .refused, false),
    (302, .malformed, false), (307, .malformed, false), (204, .malformed, false),
  ])
  func repliesWithoutACodeAreJudgedByTheirStatus(_ status: Int, _ kind: FailureKind, _ isRetryable: Bool) {
    for body in ["", "<html><body>secret page</body></html>", "not found", "{\"code\":\"x\"}"] {
      let error = errorOf(reply(body, status: status))
      #expect(error.kind == kind)
      #expect(error.isRetryable == isRetryable)
      #expect(error.message.contains("\(status)"))
      #expect(!error.message.contains("page"))
      #expect(error.hint != nil || status == 204)
    }
  }

  @Test func bareErrorOfS3AndErrorUnderSuccess() {
    let bare =
      "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message></Message><RequestId>9</RequestId></Error>"
    for status in [200, 403] {
      let error = errorOf(reply(bare, status: status))
      #expect(error.kind == .refused)
      #expect(error.message == "the STS answered AccessDenied (status \(status)) [request id 9]")
    }
  }

  @Test func refusalNamesTheTokensClaims() {
    let claims = TokenClaims(issuer: "https://idp.example/\u{1B}[31m", audience: ["a", "b"], subject: nil)
    for code in ["AccessDenied", "InvalidIdentityToken", "IDPRejectedClaim"] {
      let hint = fault(code, status: 403).explained(with: .token(claims)).hint ?? ""
      #expect(hint.contains("iss https://idp.example/\\u{1b}[31m, aud a and b, sub missing"))
      #expect(hint.contains("likeliest: "))
    }
    #expect(fault("AccessDenied", status: 403).hint?.contains("sts:TagSession") == true)
  }

  @Test func repeatedTokenAndControlCharactersAreNotShown() {
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
    let message = fault("InvalidParameterValue", "bad token \(token), sorry&#10;daypass: fine").message
    #expect(message.contains("bad token <redacted>, sorry\\u{a}daypass: fine"))
    #expect(!message.contains("eyJ"))
  }

  @Test(arguments: [("7", Int64(7)), ("-1", nil), ("1e99", nil), ("soon", nil), ("Sun, 22 Nov 2026 14:00:30 GMT", 30)])
  func retryAfterIsRead(_ header: String, _ seconds: Int64?) {
    #expect(errorOf(reply("", status: 503, headers: [("retry-after", header)])).retryAfter == seconds)
  }

  @Test func everyHintIsOneLine() {
    for row in Self.rows {
      let hint = fault(row.code, row.message, status: row.status).hint
      #expect(hint?.contains("\n") != true)
      #expect(hint != nil)
    }
  }

  @Test func maximumDurationGoesDownStepByStep() {
    let tooLong = fault(
      "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    var asked = [DurationChoice.max.first()]
    while let next = DurationChoice.max.next(after: asked[asked.count - 1], because: tooLong) { asked.append(next) }
    #expect(asked == [43_200, 28_800, 14_400, 7_200, 3_600])
    #expect(DurationChoice.max.next(after: 43_200, because: fault("ValidationError", "RoleSessionName")) == nil)
    #expect(DurationChoice.max.next(after: 43_200, because: fault("AccessDenied", "DurationSeconds")) == nil)
    #expect(DurationChoice.seconds(7200).next(after: 7200, because: tooLong) == nil)
    #expect(DurationChoice.max.first(remembered: 14_400) == 14_400)
    #expect(DurationChoice.max.first(remembered: 5) == 43_200)
    #expect(DurationChoice.seconds(900).first(remembered: 14_400) == 900)
  }
}
