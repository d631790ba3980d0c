import Model
import OIDC
import Testing

@testable import Broker

/// `expect_*`: nothing is handed out, printed or kept before it is what was expected.
@Suite struct ExpectationTests {
  @Test func `another account in role_arn is refused before anything is sent`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("repo:a"))
    let profile = world.job { $0.expectAccount = "999900001111" }
    #expect(failure { try world.lease(profile) }?.kind == .refused)
    #expect(world.provider.counts.all == 0)
  }

  @Test func `another role in role_arn is refused before anything is sent`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("repo:a"))
    #expect(failure { try world.lease(world.job { $0.expectRole = "ops" }) }?.kind == .refused)
    #expect(world.provider.counts.all == 0)
    #expect(try world.lease(world.job { $0.expectRole = "dev" }).account == "111122223333")
  }

  private let elsewhere = "arn:aws:iam:::role/dev"

  @Test func `where the role has no account the reply's is checked, and nothing is kept`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("repo:a"))
    let profile = world.job {
      $0.roleARN = elsewhere; $0.expectAccount = "999900001111"
    }
    #expect(failure { try world.lease(profile) }?.kind == .refused)
    #expect(world.files("credentials-").allSatisfy { $0.hasSuffix(".failed") })
  }

  @Test func `where the reply does not say, the STS is asked who it is`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("repo:a"))
    world.provider.set { $0.saysWhichRole = false }
    let profile = { (account: String) in
      world.job {
        $0.roleARN = elsewhere; $0.expectAccount = account
      }
    }
    #expect(try world.lease(profile("111122223333")).account == "111122223333")
    #expect(world.provider.counts.callers == 1)
    #expect(failure { try world.lease(profile("999900001111")) }?.kind == .refused)
    #expect(world.provider.counts.callers == 2)
  }

  @Test func `what was bought without an expectation is not handed out under one`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("repo:a"))
    _ = try world.lease(world.job { $0.roleARN = elsewhere })
    let strict = world.job {
      $0.roleARN = elsewhere; $0.expectAccount = "999900001111"
    }
    #expect(failure { try world.lease(strict) }?.kind == .refused)
  }

  @Test func `another person's login is refused, and the earlier session stays`() throws {
    let world = try World()
    try world.login()
    world.provider.set { $0.subject = "mallory" }
    let profile = world.profile { $0.expectSubject = "alice" }
    #expect(failure { try world.login(profile) }?.kind == .refused)
    #expect(try world.status().subject == "alice")
  }

  @Test func `a cached token or credential is refused to who expects another person`() throws {
    let world = try World()
    try world.login()
    let profile = world.profile { $0.expectSubject = "bob" }
    let refused = failure { try world.lease(profile) }
    #expect(refused?.kind == .refused)
    #expect(refused?.message.contains("alice") == true)
    #expect(failure { try world.token(profile) }?.kind == .refused)
  }

  @Test func `after another person's login nothing of the first is handed out`() throws {
    let world = try World()
    let first = try #require(try world.login().lease)
    world.provider.set {
      $0.subject = "bob"; $0.email = "bob@example.org"
    }
    try world.login(world.profile { $0.roleARN = nil })
    let second = try world.lease()
    #expect(first.credentials.accessKeyID != second.credentials.accessKeyID)
    #expect(world.provider.buyer(of: second.credentials.accessKeyID) == "bob")
    #expect(world.provider.sessionNames == ["alice@example.org", "bob@example.org"])
  }
}
