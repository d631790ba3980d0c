import Model
import Testing

@testable import Broker

/// Who tries again after a renewal that failed, and when.
@Suite struct RecordedFailureTests {
  private static let faults: [(code: String?, kind: FailureKind)] = [
    ("AccessDenied", .refused), ("MalformedPolicyDocument", .configuration), (nil, .unreachable),
  ]

  private func fail(_ world: World, _ code: String?) {
    world.provider.set {
      $0.stsError = code
      $0.stsIsDown = code == nil
    }
    world.provider.resetCounts()
  }

  private func mend(_ world: World) {
    world.provider.set {
      $0.stsError = nil
      $0.stsIsDown = false
    }
  }

  @Test(arguments: faults) func `a renewal that failed holds everyone back, whatever failed`(
    fault: (code: String?, kind: FailureKind)
  ) throws {
    let world = try World()
    try world.login()
    world.clocks.advance(seconds: 3700)
    fail(world, fault.code)
    #expect(failure { try world.lease() }?.kind == fault.kind)
    let tries = world.provider.counts.exchanges
    for _ in 0..<5 {
      let again = failure { try world.lease() }
      #expect(again?.kind == fault.kind)
      #expect(again?.message.contains("the next try is due at") == true)
    }
    #expect(world.provider.counts.exchanges == tries)
    mend(world)
    world.clocks.advance(seconds: 61)
    _ = try world.lease()
    #expect(world.files("credentials-").allSatisfy { !$0.hasSuffix(".failed") })
  }

  @Test(arguments: faults) func `who sets it up tries again at once, but not at a server that is down`(
    fault: (code: String?, kind: FailureKind)
  ) throws {
    let world = try World()
    try world.login(world.profile { $0.roleARN = nil })
    fail(world, fault.code)
    _ = failure { try world.lease() }
    let tries = world.provider.counts.exchanges
    _ = failure { try world.lease() }
    #expect(world.provider.counts.exchanges == (fault.kind == .unreachable ? tries : tries + 1))
  }

  @Test func `a failure that is only repeated makes no new pause`() throws {
    let world = try World()
    try world.login()
    world.clocks.advance(seconds: 4000)
    world.provider.set { $0.isDown = true }
    _ = failure { try world.token() }
    let other = world.profile { $0.roleARN = "arn:aws:iam::111122223333:role/other" }
    let again = failure { try world.lease(other) }
    #expect(again?.message.contains("(tried a moment ago") == true)
    #expect(world.files("credentials-").filter { $0.hasSuffix(".failed") } == [])
    let third = failure { try world.lease(other) }
    #expect(third == again)
  }

  @Test func `a server that asks to be left alone is, whichever document was asked for`() throws {
    let world = try World()
    try world.login()
    world.clocks.advance(seconds: 4000)
    world.provider.set { $0.metadataRetryAfter = 600 }
    #expect(failure { try world.lease() }?.kind == .unreachable)
    let tries = world.provider.counts.all
    world.clocks.advance(seconds: 300)
    #expect(failure { try world.lease() }?.kind == .unreachable)
    #expect(world.provider.counts.all == tries)
  }

