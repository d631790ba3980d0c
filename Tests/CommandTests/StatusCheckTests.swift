import Model
import Testing

@testable import Broker
@testable import Command

private let now = WallTime(seconds: 1_795_356_000)
private let day: Int64 = 86_400

private func person(_ change: (inout ProfileStatus) -> Void = { _ in }) -> ProfileStatus {
  var status = ProfileStatus(name: "prod", source: "login", state: .ok, issuer: "https://idp.example", subject: "00u1")
  status.canRefresh = true
  status.refreshedAt = now + -3600
  change(&status)
  return status
}

private func fault(_ status: ProfileStatus, minimum: Int64? = nil, age: Int64 = day) -> String? {
  StatusCheck(statuses: [status], now: now, minimumSession: minimum, refreshAge: age).fault(status)
}

@Suite("status --check")
struct StatusCheckTests {
  @Test("an end that is known: a day before it, or when a quarter is left of a shorter session")
  func sessionEnd() {
    let hours: Int64 = 8 * 3600
    let cases: [(Int64, Int64, Bool)] = [
      (30 * day, 86_401, false), (30 * day, 86_399, true), (hours, 7201, false), (hours, 7199, true), (hours, -1, true),
    ]
    for (length, left, isFault) in cases {
      let status = person {
        $0.sessionLength = length
        $0.sessionExpiresAt = now + left
      }
      #expect((fault(status) != nil) == isFault, "\(length) \(left)")
      #expect(fault(status, minimum: 0) == nil || left < 0)
      #expect(fault(status, minimum: left + 1)?.contains("run `daypass login --profile prod`") == true)
    }
  }

  @Test("what is left by a clock that nobody sets counts before what the wall clock says")
  func clocks() {
    let status = person {
      $0.sessionLength = 30 * day
      $0.sessionExpiresAt = now + 2 * day
      $0.sessionSecondsLeft = day / 2
    }
    #expect(fault(status) != nil && fault(status, minimum: day / 2) == nil)
  }

  @Test("a configured end is called so")
  func configured() {
    let status = person {
      $0.isEndConfigured = true
      $0.sessionLength = 10 * day
      $0.sessionExpiresAt = now + 3600
    }
    #expect(fault(status)?.hasPrefix("by session_lifetime the session ends at") == true)
  }

  @Test("an end that nobody knows: by the last refresh")
  func refreshAge() {
    #expect(fault(person { $0.refreshedAt = now + -day }) == nil)
    let old = person { $0.refreshedAt = now + -(day + 1) }
    #expect(fault(old)?.contains("not refreshed for 24 h") == true)
    #expect(fault(old, age: 2 * day) == nil)
  }

  @Test("a refresh that failed is named, and cut to what an alert can show")
  func failure() {
    let long = Failure(.refused, "AccessDenied " + String(repeating: "x", count: 5000))
    let status = person { $0.failure = RecordedFailure(failedAt: now + -300, until: now + -250, failure: long) }
    let text = fault(status) ?? ""
    #expect(text.hasPrefix("the last refresh failed 5 min ago: AccessDenied"))
    #expect(text.count < 300)
  }

  @Test("faults come first, one line each, and what to do stands with them")
  func lines() {
    let lost = person {
      $0.name = "work"
      $0.state = .loginRequired
      $0.reason = "the provider ended the session\nCRITICAL"
    }
    let locked = person { $0.state = .locked }
    let check = StatusCheck(statuses: [person(), lost, locked], now: now)
    let lines = check.text.split(separator: "\n")
    #expect(check.hasFaults && lines.count == 3)
    #expect(lines[0].hasPrefix("work: login required: the provider ended the session"))
    #expect(lines[0].hasSuffix("run `daypass login --profile work`"))
    #expect(lines[1].hasPrefix("prod: locked"))
    #expect(lines[2] == "prod: ok; refreshed 60 min ago")
    #expect(!StatusCheck(statuses: [person()], now: now).hasFaults)
  }
}
