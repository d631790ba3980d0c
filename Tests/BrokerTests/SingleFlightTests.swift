import Model
import OIDC
import Synchronization
import Testing

@testable import Broker

/// Many callers at once, each as a process of its own would be: nothing shared but the directory.
@Suite struct SingleFlightTests {
  private func inParallel(_ count: Int, _ body: @escaping @Sendable () -> String) async -> [String] {
    await withTaskGroup(of: String.self) { group in
      for _ in 0..<count { group.addTask { body() } }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  private func key(_ world: World) -> String {
    do throws(Failure) { return try world.lease().credentials.accessKeyID } catch { return error.message }
  }

  @Test func `callers without credentials share one exchange`() async throws {
    let world = try World()
    try world.login(world.profile { $0.roleARN = nil })
    world.provider.resetCounts()
    let keys = await inParallel(8) { key(world) }
    #expect(Set(keys).count == 1)
    #expect(world.provider.counts.exchanges == 1)
  }

  @Test func `callers with an expired ID token share one redemption`() async throws {
    let world = try World()
    try world.login()
    world.clocks.advance(seconds: 4000)
    world.provider.resetCounts()
    let keys = await inParallel(8) { key(world) }
    #expect(Set(keys).count == 1)
    #expect(world.provider.counts.refreshes == 1)
    #expect(world.provider.counts.exchanges == 1)
    #expect(world.provider.counts.reuses == 0)
  }

  @Test func `callers share the failure of the one that tried`() async throws {
    let world = try World()
    try world.login(world.profile { $0.roleARN = nil })
    world.provider.set { $0.stsIsDown = true }
    world.provider.resetCounts()
    let messages = await inParallel(8) { key(world) }
    #expect(messages.allSatisfy { $0.contains("503") })
    #expect(world.provider.counts.exchanges == 3)
  }

  @Test func `a rotating refresh token is never redeemed twice`() async throws {
    let world = try World()
    try world.login()
    world.provider.resetCounts()
    for _ in 0..<10 {
      world.clocks.advance(seconds: 3700)
      _ = await inParallel(4) { (try? world.token().token?.raw.exposedText()) ?? "failed" }
    }
    #expect(world.provider.counts.refreshes == 10)
    #expect(world.provider.counts.reuses == 0)
  }

  @Test func `in the first window one renews while the others go on`() throws {
    let world = try World()
    let old = try #require(try world.login().lease)
    world.clocks.advance(seconds: 2500)
    let meanwhile = Mutex<[String]>([])
    world.provider.set {
      $0.duringExchange = { meanwhile.withLock { $0.append(key(world)) } }
    }
    let renewed = try world.lease()
    world.provider.set { $0.duringExchange = nil }
    #expect(renewed.credentials.accessKeyID != old.credentials.accessKeyID)
    #expect(meanwhile.withLock { $0 } == [old.credentials.accessKeyID])
  }

  @Test func `in the second window a holder that hangs is waited for, and then there is what there is`() throws {
    let world = try World()
    let old = try #require(try world.login().lease)
    world.clocks.advance(seconds: 3100)
    world.disk.fail(.busy)
    let before = world.clocks.boot()
    #expect(try world.lease() == old)
    #expect(world.clocks.boot() - before == .seconds(20))
    world.clocks.advance(seconds: 600)
    let busy = failure { try world.lease() }
    #expect(busy?.kind == .busy)
  }

  @Test(arguments: ["AccessDenied", nil] as [String?])
  func `whoever waited for a try that failed does not try again`(code: String?) throws {
    let world = try World()
    try world.login(world.profile { $0.roleARN = nil })
    world.provider.set {
      $0.stsError = code
      $0.stsIsDown = code == nil
    }
    world.disk.beforeNextLock { _ = failure { try world.lease() } }
    let shared = failure { try world.lease() }
    #expect(shared?.kind == (code == nil ? .unreachable : .refused))
    #expect(world.provider.counts.exchanges == (code == nil ? 3 : 1))
    // What a person can mend is tried again at once by whoever comes later.
    _ = failure { try world.lease() }
    #expect(world.provider.counts.exchanges == (code == nil ? 3 : 2))
  }

  @Test func `whoever waited for a refresh takes what it brought`() throws {
    let world = try World()
    try world.login()
    world.clocks.advance(seconds: 4000)
    world.disk.beforeNextLock { _ = try? world.token() }
    _ = try world.token()
    #expect(world.provider.counts.refreshes == 1)
  }

  @Test func `also where no token ever lives as long as is wanted`() throws {
    let world = try World()
    try world.login()
    world.disk.beforeNextLock { _ = try? world.token(nil, 7200) }
    _ = try world.token(nil, 7200)
    #expect(world.provider.counts.refreshes == 1)
    // Whoever comes later asks again: the provider may give longer ones by then.
    _ = try world.token(nil, 7200)
    #expect(world.provider.counts.refreshes == 2)
  }

  @Test func `whoever waited for a refresh that failed does not ask the provider again`() throws {
    let world = try World()
    try world.login()
    world.clocks.advance(seconds: 4000)
    world.provider.set { $0.refusesRefresh = "invalid_client" }
    world.disk.beforeNextLock { _ = failure { try world.token() } }
    #expect(failure { try world.token() }?.kind == .refused)
    #expect(world.provider.counts.refreshes == 1)
  }

  @Test func `a refresh that a logout overtakes does not bring the session back`() throws {
    let world = try World()
    try world.login()
    world.clocks.advance(seconds: 4000)
    world.disk.beforeNextLock { _ = try? world.logout() }
    #expect(failure { try world.token() }?.kind == .loginRequired)
    #expect(world.files("session-") == [])
    #expect(world.provider.counts.refreshes == 0)
  }

  @Test func `nor does one that a logout could not wait for`() throws {
    let world = try World()
    try world.login()
    world.clocks.advance(seconds: 4000)
    world.provider.set {
      $0.hasRevocation = false
      $0.duringRefresh = {
        world.disk.fail(.busy)
        _ = try? world.logout()
        world.disk.fail(nil)
      }
    }
    _ = try? world.token()
    world.provider.set { $0.duringRefresh = nil }
    #expect(world.provider.counts.refreshes == 1)
    #expect(world.files("session-") == [])
  }

  @Test func `a renewal that another login overtakes buys for the new person, under the new person's name`() throws {
    let world = try World()
    try world.login(world.profile { $0.roleARN = nil })
    world.disk.beforeNextLock {
      world.provider.set {
        $0.subject = "bob"
        $0.email = "bob@example.org"
      }
      _ = try? world.login(world.profile { $0.roleARN = nil })
    }
    let bought = try world.lease()
    #expect(world.provider.buyer(of: bought.credentials.accessKeyID) == "bob")
    #expect(world.provider.sessionNames == ["bob@example.org"])
    #expect(try world.lease() == bought)
  }
}
