import Formats
import Model
import OIDC
import Testing

@testable import Broker

@Suite struct LogoutTests {
  @Test func `a logout revokes, and deletes everything bought with the session`() throws {
    let world = try World()
    try world.login()
    let last = try world.lease(
      world.profile {
        $0.roleARN = "arn:aws:iam::111122223333:role/ops"; $0.duration = .seconds(7200)
      })
    world.setFile("/token", world.provider.issue("robot"))
    _ = try world.lease(world.job())
    try world.login(world.profile { $0.session = "other" })
    let outcome = try world.logout()
    #expect(outcome == Logout.Outcome(hadSession: true, revoked: true, keysValidUntil: last.credentials.expiration))
    #expect(world.provider.counts.revocations == 1)
    // What others bought stays.
    #expect(world.files("session-").count == 1)
    #expect(world.files("credentials-").count == 2)
    #expect(world.lines.warnings == [])
    #expect(failure { try world.lease() }?.kind == .loginRequired)
  }

  private func strays(_ world: World) throws -> [StraySession] {
    try StraySession.all(besides: [], world.surroundings(), like: Profile(name: "default"))
  }

  @Test func `a session tells by itself what it takes to revoke it`() throws {
    let world = try World()
    let profile = world.profile {
      $0.session = "other"
      $0.scopes = ["openid", "groups"]
    }
    try world.login(profile)
    let stray = try #require(try strays(world).first)
    let owner = try #require(stray.profile)
    #expect(SessionKey(owner) == SessionKey(profile))
    #expect(try world.logout(owner).revoked)
    #expect(world.files("session-") == [] && world.files("credentials-") == [])
    // Neither do those of profiles that are known.
    try world.login()
    let key = try #require(SessionKey(world.profile()))
    #expect(try StraySession.all(besides: [key], world.surroundings(), like: Profile(name: "x")).isEmpty)
  }

