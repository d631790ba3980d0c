import Model
import OIDC
import Testing

@Suite("The device grant's schedule")
struct DeviceGrantScheduleTests {
  @Test func aThousandPollsAreNeverEarlyEvenOnAClockThatRunsSevenPercentFast() {
    var polls = 0
    // One code lasts an hour at most, so several logins make the thousand.
    while polls < 1000 {
      var simulation = Simulation()
      simulation.run(authorization: { _ in .success(.authorization(["expires_in": "3600"])) }) { _, _ in
        .success(.pending)
      }
      #expect(!simulation.gaps.isEmpty)
      #expect(simulation.gaps.allSatisfy { $0 / 1.07 >= .seconds(5) })
      #expect(simulation.gaps.allSatisfy { $0 < .seconds(6) })
      polls += simulation.polls.count
    }
  }

  @Test func theFirstPollWaitsOneIntervalAfterTheCodeCame() throws {
    var simulation = Simulation()
    let begin = simulation.now
    simulation.run { _, _ in .success(.granted) }
    let first = try #require(simulation.polls.first)
    #expect(first.start - begin >= .seconds(5))
    #expect(simulation.tokens?.refreshToken == Secret("rt"))
    #expect(simulation.tokens?.idToken == UnverifiedToken(Secret("a.b.c")))
    #expect(simulation.error == nil)
  }

  @Test func slowAnswersDoNotShortenTheGap() {
    var simulation = Simulation()
    simulation.latency = .seconds(4)
    simulation.run { _, _ in .success(.pending) }
    #expect(simulation.gaps.allSatisfy { $0 >= .seconds(5) })
  }

  @Test func eachSlowDownAddsFiveSecondsForGood() {
    var simulation = Simulation()
    simulation.run { poll, _ in
      switch poll {
      case 0, 1, 3, 4, 6: .success(.slowDown)
      case 9: .success(.granted)
      default: .success(.pending)
      }
    }
    let expected: [Int64] = [10, 15, 15, 20, 25, 25, 30, 30, 30]
    #expect(simulation.gaps.count == expected.count)
    for (gap, seconds) in zip(simulation.gaps, expected) {
      #expect(gap >= .seconds(seconds) && gap <= .seconds(seconds) * 1.11)
    }
    #expect(simulation.progress.filter { $0 != .pending } == [10, 15, 20, 25, 30].map { .slowDown(interval: $0) })
    #expect(simulation.tokens != nil)
  }

