import Model
import OIDC
import Testing

@testable import Broker

@Suite struct RefreshTests {
  private func loggedIn(_ change: (inout SmallProvider.Behaviour) -> Void = { _ in }) throws -> World {
    let world = try World()
    world.provider.set(change)
    try world.login()
    world.provider.resetCounts()
    return world
  }

  @Test(arguments: [true, false])
  func `a session outlives its ID token`(rotates: Bool) throws {
    let world = try loggedIn { $0.rotates = rotates }
    for round in 1...5 {
      world.clocks.advance(seconds: 4000)
      #expect(try world.lease().secondsLeft(world.surroundings()) == 3600)
      #expect(world.provider.counts.refreshes == round)
    }
    #expect(world.provider.counts.reuses == 0)
    let record = try world.record()
    #expect(record.rotates == rotates)
    #expect(record.redeemingSince == nil)
    #expect(record.refreshedAt == world.clocks.wall())
  }

  @Test func `an answer without an ID token keeps the old one while it is valid, then a person must log in`() throws {
    let world = try loggedIn { $0.givesIDTokenAtRefresh = false }
    world.clocks.advance(seconds: 3560)
    let old = try world.token(nil, 0)
    #expect(try world.token(nil, 60).token == old.token)
    #expect(try world.record().refreshToken?.exposedText() != nil)
    world.clocks.advance(seconds: 100)
    let ended = failure { try world.token() }
    #expect(ended?.kind == .loginRequired)
    #expect(ended?.message.contains("no new one at a refresh") == true)
    // It is known now, and not asked for again.
    #expect(world.provider.counts.refreshes == 1)
    #expect(try world.status().state == .loginRequired)
  }

  @Test func `a session that ended at the provider is told at once, and asked for once`() throws {
    let world = try loggedIn { $0.refusesRefresh = "invalid_grant" }
    world.clocks.advance(seconds: 4000)
    for _ in 0..<3 {
      let ended = failure { try world.lease() }
      #expect(ended?.kind == .loginRequired)
      #expect(ended?.hint == "run `daypass login`")
    }
    world.clocks.advance(seconds: 100)
    #expect(failure { try world.lease() }?.kind == .loginRequired)
    #expect(world.provider.counts.refreshes == 1)
    #expect(world.provider.counts.exchanges == 0)
    #expect(try world.record().refreshToken == nil)
    #expect(try world.status().wasEnded)
    world.provider.set { $0.refusesRefresh = nil }
    try world.login()
    #expect(try world.lease().account == "111122223333")
  }

  @Test func `a lost answer of a provider that does not rotate costs one more request`() throws {
    let world = try loggedIn { $0.rotates = false }
    world.clocks.advance(seconds: 4000)
    _ = try world.lease()
    world.provider.resetCounts()
    world.provider.set { $0.losesAnswers = 1 }
    world.clocks.advance(seconds: 4000)
    _ = try world.lease()
    #expect(world.provider.counts.refreshes == 2)
    #expect(try world.record().redeemingSince == nil)
  }

  @Test func `a lost answer of a provider that rotates is called so`() throws {
    let world = try loggedIn { $0.losesAnswers = 1 }
    world.clocks.advance(seconds: 4000)
    #expect(failure { try world.lease() }?.kind == .unreachable)
    // Two of the same token would be taken for a theft. The mark tells, and it is tried once more.
    #expect(world.provider.counts.refreshes == 1)
    #expect(world.provider.counts.reuses == 0)
    #expect(try world.record().redeemingSince != nil)
    world.forgetFailures()
    let lost = failure { try world.lease() }
    #expect(lost?.kind == .loginRequired)
    #expect(lost?.message.contains("was lost") == true)
  }

  @Test(arguments: [(500, 1), (502, 1), (504, 1), (503, 2), (429, 2)])
  func `a token is not sent twice in one run where the answer may be hidden`(status: Int, requests: Int) throws {
    let world = try loggedIn { $0.refreshStatuses = [status] }
    world.clocks.advance(seconds: 4000)
    #expect((failure { try world.token() } == nil) == (requests == 2))
    #expect(world.provider.counts.refreshes == requests)
  }

  @Test(arguments: [403, 404])
  func `of a page instead of an answer only what is known is said`(status: Int) throws {
    let world = try loggedIn { $0.refreshStatuses = [status] }
    world.clocks.advance(seconds: 4000)
    #expect(failure { try world.token() }?.message.contains("not OAuth (HTTP \(status))") == true)
    world.forgetFailures()
    world.provider.set { $0.refusesRefreshSilently = true }
    let ended = failure { try world.token() }
    #expect(ended?.kind == .loginRequired)
    #expect(ended?.message.contains("brought no answer that could be used: if the provider gave one") == true)
  }

  /// What a login leaves that would not wait any longer for the lock.
  private func replace(_ world: World, loggedInAt: WallTime) throws {
    let keeper = try SessionKeeper(world.surroundings(), profile: world.profile())
    let token = UnverifiedToken(Secret(world.provider.issue("bob", audience: "daypass")))
    try keeper.store.write(
      SessionRecord(idToken: token, refreshToken: Secret("bobs"), loggedInAt: loggedInAt), like: nil)
  }