  @Test func `paths are kept where they lead to the same file tomorrow`() throws {
    let world = try World()
    let profile = world.profile {
      $0.clientSecretFile = "/secret"
      $0.caFile = "ca.pem"
    }
    let origin = SessionOrigin(try #require(SessionKey(profile)), profile)
    #expect(SessionOrigin(JSONObject(origin.members)) == origin)
    #expect(origin.clientSecretFile == "/secret" && origin.caFile == nil)
  }

  @Test func `what does not tell or cannot be opened is deleted, what is damaged left alone`() throws {
    let world = try World()
    try world.login()
    var record = try world.record()
    record.origin = nil
    try SessionKeeper(world.surroundings(), profile: world.profile()).store.write(record, like: nil)
    let old = try #require(try strays(world).first)
    #expect(old.profile == nil)
    let locked = world.profile {
      $0.session = "locked"
      $0.store = .keyring
    }
    try world.login(locked)
    world.keyRing.restart()
    let all = try strays(world)
    #expect(all.count == 2)
    for stray in all { _ = try stray.delete(world.surroundings(), like: world.profile()) }
    #expect(world.files("session-") == [] && world.files("credentials-") == [])
    let name = "session-" + String(repeating: "0", count: 40)
    try world.overwrite(name, [1, 2, 3])
    #expect(try strays(world).isEmpty)
    #expect(world.files("session-") == [name])
  }

  @Test func `a session that does not tell whose it is does so after a refresh`() throws {
    let world = try World()
    try world.login()
    var record = try world.record()
    record.origin = nil
    try SessionKeeper(world.surroundings(), profile: world.profile()).store.write(record, like: nil)
    world.clocks.advance(seconds: 3700)
    _ = try world.token()
    #expect(try world.record().refreshedAt != nil)
    #expect(try strays(world).first?.profile.flatMap { SessionKey($0) } == SessionKey(world.profile()))
  }

  @Test func `what is damaged is left as it is`() throws {
    let world = try World()
    try world.login()
    let names = world.files("session-") + world.files("credentials-")
    for name in names { try world.overwrite(name, Array(world.content(name).dropLast())) }
    let outcome = try world.logout()
    #expect(outcome == Logout.Outcome(hadSession: false, revoked: false))
    #expect(world.files("session-") + world.files("credentials-") == names)
    #expect(world.lines.warnings.count == names.count)
  }

  @Test func `everything that was bought can be deleted`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("robot"))
    let lease = try world.lease(world.job())
    #expect(world.files("credentials-issued-").count == 1)
    let end = try Logout.forgetCredentials(world.surroundings(), like: world.profile())
    #expect(end == lease.credentials.expiration && world.files("credentials-") == [])
    #expect(try Logout.forgetCredentials(world.surroundings(), like: world.profile()) == nil)
  }

  @Test func `without a session a logout is done`() throws {
    let world = try World()
    let outcome = try world.logout()
    #expect(outcome == Logout.Outcome(hadSession: false, revoked: false))
    #expect(world.provider.counts.all == 0)
  }

  @Test func `whatever the provider says, the session is deleted here`() throws {
    for change in [{ $0.hasRevocation = false }, { $0.isDown = true }] as [(inout SmallProvider.Behaviour) -> Void] {
      let world = try World()
      try world.login()
      world.provider.set(change)
      let before = world.clocks.boot()
      let outcome = try world.logout()
      #expect(outcome.hadSession && !outcome.revoked)
      #expect(outcome.revocationProblem != nil)
      #expect(world.clocks.boot() - before <= .seconds(5))
      #expect(world.files("session-") == [])
      #expect(world.files("credentials-") == [])
    }
  }

  @Test func `a recorded failure goes with the credentials, and is not taken for damaged ones`() throws {
    let world = try World()
    try world.login()
    world.clocks.advance(seconds: 3100)
    world.provider.set { $0.stsIsDown = true }
    _ = try world.lease()
    #expect(world.files("credentials-").contains { $0.hasSuffix(".failed") })
    let said = world.lines.warnings.count
    _ = try world.logout()
    #expect(world.files("credentials-") == [])
    #expect(world.lines.warnings.count == said)
  }

  @Test func `the last file's key leaves the keyring with it`() throws {
    let world = try World()
    let profile = world.profile { $0.store = .keyring }
    let other = world.profile {
      $0.store = .keyring; $0.session = "other"
    }
    try world.login(profile)
    try world.login(other)
    _ = try world.logout(profile)
    #expect(world.keyRing.count == 1)
    #expect(try world.lease(other).account != nil)
    _ = try world.logout(other)
    #expect(world.keyRing.count == 0)
  }

  @Test(arguments: [true, false])
  func `where nothing can be deleted it is said what the provider did, and which file is left`(isDown: Bool) throws {
    let world = try World()
    try world.login()
    let name = try #require(world.files("session-").first)
    world.disk.fail(.unwritable)
    world.provider.set { $0.isDown = isDown }
    let left = failure { try world.logout() }
    #expect(left?.kind == .output)
    #expect(left?.message.hasPrefix("the session was revoked at the provider, but ") == !isDown)
    #expect(left?.message.hasSuffix("\(world.directory)/\(name) cannot be deleted: Read-only file system") == true)
    #expect(left?.message.contains("no connection to op.example") == isDown)
    #expect(world.files("session-") == [name])
  }

  @Test func `a key leaves the keyring with the last file that names it, also where another place is chosen`() throws {
    let world = try World()
    let keyring = world.profile {
      $0.store = .keyring
      $0.roleARN = nil
    }
    try world.login(keyring)
    #expect(world.keyRing.count == 1)
    try world.login(world.profile { $0.roleARN = nil })
    #expect(world.keyRing.count == 0)
    // What was bought for another role is still sealed with it, until it is deleted.
    try world.login(keyring)
    _ = try world.lease(world.profile { $0.store = .keyring })
    try world.login(world.profile { $0.roleARN = nil })
    #expect(world.keyRing.count == 1)
    _ = try world.logout()
    #expect(world.keyRing.count == 0)
    // A session that tells nothing, too.
    try world.login(keyring)
    for stray in try strays(world) { _ = try stray.delete(world.surroundings(), like: world.profile()) }
    #expect(world.keyRing.count == 0)
  }

  @Test func `an exchange that a logout overtakes keeps nothing`() throws {
    let world = try World()
    try world.login(world.profile { $0.roleARN = nil })
    world.provider.set { $0.duringExchange = { _ = try? world.logout() } }
    _ = try world.lease()
    world.provider.set { $0.duringExchange = nil }
    #expect(world.files("session-") == [])
    #expect(world.files("credentials-") == [])
  }
}
