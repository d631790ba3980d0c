// What one renewal costs the schedule, at several sizes: the earliest is taken, and comes back at a later time.

/// Numbers without a pattern that cost next to nothing.
struct Scatter {
  private var state: UInt64 = 88_172_645_463_325_252

  mutating func next(below limit: UInt64) -> Int64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int64(state % limit)
  }
}

var scatter = Scatter()
for count in [100, 1_000, 10_000, 100_000] {
  var schedule = Schedule<Int>()
  for item in 0..<count { schedule.add(item, at: BootTime(nanoseconds: scatter.next(below: 3_600_000))) }
  let rounds = 200_000
  var best = Duration.seconds(3600)
  for _ in 0..<5 {
    let elapsed = ContinuousClock().measure {
      for _ in 0..<rounds {
        guard let due = schedule.next, let item = schedule.take(by: due) else { fatalError("it is empty") }
        schedule.add(item, at: due + .nanoseconds(2_400_000 + scatter.next(below: 480_000)))
      }
    }
    best = min(best, elapsed)
  }
  print(count, Int(best.inSeconds * 1e9) / rounds)
}