  @Test func `another token is tried at once`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("robot"))
    _ = try world.lease(world.job())
    world.clocks.advance(seconds: 3500)
    world.setFile("/token", world.provider.issue("robot"))
    fail(world, "AccessDenied")
    _ = failure { try world.lease(world.job()) }
    world.setFile("/token", world.provider.issue("robot"))
    mend(world)
    _ = try world.lease(world.job())
  }

  @Test func `a refresh that the provider refuses in any way rests too`() throws {
    let world = try World()
    try world.login()
    world.clocks.advance(seconds: 4000)
    world.provider.set { $0.refusesRefresh = "invalid_client" }
    for _ in 0..<4 { #expect(failure { try world.token() }?.kind == .refused) }
    #expect(world.provider.counts.refreshes == 1)
  }

  @Test func `a login ends the rest, for every role`() throws {
    let world = try World()
    let ops = world.profile { $0.roleARN = "arn:aws:iam::111122223333:role/ops" }
    try world.login()
    _ = try world.lease(ops)
    world.clocks.advance(seconds: 3700)
    fail(world, "AccessDenied")
    _ = failure { try world.lease() }
    _ = failure { try world.lease(ops) }
    mend(world)
    try world.login(world.profile { $0.roleARN = nil })
    _ = try world.lease()
    _ = try world.lease(ops)
  }

  /// By the wall clock alone where nothing tells one boot from another.
  @Test(arguments: [true, false], [-86_400, -40, 86_400] as [Int64])
  func `a wall clock that is set makes nobody rest for longer`(knowsBoot: Bool, step: Int64) throws {
    let world = try World()
    world.knowsBoot = knowsBoot
    try world.login()
    world.clocks.advance(seconds: 3700)
    fail(world, "AccessDenied")
    _ = failure { try world.lease() }
    let tries = world.provider.counts.exchanges
    world.clocks.step(step)
    _ = failure { try world.lease() }
    if knowsBoot { #expect(world.provider.counts.exchanges == tries) }
    world.clocks.advance(seconds: 61)
    let earlier = world.provider.counts.all
    _ = failure { try world.lease() }
    #expect(world.provider.counts.all > earlier)
  }

  @Test func `a clock that was wrong when it was recorded makes nobody rest for ever`() throws {
    let world = try World()
    world.knowsBoot = false
    try world.login()
    world.clocks.advance(seconds: 3700)
    world.clocks.step(86_400)
    fail(world, "AccessDenied")
    _ = failure { try world.lease() }
    world.clocks.step(-86_400)
    mend(world)
    _ = try world.lease()
  }

  @Test func `a record of an older form holds for an hour at most`() throws {
    let world = try World()
    try world.login()
    world.clocks.advance(seconds: 3700)
    fail(world, "AccessDenied")
    _ = failure { try world.lease() }
    mend(world)
    let name = try #require(world.files("credentials-").first { $0.hasSuffix(".failed") })
    func write(_ left: Int64) throws {
      let until = (world.clocks.wall() + left).seconds
      try world.overwrite(name, Array(#"{"until":\#(until),"kind":"refused","message":"no","hint":null}"#.utf8))
    }
    try write(50)
    #expect(failure { try world.lease() }?.kind == .refused)
    try write(3601)
    _ = try world.lease()
  }
}

@Suite struct SupplyTests {
  private func failing() throws -> (World, CredentialBroker) {
    let world = try World()
    try world.login()
    world.clocks.advance(seconds: 2500)
    world.provider.set { $0.stsIsDown = true }
    return (world, CredentialBroker(world.surroundings(), profile: world.profile()))
  }

  private func supply(_ broker: CredentialBroker, _ world: World) throws(Failure) -> Supply {
    try broker.supply(.atLeast(0), until: world.clocks.boot() + .seconds(25))
  }

  @Test func `whoever gets the old credentials is told why`() throws {
    let (world, broker) = try failing()
    let first = try supply(broker, world)
    #expect(first.setback?.kind == .unreachable && first.setback?.isRemembered == false)
    let exchanges = world.provider.counts.exchanges
    let second = try supply(broker, world)
    #expect(second.lease == first.lease && second.setback?.isRemembered == true)
    #expect(world.provider.counts.exchanges == exchanges, "nobody was asked")
  }

  @Test func `fresh ones come without a setback, whatever failed before`() throws {
    let (world, broker) = try failing()
    #expect(try supply(broker, world).setback != nil)
    world.provider.set { $0.stsIsDown = false }
    world.clocks.advance(seconds: 61)
    #expect(try supply(broker, world).setback == nil)
    #expect(broker.retryDue() == nil)
  }

  @Test func `the next try is due when the record says`() throws {
    let (world, broker) = try failing()
    #expect(broker.retryDue() == nil)
    _ = try supply(broker, world)
    let due = try #require(broker.retryDue())
    #expect(due > .seconds(0) && due <= .seconds(60))
    world.clocks.advance(seconds: due.components.seconds)
    #expect(broker.retryDue() == nil)
    #expect(try supply(broker, world).setback?.isRemembered == false, "it is made then")
  }

  @Test func `whoever asks for it passes over the record`() throws {
    let (world, broker) = try failing()
    _ = try supply(broker, world)
    world.provider.set { $0.stsIsDown = false }
    broker.forgetFailures()
    #expect(try supply(broker, world).setback == nil)
  }

  @Test func `so does a session whose provider failed`() throws {
    let (world, broker) = try failing()
    world.clocks.advance(seconds: 2500)
    world.provider.set {
      $0.stsIsDown = false
      $0.isDown = true
    }
    #expect(failure { try supply(broker, world) }?.kind == .unreachable)
    #expect(broker.retryDue() != nil)
    world.provider.set { $0.isDown = false }
    #expect(failure { try supply(broker, world) }?.isRemembered == true)
    broker.forgetFailures()
    #expect(try supply(broker, world).setback == nil)
  }
}
