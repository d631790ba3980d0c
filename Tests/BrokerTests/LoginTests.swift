import Model
import OIDC
import Testing

@testable import Broker

@Suite struct LoginTests {
  @Test func `a login ends with a session and credentials, and its events come in order`() throws {
    let world = try World()
    let audience = Audience()
    let outcome = try LoginFlow(world.surroundings(), profile: world.profile(), presenter: audience) {
      () throws(CallbackFailure) in throw .unbound(reason: "")
    }.run()
    #expect(
      audience.events == [
        "code ABCD-EFGH https://op.example/activate", "pending", "authorized alice", "credentials 111122223333",
      ])
    #expect(outcome.session.identity.subject == "alice")
    #expect(outcome.lease?.arn == "arn:aws:sts::111122223333:assumed-role/dev/alice@example.org")
    #expect(world.provider.counts.device == 1)
    #expect(world.provider.counts.exchanges == 1)
    #expect(world.lines.warnings == [])
  }

  @Test(arguments: [6, nil] as [Int64?])
  func `the timeout bounds what comes before the code, and not the person's time`(timeout: Int64?) throws {
    let world = try World()
    let profile = world.profile { $0.timeout = timeout.map { .seconds($0) } }
    world.provider.set { $0.deviceHangs = true }
    let before = world.clocks.boot()
    let silence = failure { try world.login(profile) }
    #expect(silence?.kind == .unreachable)
    // Of three tries the last one's time alone would mislead.
    #expect(silence?.message.hasSuffix("(3 tries in 33 s)") == (timeout == nil))
    #expect(world.clocks.boot() - before <= .seconds(timeout ?? 60))
    #expect(world.provider.counts.device == (timeout == nil ? 3 : 1))
    world.provider.set {
      $0.deviceHangs = false
      $0.pendingPolls = 20
    }
    try world.login(profile)
  }

  @Test func `what failed several times says how often, and in what time`() throws {
    let world = try World()
    world.provider.set { $0.isDown = true }
    let down = failure { try world.login() }
    #expect(down?.message.contains("no connection to op.example: Connection refused (3 tries in ") == true)
  }

  @Test func `a second call makes no request`() throws {
    let world = try World()
    let bought = try world.login().lease
    world.provider.resetCounts()
    let lease = try world.lease()
    #expect(lease == bought)
    _ = try world.token()
    #expect(world.provider.counts.all == 0)
  }

  @Test func `a cached call reads the key once`() throws {
    let world = try World()
    try world.login()
    _ = world.disk.takeReads()
    _ = try world.lease()
    let reads = world.disk.takeReads()
    #expect(reads.count { $0 == "key" } == 1)
    #expect(reads.count { $0.hasPrefix("session-") } == 1)
  }

  @Test func `one login serves other roles, durations, policies and profiles`() throws {
    let world = try World()
    try world.login()
    world.provider.resetCounts()
    world.setFile("/policy", #"{"Version":"2012-10-17","Statement":[]}"#)
    let first = try world.lease()
    let others = [
      try world.lease(world.profile { $0.roleARN = "arn:aws:iam::111122223333:role/ops" }),
      try world.lease(world.profile { $0.duration = .seconds(900) }),
      try world.lease(world.profile { $0.sessionPolicyFile = "/policy" }),
      try world.lease(world.profile { $0.region = "eu-west-1" }),
      try world.lease(world.profile { $0.audience = "sts.amazonaws.com" }),
    ]
    #expect(Set(others.map(\.credentials.accessKeyID)).count == 5)
    #expect(!others.contains { $0.credentials.accessKeyID == first.credentials.accessKeyID })
    #expect(world.provider.counts.device == 0)
    #expect(world.provider.counts.exchanges == 5)
  }

  @Test func `another scope or session label is another session`() throws {
    let world = try World()
    try world.login()
    #expect(failure { try world.lease(world.profile { $0.session = "bob" }) }?.kind == .loginRequired)
    #expect(failure { try world.lease(world.profile { $0.scopes = ["openid"] }) }?.kind == .loginRequired)
    #expect(try world.lease(world.profile { $0.scopes = ["email", "openid", "profile", "openid"] }).account != nil)
  }

  @Test func `without a session the failure names the command`() throws {
    let world = try World()
    let missing = failure { try world.lease() }
    #expect(missing?.kind == .loginRequired)
    #expect(missing?.hint == "run `daypass login`")
  }

  @Test func `a person is not asked where nothing can be kept`() throws {
    let world = try World()
    world.disk.fail(.unwritable)
    let refused = failure { try world.login() }
    #expect(refused?.kind == .output)
    #expect(refused?.message.contains(world.directory) == true)
    #expect(refused?.hint?.contains("DAYPASS_HOME") == true)
    #expect(world.provider.counts.all == 0)
  }

  @Test func `a new login without a refresh token clears the old one`() throws {
    let world = try World()
    try world.login()
    #expect(try world.record().refreshToken != nil)
    world.provider.set { $0.givesRefreshToken = false }
    try world.login()
    #expect(try world.record().refreshToken == nil)
  }

  @Test(arguments: [Disk.Fault.busy, .unwritable])
  func `a session that cannot get its lock is stored all the same`(fault: Disk.Fault) throws {
    let world = try World()
    world.provider.set { [disk = world.disk] in $0.duringPoll = { disk.fail(fault) } }
    try world.login(world.profile { $0.roleARN = nil })
    world.disk.fail(nil)
    #expect(try world.record().refreshToken != nil)
    #expect(world.lines.warnings.count == 1)
  }

  @Test func `if the exchange fails the session stays`() throws {
    let world = try World()
    world.provider.set { $0.stsError = "AccessDenied" }
    #expect(failure { try world.login() }?.kind == .refused)
    world.provider.set { $0.stsError = nil }
    #expect(try world.lease().account == "111122223333")
    #expect(world.provider.counts.device == 1)
  }

  @Test func `a login buys with its own identity, whatever token is configured beside it`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("robot"))
    let outcome = try world.login(world.profile { $0.tokenFile = "/token" })
    let key = try #require(outcome.lease?.credentials.accessKeyID)
    #expect(world.provider.buyer(of: key) == "alice")
  }

  @Test func `an unknown key costs exactly one more request for the keys`() throws {
    let world = try World()
    world.provider.set { $0.signer = Signer(kid: "k2", seed: 2) }
    #expect(failure { try world.login() }?.kind == .malformed)
    #expect(world.provider.counts.keys == 2)
    #expect(world.files("session-") == [])
  }

  @Test func `an unreadable client secret names setting, file and reason`() throws {
    let world = try World()
    let refused = failure { try world.login(world.profile { $0.clientSecretFile = "/secret" }) }
    #expect(refused?.kind == .configuration)
    #expect(refused?.message == "client_secret_file (default): /secret: there is no such file")
  }
}
