import Model
import Testing

struct TimeTests {
  @Test func wallTimeSaturates() {
    #expect(WallTime(seconds: 10) + 5 == WallTime(seconds: 15))
    #expect(WallTime(seconds: 10) + -15 == WallTime(seconds: -5))
    #expect(WallTime(seconds: .max) + 1 == WallTime(seconds: .max))
    #expect(WallTime(seconds: .max) + .max == WallTime(seconds: .max))
    #expect(WallTime(seconds: .min) + -1 == WallTime(seconds: .min))
    #expect(WallTime(seconds: .min) + .min == WallTime(seconds: .min))
    #expect(WallTime(seconds: .max) + .min == WallTime(seconds: -1))
  }

  @Test func wallTimeDifferencesSaturate() {
    #expect(WallTime(seconds: 15) - WallTime(seconds: 10) == 5)
    #expect(WallTime(seconds: 10) - WallTime(seconds: 15) == -5)
    #expect(WallTime(seconds: .max) - WallTime(seconds: .min) == .max)
    #expect(WallTime(seconds: .min) - WallTime(seconds: .max) == .min)
    #expect(WallTime(seconds: 0) - WallTime(seconds: .min) == .max)
  }

  @Test func bootTimeMovesByDurations() {
    let start = BootTime(nanoseconds: 1_000)
    #expect(start + .nanoseconds(5) == BootTime(nanoseconds: 1_005))
    #expect(start + .seconds(2) - start == .seconds(2))
    #expect(start - (start + .seconds(2)) == .seconds(-2))
    #expect(start + .seconds(Int64.max) == BootTime(nanoseconds: .max))
    #expect(BootTime(nanoseconds: .max) + .nanoseconds(1) == BootTime(nanoseconds: .max))
  }

  @Test func durationsSaturate() {
    #expect(Duration.zero.saturatedNanoseconds == 0)
    #expect(Duration.milliseconds(1_500).saturatedNanoseconds == 1_500_000_000)
    #expect(Duration.milliseconds(-1_500).saturatedNanoseconds == -1_500_000_000)
    #expect(Duration.seconds(Int64.max).saturatedNanoseconds == .max)
    #expect(Duration.seconds(Int64.min).saturatedNanoseconds == .min)
    #expect(Duration.nanoseconds(Int64.max).saturatedNanoseconds == .max)
    #expect((Duration.nanoseconds(Int64.max) + .nanoseconds(1)).saturatedNanoseconds == .max)
    #expect(Duration.milliseconds(1_500).inSeconds == 1.5)
    #expect(Duration.milliseconds(-250).inSeconds == -0.25)
  }

  @Test func timesAreOrdered() {
    #expect(WallTime(seconds: 1) < WallTime(seconds: 2))
    #expect(!(WallTime(seconds: 2) < WallTime(seconds: 2)))
    #expect(BootTime(nanoseconds: -1) < BootTime(nanoseconds: 0))
  }
}
