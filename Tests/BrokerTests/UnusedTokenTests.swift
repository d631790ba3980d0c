import Model
import OIDC
import Synchronization
import Testing

@testable import Broker

@Suite struct UnusedTokenTests {
  @Test func `what a refused login was given is given back`() throws {
    let world = try World()
    #expect(failure { try world.login(world.profile { $0.expectSubject = "bob" }) }?.kind == .refused)
    #expect(world.provider.revokedTokens.count == 1)
    #expect(world.files("session-") == [])
    // A token that is not believed does not tell whose it is.
    world.provider.set { $0.signer = Signer(kid: "k2", seed: 2) }
    #expect(failure { try world.login() }?.kind == .malformed)
    #expect(world.provider.revokedTokens.count == 2)
    #expect(Set(world.provider.revokedTokens).count == 2)
  }

  @Test func `a login in another person's place gives that one's token back, once the new session is there`() throws {
    let world = try World()
    try world.login()
    let old = try #require(try world.record().refreshToken)
    world.provider.set {
      $0.subject = "bob"
      $0.duringRevocation = {
        if (try? world.record())?.subject != "bob" { Issue.record("revoked before the new session was there") }
      }
    }
    defer { world.provider.set { $0.duringRevocation = nil } }
    try world.login()
    #expect(world.provider.revokedTokens == [old.exposedText()])
    #expect(try world.record().subject == "bob")
  }

  @Test func `a token of the same person is not given back while a session here may be of its grant`() throws {
    let world = try World()
    try world.login()
    try world.login()
    // Under another label the same person has a session that the provider may not tell from this one.
    let other = world.profile {
      $0.session = "other"
      $0.expectSubject = "bob"
    }
    #expect(failure { try world.login(other) }?.kind == .refused)
    // A token that is not believed may be that person's.
    world.provider.set { $0.signer = Signer(kid: "k2", seed: 2) }
    #expect(failure { try world.login() }?.kind == .malformed)
    #expect(world.provider.counts.revocations == 0)
  }

  @Test(arguments: [true, false])
  func `a provider that does not take it back costs some seconds and no warning`(hasEndpoint: Bool) throws {
    let world = try World()
    try world.login()
    world.provider.set {
      $0.subject = "bob"
      $0.hasRevocation = hasEndpoint
      $0.revocationHangs = true
      $0.pendingPolls = 0
    }
    let before = world.clocks.boot()
    try world.login()
    #expect(world.clocks.boot() - before <= .seconds(5 + 6))
    #expect(try world.record().subject == "bob")
    #expect(world.lines.warnings == [])
    #expect(world.lines.all.contains { $0.contains("was not revoked") })
  }
}
