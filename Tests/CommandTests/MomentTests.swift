import Model
import Testing

@testable import Command

@Suite struct MomentTests {
  @Test(arguments: [Int64.min, .min + 1, -1, 0, .max]) func `any moment can be said`(seconds: Int64) {
    let now = WallTime(seconds: 1_800_000_000)
    let text = Moment.text(WallTime(seconds: seconds), now: now)
    #expect(text.contains(seconds > now.seconds ? "(in " : "(over for "))
  }
}
