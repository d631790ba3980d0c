import Model
import OIDC
import Testing

@testable import Broker

/// A day of a client that asks every minute.
@Suite struct DayTests {
  private struct Day {
    var shortest = Int64.max
    var failures = 0
    var expired = 0
  }

  private func live(
    _ world: World, minutes: Range<Int>, _ profile: Profile, each: (Int) -> Void = { _ in }
  ) throws -> Day {
    var day = Day()
    for minute in minutes {
      each(minute)
      do throws(Failure) {
        let lease = try world.lease(profile)
        let left = lease.credentials.expiration - world.clocks.truth
        day.shortest = min(day.shortest, left)
        if left <= 0 { day.expired += 1 }
      } catch {
        day.failures += 1
      }
      world.clocks.advance(seconds: 60)
    }
    return day
  }

  @Test(arguments: [(900, 450), (1800, 900), (3600, 900), (43_200, 900)] as [(Int, Int64)])
  func `roles of 30 minutes and more never show less than 15`(duration: Int, shortest: Int64) throws {
    let world = try World()
    let profile = world.profile { $0.duration = .seconds(duration) }
    try world.login(profile)
    world.provider.resetCounts()
    let day = try live(world, minutes: 0..<1440, profile)
    #expect(day.failures == 0)
    #expect(day.expired == 0)
    // A client that asks once a minute comes up to a minute late to a window.
    #expect(day.shortest >= min(shortest, Int64(duration) / 2) - 60)
    #expect(day.shortest >= (duration >= 1800 ? 900 - 60 : 0))
    let window = min(1200, duration / 2)
    #expect(world.provider.counts.exchanges <= 86_400 / (duration - window) + 1)
    #expect(world.provider.counts.device == 0)
  }

  @Test(arguments: [3600, 43_200])
  func `an outage of half an hour is not noticed where it is shorter than what is left`(duration: Int) throws {
    let world = try World()
    let profile = world.profile { $0.duration = .seconds(duration) }
    world.provider.set { $0.tokenLifetime = 1800 }
    try world.login(profile)
    let day = try live(world, minutes: 0..<1440, profile) { minute in
      // It begins while there is most left, and ends before that has run out.
      let isDown = (300..<330).contains(minute)
      world.provider.set {
        $0.isDown = isDown
        $0.stsIsDown = isDown
      }
    }
    #expect(day.failures == 0)
    #expect(day.expired == 0)
  }

  @Test func `an outage that outlasts the credentials fails, hands out nothing expired, and passes`() throws {
    let world = try World()
    let profile = world.profile { $0.duration = .seconds(900) }
    try world.login(profile)
    world.provider.resetCounts()
    let day = try live(world, minutes: 0..<120, profile) { minute in
      world.provider.set { $0.stsIsDown = (30..<60).contains(minute) }
    }
    #expect(day.expired == 0)
    #expect((1...31).contains(day.failures))
    // One try of three requests at most every half minute, and what the good times need.
    #expect(world.provider.counts.exchanges <= 30 * 3 + 20)
    #expect(try world.lease(profile).credentials.expiration > world.clocks.truth)
  }

  @Test func `the provider may rotate its signing key at any time`() throws {
    let world = try World()
    try world.login()
    let day = try live(world, minutes: 0..<600, world.profile()) { minute in
      if minute == 200 {
        world.provider.set {
          $0.signer = Signer(kid: "k2", seed: 2)
          $0.published = [Signer(kid: "k2", seed: 2)]
        }
      }
    }
    #expect(day.failures == 0)
  }

  @Test(arguments: [-86_400, 86_400] as [Int64])
  func `a clock that somebody sets never revives what has expired`(step: Int64) throws {
    let world = try World()
    try world.login()
    let day = try live(world, minutes: 0..<400, world.profile()) { minute in
      if minute == 100 { world.clocks.step(step) }
      if minute == 300 { world.clocks.step(-step) }
    }
    #expect(day.expired == 0)
    // While it is wrong, servers and this machine cannot agree; after it, everything goes on.
    #expect(day.failures <= 200)
    #expect(try world.lease().credentials.expiration > world.clocks.truth)
  }

  @Test func `a recorded failure holds for 30 to 60 seconds, or as long as the server asks`() throws {
    for (asked, shortest, longest) in [(nil, 30, 60), (5, 30, 60), (300, 300, 300)] as [(Int64?, Int64, Int64)] {
      let world = try World()
      try world.login(world.profile { $0.roleARN = nil })
      world.provider.set {
        $0.stsIsDown = true
        $0.stsRetryAfter = asked
      }
      #expect(failure { try world.lease() }?.kind == .unreachable)
      let tried = world.provider.counts.exchanges
      let start = world.clocks.boot()
      while world.provider.counts.exchanges == tried {
        world.clocks.advance(seconds: 1)
        _ = failure { try world.lease() }
        try #require(world.clocks.boot() - start < .seconds(1000))
      }
      // The tries of the last round took some time of their own.
      let pause = (world.clocks.boot() - start).components.seconds
      #expect(pause >= shortest)
      #expect(pause <= longest + 15)
    }
  }
}