  @Test func aServerThatAlwaysSaysSlowDownIsObeyedUntilTheCodeEnds() {
    var simulation = Simulation()
    simulation.run { _, _ in .success(.slowDown) }
    #expect(simulation.error == .codeExpired(trouble: nil))
    #expect(simulation.polls.count > 10)
    for (index, gap) in simulation.gaps.enumerated() { #expect(gap >= .seconds(10 + 5 * index)) }
  }

  @Test(arguments: [
    ("30", 30), ("\"45\"", 45), ("3", 10), ("-1", 10), ("1e300", 60), ("[]", 10), ("null", 10), ("1.5", 10),
  ])
  func theIntervalInASlowDownOnlyWidens(_ stated: String, _ seconds: Int64) throws {
    var simulation = Simulation()
    simulation.run { poll, _ in
      .success(poll == 0 ? .json(#"{"error":"slow_down","interval":\#(stated)}"#, status: 400) : .granted)
    }
    #expect(simulation.progress == [.pending, .slowDown(interval: seconds)])
    #expect(try #require(simulation.gaps.first) >= .seconds(seconds))
  }

  @Test func failuresInARowDoubleTheGapUpToAMinuteAndAProperAnswerResetsIt() {
    var simulation = Simulation()
    let timeout = TransportFailure.timedOut(host: "op.example", after: .seconds(10))
    simulation.run { poll, _ in
      switch poll {
      case 0..<6: .failure(timeout)
      case 6: .success(.pending)
      case 7: .failure(timeout)
      default: .success(.granted)
      }
    }
    let expected: [Int64] = [10, 20, 40, 60, 60, 60, 5, 10]
    #expect(simulation.gaps.count == expected.count)
    for (gap, seconds) in zip(simulation.gaps, expected) {
      #expect(gap >= .seconds(seconds) && gap <= .seconds(seconds) * 1.11)
    }
    #expect(simulation.tokens != nil)
  }

  @Test func ninetySecondsOfOutageInTheMiddleDoNotEndTheLogin() {
    var simulation = Simulation()
    simulation.run { _, time in
      switch time {
      case ..<Duration.seconds(20): .success(.pending)
      case ..<Duration.seconds(30): .failure(.exhausted(reason: "Too many open files"))
      case ..<Duration.seconds(50): .failure(.unconnected(host: "op.example", reason: "refused"))
      case ..<Duration.seconds(80): .failure(.broken(host: "op.example", reason: "reset by peer"))
      case ..<Duration.seconds(110): .success(HTTPResponse(status: 503, body: Array("<html>".utf8)))
      default: .success(.granted)
      }
    }
    #expect(simulation.error == nil)
    #expect(simulation.tokens != nil)
    #expect(simulation.progress.first == .pending)
    #expect(simulation.progress.count { if case .retrying = $0 { true } else { false } } >= 3)
  }

  @Test func pendingIsReportedOnceAndAgainAfterTrouble() {
    var simulation = Simulation()
    simulation.run { poll, _ in
      switch poll {
      case 3: .success(HTTPResponse(status: 502))
      case 8: .success(.granted)
      default: .success(.pending)
      }
    }
    let kinds = simulation.progress.map { if case .retrying = $0 { "retrying" } else { "pending" } }
    #expect(kinds == ["pending", "retrying", "pending"])
  }

  @Test func pendingIsReportedBeforeTheFirstPollAlsoWhereTheApprovalIsThereAtOnce() {
    var simulation = Simulation()
    simulation.run { _, _ in .success(.granted) }
    #expect(simulation.progress == [.pending])
    #expect(simulation.polls.count == 1)
  }

  @Test(arguments: [
    ("7", 10), ("120", 120), ("-5", 10), ("1e99", 10), ("garbage", 10), ("Tue, 14 Nov 2023 22:15:00 GMT", 100),
  ])
  func retryAfterIsHonoured(_ header: String, _ seconds: Int64) throws {
    // The simulation's wall clock says 22:13:20.
    var simulation = Simulation()
    simulation.run { poll, _ in
      .success(poll == 0 ? HTTPResponse(status: 429, headers: [("retry-after", header)]) : .granted)
    }
    let gap = try #require(simulation.gaps.first)
    #expect(gap >= .seconds(seconds) && gap <= .seconds(seconds) * 1.11)
  }

  @Test func aRetryAfterBeyondTheCodeEndsAtTheCodesEnd() throws {
    var simulation = Simulation()
    simulation.run { _, _ in .success(HTTPResponse(status: 503, headers: [("retry-after", "99999999999")])) }
    #expect(simulation.polls.count == 1)
    let deadline = try #require(simulation.shown.first).deadline
    #expect(simulation.waits.last == deadline)
    guard case .codeExpired(_?) = simulation.error else {
      Issue.record("not expired: \(String(describing: simulation.error))")
      return
    }
  }

  @Test func expiryEndsItWithoutAnotherPoll() throws {
    var simulation = Simulation()
    simulation.run(authorization: { _ in .success(.authorization(["expires_in": "60"])) }) { _, _ in .success(.pending)
    }
    #expect(simulation.error == .codeExpired(trouble: nil))
    let deadline = try #require(simulation.shown.first).deadline
    #expect(simulation.polls.allSatisfy { $0.start < deadline })
    #expect(simulation.polls.count == 10)
    #expect(simulation.requests.count == 11)
    #expect(simulation.now == deadline)
  }

  @Test func sleepingPastTheCodesEndEndsItWithoutAnotherPoll() {
    var simulation = Simulation()
    simulation.run(duringWait: { if $0.polls.count == 2 { $0.now = $0.now + .seconds(7200) } }) { _, _ in
      .success(.pending)
    }
    #expect(simulation.error == .codeExpired(trouble: nil))
    #expect(simulation.polls.count == 2)
  }

  @Test func sleepingWhileAnAnswerIsAwaitedEndsItToo() {
    var grant = DeviceGrant(.simple())
    var now = BootTime(nanoseconds: 0)
    let wall = WallTime(seconds: 0)
    _ = grant.step(.start)
    _ = grant.step(.reply(.authorization(), now: now, wall: wall))
    now = now + .seconds(6)
    _ = grant.step(.timePassed(now: now))
    now = now + .seconds(3600)
    let last = grant.step(.transportFailed(.broken(host: "op.example", reason: "reset"), now: now))
    guard last.count == 1, case .failed(.codeExpired) = last.first else {
      Issue.record("went on with \(last)")
      return
    }
  }

  @Test func aDayOfWallClockStepsChangesNothing() {
    func schedule(step: Int64) -> [BootTime] {
      var simulation = Simulation()
      var sign: Int64 = 1
      simulation.run(duringWait: {
        $0.wall = $0.wall + step * sign
        sign = -sign
      }) { poll, _ in .success(poll == 20 ? .granted : .pending) }
      return simulation.polls.map(\.start)
    }
    #expect(schedule(step: 86_400) == schedule(step: 0))
    #expect(schedule(step: -86_400) == schedule(step: 0))
    #expect(schedule(step: 0).count == 21)
  }

  @Test func wakingEarlyDoesNotPollEarly() {
    var simulation = Simulation()
    simulation.run(duringWait: { if $0.waits.count % 3 != 0 { $0.now = $0.now + .seconds(1) } }) { poll, _ in
      .success(poll == 5 ? .granted : .pending)
    }
    #expect(simulation.gaps.allSatisfy { $0 >= .seconds(5) })
    #expect(simulation.tokens != nil)
  }

  @Test(arguments: [(1, 1), (2, 2), (5, 3)])
  func noCodeIsAskedForPastTheDeadline(_ seconds: Int, _ requests: Int) {
    let deadline = BootTime(nanoseconds: 1_000_000_000_000) + .seconds(seconds)
    var simulation = Simulation(.simple(codeDeadline: deadline))
    simulation.run(authorization: { _ in .failure(.timedOut(host: "op.example", after: .seconds(1))) }) { _, _ in
      .success(.granted)
    }
    #expect(simulation.requests.count == requests)
    #expect(simulation.error == .transport(.timedOut(host: "op.example", after: .seconds(1))))
    #expect(simulation.now < deadline)
  }

  @Test func afterTheEndNothingHappens() {
    var simulation = Simulation()
    simulation.run { _, _ in .success(.error("access_denied")) }
    var grant = simulation.grant
    #expect(grant.step(.start).isEmpty)
    #expect(grant.step(.timePassed(now: BootTime(nanoseconds: .max))).isEmpty)
    #expect(grant.step(.reply(.granted, now: simulation.now, wall: simulation.wall)).isEmpty)
  }

  @Test func timesAtTheEndOfTheClockDoNotTrap() {
    var grant = DeviceGrant(.simple())
    _ = grant.step(.start)
    let end = BootTime(nanoseconds: .max - 5)
    let actions = grant.step(.reply(.authorization(), now: end, wall: WallTime(seconds: .max)))
    #expect(actions.count == 3)
    #expect(!grant.step(.timePassed(now: BootTime(nanoseconds: .max))).isEmpty)
  }
}
