import Model
import Testing

@testable import Broker

/// `[[profile.NAME.then]]`: further roles, each assumed with the credentials of the one before.
@Suite struct ChainTests {
  private static let second = "arn:aws:iam::111122223333:role/second"
  private static let third = "arn:aws:iam::111122223333:role/path/third"

  private func world() throws -> World {
    let world = try World()
    world.setFile("/token", world.provider.issue("repo:a"))
    return world
  }

  private func chained(
    _ world: World, _ roles: [String] = [second], _ change: (inout Profile) -> Void = { _ in }
  ) -> Profile {
    world.job {
      $0.chain = roles.map { ChainStep(roleARN: $0) }
      change(&$0)
    }
  }

  @Test func `roles follow one another, signed with the credentials of the one before, named as the first`() throws {
    let world = try world()
    let lease = try world.lease(
      chained(world, [Self.second, Self.third]) {
        $0.sessionName = "me"
        $0.chain[1].sessionName = "mine"
        $0.chain[1].duration = 900
        $0.chain[1].externalID = "ext"
        $0.chain[1].tags = [ChainStep.Tag(key: "team", value: "core")]
        $0.chain[1].transitiveTagKeys = ["team"]
        $0.chain[1].sourceIdentity = "anna"
        $0.chain[1].policyARNs = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
        $0.chain[1].sessionPolicyFile = "/policy"
        world.setFile("/policy", "{\"Version\":\"2012-10-17\"}\n")
      })
    #expect(lease.arn == "arn:aws:sts::111122223333:assumed-role/third/mine")
    #expect(lease.lifetime == 900)
    #expect(world.provider.buyer(of: lease.credentials.accessKeyID) == "repo:a")
    let steps = world.provider.steps
    #expect(steps.map { $0["RoleArn"] } == [Self.second, Self.third])
    #expect(steps.map { $0["RoleSessionName"] } == ["me", "mine"])
    #expect(steps.map { $0["DurationSeconds"] } == ["3600", "900"])
    #expect(steps[0].keys.allSatisfy { !$0.hasPrefix("Tag") && $0 != "ExternalId" && $0 != "SourceIdentity" })
    #expect(steps[1]["ExternalId"] == "ext" && steps[1]["SourceIdentity"] == "anna")
    #expect(steps[1]["Tags.member.1.Key"] == "team" && steps[1]["Tags.member.1.Value"] == "core")
    #expect(steps[1]["TransitiveTagKeys.member.1"] == "team")
    #expect(steps[1]["PolicyArns.member.1.arn"] == "arn:aws:iam::aws:policy/ReadOnlyAccess")
    #expect(steps[1]["Policy"] == "{\"Version\":\"2012-10-17\"}")
  }

  @Test func `without a session name the steps are called what the STS called the first session`() throws {
    let world = try world()
    _ = try world.lease(chained(world))
    #expect(world.provider.steps.map { $0["RoleSessionName"] } == world.provider.sessionNames)
  }

  @Test func `what was bought is found again, and another step finds nothing of it`() throws {
    let world = try world()
    let first = try world.lease(chained(world))
    #expect(try world.lease(chained(world)) == first)
    #expect(world.provider.counts.exchanges == 1 && world.provider.counts.steps == 1)
    let changes: [(inout ChainStep) -> Void] = [
      { $0.duration = 900 }, { $0.externalID = "ext" }, { $0.sessionName = "other" }, { $0.sourceIdentity = "anna" },
      { $0.tags = [ChainStep.Tag(key: "a", value: "b")] }, { $0.roleARN = Self.third },
      { $0.policyARNs = ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }, { $0.sessionPolicyFile = "/policy" },
    ]
    world.setFile("/policy", "{\"Version\":\"1\"}")
    for (index, change) in changes.enumerated() {
      _ = try world.lease(chained(world) { change(&$0.chain[0]) })
      #expect(world.provider.counts.steps == index + 2)
    }
    // Another text in the same file is another policy.
    world.setFile("/policy", "{\"Version\":\"2\"}")
    _ = try world.lease(chained(world) { $0.chain[0].sessionPolicyFile = "/policy" })
    #expect(world.provider.counts.steps == changes.count + 2)
    // The first role's credentials served all of them, and serve whoever wants no more.
    #expect(world.provider.counts.exchanges == 1)
    #expect(try world.lease(world.job()).arn?.contains("/dev/") == true)
    #expect(world.provider.counts.exchanges == 1)
  }

