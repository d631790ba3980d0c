// What one renewal costs the schedule, at several sizes: the earliest is taken, and comes back at a later time. Then how
// many renewals there are in the busiest second of some hours.

import Glibc

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
  var best = clock_t.max
  for _ in 0..<5 {
    let start = clock()
    for _ in 0..<rounds {
      guard let due = schedule.next, let item = schedule.take(by: due) else { fatalError("it is empty") }
      schedule.add(item, at: due + .nanoseconds(2_400_000 + scatter.next(below: 480_000)))
    }
    best = min(best, clock() - start)
  }
  print("cost", count, best * 1_000_000_000 / Int(CLOCKS_PER_SEC) / rounds)
}

func moment(_ second: Int64) -> BootTime { BootTime(nanoseconds: second * 1_000_000_000) }

var spread = Spread()
var renewals = Schedule<Int>()
for profile in 0..<10_000 { renewals.add(profile, at: moment(Int64(profile % 60))) }
var (most, total) = (0, 0)
for second in Int64(0)..<(24 * 3600) {
  // The first minute, in which they all came, is not one of renewals.
  if second % 3600 == 0 || second == 60 { (most, total) = (0, 0) }
  var count = 0
  while let profile = renewals.take(by: moment(second)) {
    count += 1
    renewals.add(profile, at: moment(second) + spread.renewal(due: 2401, lifetime: 3600, now: moment(second)).pause)
  }
  most = max(most, count)
  total += count
  let hour = second / 3600 + 1
  if second % 3600 == 3599, [1, 2, 3, 4, 8, 24].contains(hour) { print("hour", hour, most, total) }
}