  @Test(arguments: [nil, "invalid_grant"])
  func `a login that did not wait keeps its session`(refusal: String?) throws {
    let world = try loggedIn { $0.refusesRefresh = refusal }
    world.clocks.advance(seconds: 4000)
    world.provider.set {
      $0.duringRefresh = { try? self.replace(world, loggedInAt: world.clocks.wall()) }
    }
    defer { world.provider.set { $0.duringRefresh = nil } }
    #expect(try world.token().subject == "bob")
    #expect(try world.record().refreshToken?.exposedText() == "bobs")
    #expect(try world.record().redeemingSince == nil)
    #expect(world.provider.counts.revocations == (refusal == nil ? 1 : 0))
    #expect(world.files("session-").count == 1)
  }

  @Test func `after a logout that did not wait, nothing is bought`() throws {
    let world = try loggedIn()
    world.clocks.advance(seconds: 4000)
    world.provider.set {
      $0.duringRefresh = {
        for name in world.files("session-") { try? world.disk.remove(name) }
      }
    }
    defer { world.provider.set { $0.duringRefresh = nil } }
    let ended = failure { try world.lease() }
    #expect(ended?.kind == .loginRequired)
    #expect(ended?.message.contains("logged out meanwhile") == true)
    #expect(world.provider.counts.exchanges == 0)
    #expect(world.provider.counts.revocations == 1)
    #expect(world.files("session-") == [])
  }

  @Test func `a redemption may take all the time there is`() throws {
    let world = try loggedIn()
    world.clocks.advance(seconds: 4000)
    _ = try world.token()
    #expect(world.provider.longestRefreshTimeout.map { $0 > .seconds(20) } == true)
  }

  @Test func `a wall clock that was set back revives no ID token`() throws {
    let world = try loggedIn()
    world.provider.set { $0.isDown = true }
    world.clocks.advance(seconds: 4000)
    world.clocks.step(-3600)
    #expect(failure { try world.token() }?.kind == .unreachable)
  }

  @Test func `the mark of a redemption that was cut off tells that its answer was lost`() throws {
    let world = try loggedIn()
    world.clocks.advance(seconds: 4000)
    // As a process leaves it that is killed while it waits: the mark is on disk, the new token is not.
    world.provider.set { $0.isDown = true }
    var record = try world.record()
    record.redeemingSince = world.clocks.wall()
    let keeper = try SessionKeeper(world.surroundings(), profile: world.profile())
    try keeper.store.write(record, like: nil)
    #expect(failure { try world.lease() }?.kind == .unreachable)
    #expect(try world.record().redeemingSince != nil)
    world.forgetFailures()
    world.provider.set {
      $0.isDown = false
      $0.refusesRefresh = "invalid_grant"
    }
    #expect(failure { try world.lease() }?.message.contains("was lost") == true)
  }

  @Test func `a refusal in the provider's own words leaves no mark`() throws {
    let world = try loggedIn { $0.refusesRefresh = "invalid_client" }
    world.clocks.advance(seconds: 4000)
    #expect(failure { try world.lease() }?.kind == .refused)
    let record = try world.record()
    #expect(record.redeemingSince == nil)
    #expect(record.refreshToken != nil)
  }

  @Test func `another person's token is not taken at a refresh`() throws {
    let world = try loggedIn { $0.subject = "alice" }
    world.provider.set { $0.subject = "mallory" }
    world.clocks.advance(seconds: 4000)
    #expect(failure { try world.lease() }?.kind == .malformed)
    #expect(world.provider.counts.exchanges == 0)
    #expect(try world.status().subject == "alice")
  }

  @Test func `an outage of the provider is recorded, in whatever process, and passes`() throws {
    let world = try loggedIn()
    world.clocks.advance(seconds: 4000)
    world.provider.set { $0.isDown = true }
    #expect(failure { try world.lease() }?.kind == .unreachable)
    let tries = world.provider.counts.all
    for _ in 0..<5 {
      let again = failure { try world.token() }
      #expect(again?.kind == .unreachable)
      #expect(again?.message.contains("the next try is due at") == true)
    }
    #expect(world.provider.counts.all == tries)
    world.provider.set { $0.isDown = false }
    world.clocks.advance(seconds: 61)
    _ = try world.lease()
  }

  @Test func `a token that the STS refuses is replaced once`() throws {
    let world = try loggedIn()
    world.provider.set { $0.stsError = "InvalidIdentityToken" }
    #expect(failure { try world.lease(nil, .anew) }?.kind == .refused)
    #expect(world.provider.counts.refreshes == 1)
    #expect(world.provider.counts.exchanges == 2)
  }

  @Test func `an ID token is refreshed for who wants more than is left of it`() throws {
    let world = try loggedIn()
    world.clocks.advance(seconds: 1000)
    _ = try world.token(nil, 2000)
    #expect(world.provider.counts.refreshes == 0)
    let fresh = try world.token(nil, 3000)
    #expect(world.provider.counts.refreshes == 1)
    #expect(fresh.expiration == world.clocks.wall() + 3600)
  }

