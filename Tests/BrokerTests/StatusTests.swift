import Model
import OIDC
import Testing

@testable import Broker

@Suite struct StatusTests {
  @Test func `status tells what is there, and asks nobody`() throws {
    let world = try World()
    world.provider.set { $0.refreshExpiresIn = 86_400 }
    let lease = try #require(try world.login().lease)
    world.provider.resetCounts()
    let status = try world.status()
    #expect(status.state == .ok)
    #expect(status.source == "login")
    #expect(status.issuer == "https://op.example")
    #expect(status.subject == "alice")
    #expect(status.label == "alice@example.org")
    #expect(status.roleARN == World.role)
    #expect(status.key == .file)
    #expect(status.canRefresh)
    #expect(status.credentialsExpireAt == lease.credentials.expiration)
    #expect(status.sessionExpiresAt == world.clocks.wall() + 86_400)
    #expect(world.provider.counts.all == 0)
  }

  @Test func `a session that has ended needs a person`() throws {
    let world = try World()
    world.provider.set { $0.refreshExpiresIn = 7200 }
    try world.login()
    world.clocks.advance(seconds: 4000)
    #expect(try world.status().state == .ok)
    #expect(try world.status().credentialsExpireAt == nil)
    world.clocks.advance(seconds: 4000)
    let status = try world.status()
    #expect(status.state == .loginRequired)
    #expect(status.reason?.contains("ended at") == true)
  }

  @Test(arguments: [true, false])
  func `a wall clock that was set back revives no session`(hasRefreshToken: Bool) throws {
    let world = try World()
    world.provider.set {
      $0.givesRefreshToken = hasRefreshToken
      $0.refreshExpiresIn = 3600
    }
    try world.login()
    world.clocks.advance(seconds: 3700)
    world.clocks.step(-3600)
    let status = try world.status()
    #expect(status.state == .loginRequired)
    #expect(status.reason?.contains("this machine's clock was set back since") == true)
    #expect(status.sessionSecondsLeft == -100)
    // What an older daypass stored tells no boot.
    world.knowsBoot = false
    #expect(try world.status().state == .ok)
  }

  @Test(arguments: [true, false])
  func `a refresh whose answer tells no end outlives the end that was told before`(rotates: Bool) throws {
    let world = try World()
    world.provider.set {
      $0.refreshExpiresIn = 60
      $0.rotates = rotates
    }
    try world.login()
    world.provider.set { $0.refreshExpiresIn = nil }
    world.clocks.advance(seconds: 90)
    #expect(try world.status().state == .loginRequired)
    _ = try world.token(nil, 3600)
    #expect(world.provider.counts.refreshes == 1)
    let status = try world.status()
    #expect(status.state == .ok && status.sessionExpiresAt == nil)
  }

  @Test func `a refresh token that stays keeps the end that was told of it`() throws {
    let world = try World()
    world.provider.set {
      $0.refreshExpiresIn = 86_400
      $0.rotates = false
    }
    try world.login()
    let end = try world.status().sessionExpiresAt
    world.provider.set { $0.refreshExpiresIn = nil }
    world.clocks.advance(seconds: 90)
    _ = try world.token(nil, 3600)
    #expect(world.provider.counts.refreshes == 1)
    #expect(try world.status().sessionExpiresAt == end)
  }

  @Test func `a session whose token cannot be read asks for a login and hides nothing`() throws {
    let world = try World()
    try world.login()
    let keeper = try SessionKeeper(world.surroundings(), profile: world.profile())
    var record = try world.record()
    record.idToken = UnverifiedToken(Secret("no token"))
    try keeper.store.write(record, like: nil)
    let status = try world.status()
    #expect(status.state == .loginRequired)
    #expect(status.reason?.contains("no usable session") == true)
  }

  @Test func `without a refresh token a session ends with its ID token`() throws {
    let world = try World()
    world.provider.set { $0.givesRefreshToken = false }
    try world.login()
    let status = try world.status()
    #expect(!status.canRefresh)
    #expect(status.sessionExpiresAt == status.identityExpiresAt)
  }

  @Test func `no session, no identity and a job's token are told apart`() throws {
    let world = try World()
    #expect(try world.status().state == .loginRequired)
    let nobody = try world.status(Profile(name: "x"))
    #expect(nobody.state == .none)
    #expect(nobody.reason?.contains("no identity") == true)
    #expect(try world.status(world.job()).state == .none)
    world.setFile("/token", world.provider.issue("robot", lifetime: 300))
    let job = try world.status(world.job())
    #expect(job.state == .ok)
    #expect(job.source == "file")
    #expect(job.subject == "robot")
    #expect(job.identityExpiresAt == world.clocks.wall() + 300)
    world.clocks.advance(seconds: 301)
    let expired = try world.status(world.job())
    #expect(expired.state == .none)
    #expect(expired.reason?.contains("expired") == true)
  }
}