  @Test func `a chain lasts an hour, and is renewed from a first role that lasts longer without another token`() throws
  {
    let world = try world()
    let profile = chained(world) { $0.duration = .seconds(43_200) }
    let first = try world.lease(profile)
    #expect(first.lifetime == 3600)
    #expect(first.root == Lease.Root(obtainedAt: first.obtainedAt, expiration: first.obtainedAt + 43_200))
    for hour in 1...11 {
      world.clocks.advance(seconds: 3600)
      #expect(try world.lease(profile).secondsLeft(world.surroundings()) == 3600)
      #expect(world.provider.counts.steps == hour + 1)
    }
    #expect(world.provider.counts.exchanges == 1)
  }

  @Test func `max finds what the first role grants`() throws {
    let world = try world()
    world.provider.set { $0.longestDuration = 14_400 }
    let lease = try world.lease(chained(world) { $0.duration = .maximum })
    #expect(lease.lifetime == 3600 && lease.root?.expiration == lease.obtainedAt + 14_400)
  }

  @Test func `what is expected is expected of the last role, before anything is sent`() throws {
    let world = try world()
    #expect(try world.lease(chained(world) { $0.expectRole = "second" }).account == "111122223333")
    world.provider.resetCounts()
    #expect(failure { try world.lease(chained(world) { $0.expectRole = "dev" }) }?.kind == .refused)
    #expect(
      failure { try world.lease(chained(world) { $0.expectAccount = "999900001111" }) }?.kind == .refused)
    #expect(world.provider.counts.all == 0)
  }

  @Test func `and then of the reply, which is neither handed out nor kept where it is another`() throws {
    let world = try world()
    let profile = chained(world, ["arn:aws:iam:::role/second"]) { $0.expectAccount = "999900001111" }
    let refused = try #require(failure { try world.lease(profile) })
    #expect(refused.kind == .refused && refused.message.hasPrefix("then no. 1: expect_account"))
    // Only the first role's are there.
    let kept = world.files("credentials-").filter { !$0.hasSuffix(".failed") }
    #expect(kept.count == 1)
    world.provider.set { $0.saysWhichRole = false }
    world.forgetFailures()
    #expect(failure { try world.lease(profile) }?.kind == .refused)
    #expect(world.provider.counts.callers == 1)
  }

  @Test func `a refusal names the step, its role and the likely reasons`() throws {
    let world = try world()
    world.provider.set { $0.chainErrors = ["AccessDenied"] }
    let refused = try #require(
      failure {
        try world.lease(
          chained(world) { $0.chain[0].origin = .file(path: "/c.toml", line: 7) })
      })
    #expect(refused.kind == .refused)
    #expect(refused.message.hasPrefix("then no. 1 (/c.toml:7), \(Self.second): the STS answered AccessDenied"))
    #expect(refused.hint?.contains("sts:AssumeRole to \(World.role)") == true)
    #expect(world.provider.counts.steps == 1)
  }

  @Test func `what the settings alone decide is said before the identity is looked at`() throws {
    let world = try World()
    let changes: [(inout Profile) -> Void] = [
      { $0.chain[0].tags = [ChainStep.Tag(key: "aws:x", value: "1")] }, { $0.chain[0].duration = 7200 },
      { $0.chain[0].sessionPolicyFile = "/nowhere" }, { $0.sessionPolicyFile = "/nowhere" },
      { $0.duration = .seconds(60) }, { $0.policyARNs = ["x"] }, { $0.sessionName = "a b" },
    ]
    for change in changes {
      // Neither a token nor a session is there.
      let job = chained(world, [Self.second], change)
      #expect(failure { try world.lease(job) }?.kind == .configuration)
      #expect(failure { try CredentialBroker(world.surroundings(), profile: job).checkSettings() } != nil)
      var person = world.profile { $0.chain = job.chain }
      change(&person)
      #expect(failure { try world.lease(person) }?.kind == .configuration)
      #expect(failure { try world.login(person) }?.kind == .configuration)
    }
    #expect(world.provider.counts.all == 0)
  }

  @Test func `a duration beyond the hour of a chained role is said where a person looks, not where it is bought`()
    throws
  {
    let world = try World()
    let said = "AWS grants a chained role 1 h at most: duration (default) lengthens the first role's session only"
    func notice(_ profile: Profile) throws -> String? {
      try CredentialBroker(world.surroundings(), profile: profile).checkSettings()
    }
    for duration in [CredentialDuration.seconds(43_200), .seconds(3601), .maximum] {
      #expect(try notice(chained(world) { $0.duration = duration }) == said)
    }
    #expect(try notice(chained(world)) == nil)
    #expect(try notice(world.job { $0.duration = .maximum }) == nil)
    let profile = world.profile {
      $0.duration = .maximum
      $0.chain = [ChainStep(roleARN: Self.second)]
    }
    try world.login(profile)
    #expect(world.lines.warnings == [said])
    world.clocks.advance(seconds: 3601)
    _ = try world.lease(profile)
    #expect(world.lines.warnings == [said])
  }

  @Test func `a second step that fails is called the second`() throws {
    let world = try world()
    let profile = chained(world, [Self.second, "arn:aws:iam::1:role/x"])
    let refused = try #require(failure { try world.lease(profile) })
    #expect(refused.kind == .configuration && refused.message.hasPrefix("then no. 2: role_arn"))
    #expect(world.provider.counts.all == 0)
  }

  @Test func `throttling is tried again, three times in all`() throws {
    let world = try world()
    world.provider.set { $0.chainErrors = ["Throttling", "Throttling"] }
    _ = try world.lease(chained(world))
    #expect(world.provider.counts.steps == 3 && world.provider.counts.exchanges == 1)
    world.provider.resetCounts()
    world.provider.set { $0.chainIsDown = true }
    let failed = failure { try world.lease(chained(world, [Self.third])) }
    #expect(failed?.kind == .unreachable && world.provider.counts.steps == 3)
  }

  @Test func `cached credentials of the first role that are not taken any more are replaced once`() throws {
    let world = try world()
    _ = try world.lease(world.job())
    for code in ["ExpiredToken", "InvalidClientTokenId"] {
      world.provider.resetCounts()
      world.clocks.advance(seconds: 60)
      world.provider.set { $0.chainErrors = [code] }
      _ = try world.lease(chained(world, code == "ExpiredToken" ? [Self.second] : [Self.third]))
      #expect(world.provider.counts.exchanges == 1 && world.provider.counts.steps == 2)
    }
    world.clocks.advance(seconds: 60)
    world.provider.resetCounts()
    world.provider.set { $0.chainErrors = ["AccessDenied"] }
    #expect(failure { try world.lease(chained(world) { $0.chain[0].duration = 900 }) }?.kind == .refused)
    #expect(world.provider.counts.exchanges == 0 && world.provider.counts.steps == 1)
  }

  @Test func `a renewal that fails at a step leaves what there is, and rests`() throws {
    let world = try world()
    let first = try world.lease(chained(world))
    world.clocks.advance(seconds: 3600 - 500)
    world.provider.set { $0.chainIsDown = true }
    world.provider.resetCounts()
    #expect(try world.lease(chained(world)) == first)
    #expect(world.provider.counts.steps == 3)
    #expect(try world.lease(chained(world)) == first)
    #expect(world.provider.counts.steps == 3)
  }

  @Test func `a role in another partition is refused by name`() throws {
    let world = try world()
    let profile = chained(world, ["arn:aws-cn:iam::111122223333:role/x"]) { $0.stsEndpoint = nil }
    let refused = try #require(failure { try world.lease(profile) })
    #expect(refused.kind == .configuration && refused.message.contains("then no. 1: role_arn is in partition aws-cn"))
    let elsewhere = chained(world, ["arn:aws-cn:iam::111122223333:role/x"]) {
      $0.stsEndpoint = nil
      $0.region = "eu-central-1"
    }
    #expect(failure { try world.lease(elsewhere) }?.message.hasPrefix("then no. 1: region eu-central-1") == true)
    #expect(world.provider.counts.all == 0)
  }

  @Test func `a login's one exchange goes all the way, and a logout takes all of it along`() throws {
    let world = try World()
    let profile = world.profile { $0.chain = [ChainStep(roleARN: Self.second)] }
    let outcome = try world.login(profile)
    #expect(outcome.lease?.arn == "arn:aws:sts::111122223333:assumed-role/second/alice@example.org")
    #expect(world.provider.counts.exchanges == 1 && world.provider.counts.steps == 1)
    #expect(try world.lease(profile) == outcome.lease)
    let status = try world.status(profile)
    #expect(status.roleARN == Self.second)
    #expect(status.credentialsExpireAt == outcome.lease?.credentials.expiration)
    #expect(world.files("credentials-").count == 2)
    _ = try world.logout(profile)
    #expect(world.files("credentials-").isEmpty)
  }

  @Test func `another job's token finds nothing of it`() throws {
    let world = try world()
    _ = try world.lease(chained(world))
    world.setFile("/token", world.provider.issue("repo:b"))
    let other = try world.lease(chained(world))
    #expect(world.provider.buyer(of: other.credentials.accessKeyID) == "repo:b")
    #expect(world.provider.counts.exchanges == 2 && world.provider.counts.steps == 2)
  }
}