  @Test func `an expired ID token is never handed out`() throws {
    let world = try loggedIn { $0.givesRefreshToken = false }
    world.clocks.advance(seconds: 3599)
    #expect(try world.token(nil, 0).expiration == world.clocks.wall() + 1)
    world.clocks.advance(seconds: 1)
    #expect(failure { try world.token(nil, 0) }?.kind == .loginRequired)
  }

  @Test func `a refusal without a reason costs no session, and is not asked for again at once`() throws {
    let world = try loggedIn { $0.refusesRefreshSilently = true }
    world.clocks.advance(seconds: 4000)
    for _ in 0..<3 { #expect(failure { try world.lease() }?.kind == .loginRequired) }
    #expect(world.provider.counts.refreshes == 1)
    world.provider.set { $0.refusesRefreshSilently = false }
    world.clocks.advance(seconds: 61)
    _ = try world.lease()
  }

  @Test func `a provider that asks to be left alone is left alone, also by the other roles`() throws {
    let world = try loggedIn { $0.refreshRetryAfter = 600 }
    world.clocks.advance(seconds: 4000)
    #expect(failure { try world.lease() }?.kind == .unreachable)
    world.clocks.advance(seconds: 500)
    let other = world.profile { $0.roleARN = "arn:aws:iam::111122223333:role/ops" }
    #expect(failure { try world.lease(other) }?.kind == .unreachable)
    #expect(world.provider.counts.refreshes == 1)
    world.provider.set { $0.refreshRetryAfter = nil }
    world.clocks.advance(seconds: 101)
    _ = try world.lease(other)
  }

  @Test func `a login is not held up by what failed before it`() throws {
    let world = try loggedIn()
    world.clocks.advance(seconds: 4000)
    world.provider.set { $0.refreshRetryAfter = 600 }
    _ = failure { try world.lease() }
    world.provider.set { $0.refreshRetryAfter = nil }
    try world.login()
    _ = try world.lease()
    _ = try world.token(nil, 3601)
  }

  @Test func `who is interrupted ends at once, whatever is left`() throws {
    let world = try loggedIn()
    world.clocks.advance(seconds: 3100)
    world.provider.set { $0.stsIsDown = true }
    world.clocks.interrupt(by: 2)
    #expect(failure { try world.lease() }?.kind == .interrupted(2))
    world.clocks.interrupt(by: nil)
    #expect(try world.lease().secondsLeft(world.surroundings()) > 0)
  }

  @Test func `what was redeemed and cannot be stored is still delivered, with a warning`() throws {
    let world = try loggedIn()
    world.clocks.advance(seconds: 4000)
    world.provider.set { [disk = world.disk] in $0.duringRefresh = { disk.fail(.broken) } }
    _ = try world.lease()
    #expect(world.lines.warnings.contains { $0.contains("going on without keeping anything") })
    // The mark stands for the answer that is not on disk.
    world.disk.fail(nil)
    world.provider.set { $0.duringRefresh = nil }
    #expect(try world.record().redeemingSince != nil)
    #expect(failure { try world.lease(nil, .anew) }?.message.contains("was lost") == true)
  }

  // MARK: State that cannot be written

  @Test(arguments: [Disk.Fault.unwritable, .full])
  func `where nothing can be written a rotating provider's token is not redeemed`(fault: Disk.Fault) throws {
    let world = try loggedIn()
    world.clocks.advance(seconds: 4000)
    world.disk.fail(fault)
    let refused = failure { try world.lease() }
    #expect(refused?.kind == .output)
    #expect(refused?.message.contains(world.directory) == true)
    #expect(refused?.hint?.contains("DAYPASS_HOME") == true)
    #expect(world.provider.counts.refreshes == 0)
  }

  @Test func `where nothing can be written one that was seen not to rotate is used, with one warning`() throws {
    let world = try loggedIn { $0.rotates = false }
    world.clocks.advance(seconds: 4000)
    _ = try world.lease()
    world.clocks.advance(seconds: 4000)
    world.disk.fail(.unwritable)
    _ = try world.lease()
    #expect(world.provider.counts.refreshes == 2)
    #expect(world.lines.warnings.count == 1)
  }

  @Test func `cached credentials are handed out from a directory that cannot be written`() throws {
    let world = try loggedIn()
    let old = try world.lease()
    world.disk.fail(.unwritable)
    for _ in 0..<2 {
      world.clocks.advance(seconds: 900)
      #expect(try world.lease() == old)
    }
    // In the first window nobody can be chosen to renew for all, so each caller does for itself, and is told why.
    world.clocks.advance(seconds: 900)
    for round in 1...2 {
      #expect(try world.lease().secondsLeft(world.surroundings()) == 3600)
      #expect(world.provider.counts.exchanges == round)
    }
    #expect(world.lines.warnings.count { $0.contains("going on without keeping anything") } >= 1)
  }
}
