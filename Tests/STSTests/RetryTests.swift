import Model
import STS
import Testing

@Suite struct RetryTests {
  private let outage = ExchangeFailure.transport(.unconnected(host: "sts.example", reason: "x"))

  @Test func atMostThreeTriesWithFullJitter() {
    #expect(Retry.delay(after: 1, failedWith: outage, random: 0, remaining: .seconds(25)) == .zero)
    #expect(Retry.delay(after: 1, failedWith: outage, random: 0.5, remaining: .seconds(25)) == .milliseconds(500))
    #expect(Retry.delay(after: 2, failedWith: outage, random: 0.5, remaining: .seconds(25)) == .seconds(1))
    #expect(Retry.delay(after: 3, failedWith: outage, random: 0, remaining: .seconds(25)) == nil)
    for attempt in [Int.min, -1, 0, Int.max] {
      #expect(Retry.delay(after: attempt, failedWith: outage, random: 0, remaining: .seconds(25)) == nil)
    }
    for random in [Double.nan, .infinity, -1, 7] {
      #expect(Retry.delay(after: 1, failedWith: outage, random: random, remaining: .seconds(25)) == .zero)
    }
  }

  @Test func whatCannotSucceedIsNotRepeated() {
    for failure in [
      ExchangeFailure.transport(.untrusted(host: "h", reason: "r")), .transport(.interrupted(Interrupted(signal: 2))),
      .sts(fault("AccessDenied", status: 403)), .sts(fault("ExpiredTokenException")), .sts(.unexpectedReply("x")),
    ] {
      #expect(Retry.delay(after: 1, failedWith: failure, random: 0, remaining: .seconds(25)) == nil)
    }
    #expect(ExchangeFailure.sts(fault("ExpiredTokenException")).needsFreshToken)
  }

  @Test func serversTimeIsHonouredWithinTheDeadline() {
    func failure(_ retryAfter: String) -> ExchangeFailure {
      .sts(errorOf(reply("", status: 503, headers: [("retry-after", retryAfter)])))
    }
    #expect(Retry.delay(after: 1, failedWith: failure("7"), random: 0.9, remaining: .seconds(25)) == .seconds(7))
    #expect(Retry.delay(after: 1, failedWith: failure("0"), random: 0.5, remaining: .seconds(25)) == .milliseconds(500))
    #expect(Retry.delay(after: 1, failedWith: failure("25"), random: 0, remaining: .seconds(25)) == nil)
    #expect(
      Retry.delay(after: 1, failedWith: failure(String(repeating: "9", count: 99)), random: 0, remaining: .seconds(25))
        == nil)
    #expect(Retry.delay(after: 1, failedWith: outage, random: 0.5, remaining: .milliseconds(100)) == nil)
    #expect(Retry.delay(after: 1, failedWith: outage, random: 0, remaining: .zero) == nil)
  }
}
