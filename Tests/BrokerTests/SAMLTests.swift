import Formats
import Model
import Testing

@testable import Broker

/// `source = "saml"`: a provider's SAML response as the proof.
@Suite struct SAMLTests {
  private static let provider = "arn:aws:iam::111122223333:saml-provider/idp"

  /// Good for five minutes.
  private func response(_ world: World, _ subject: String = "alice") -> String {
    let end = RFC3339.format(world.clocks.wall() + 300)
    let document = """
      <Response><Status><StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></Status><Assertion>
      <Issuer>https://idp.example</Issuer><Subject><NameID>\(subject)</NameID></Subject>
      <Conditions NotOnOrAfter="\(end)"/></Assertion></Response>
      """
    return Base64.encode(Array(document.utf8))
  }

  private func profile(_ change: (inout Profile) -> Void = { _ in }) -> Profile {
    var profile = Profile(name: "saml")
    profile.samlResponseFile = "/response"
    profile.principalARN = Self.provider
    profile.roleARN = World.role
    profile.stsEndpoint = try? .parse(SmallProvider.sts)
    profile.store = .file
    change(&profile)
    return profile
  }

  private func world() throws -> World {
    let world = try World()
    world.setFile("/response", response(world))
    return world
  }

  @Test func `what a response bought is found by whoever has it, also after its end, and by nobody else`() throws {
    let world = try world()
    let first = try world.lease(profile())
    #expect(first.arn == "arn:aws:sts::111122223333:assumed-role/dev/alice@example.com")
    world.clocks.advance(seconds: 600)
    #expect(try world.lease(profile()) == first)
    #expect(world.provider.counts.exchanges == 1)
    world.setFile("/response", response(world, "bob"))
    #expect(try world.lease(profile()) != first)
    #expect(world.provider.counts.exchanges == 2)
    world.setFile("/response", nil)
    #expect(failure { try world.lease(profile()) }?.kind == .configuration)
  }

  @Test func `another provider, duration or role finds nothing`() throws {
    let world = try world()
    _ = try world.lease(profile())
    let changes: [(inout Profile) -> Void] = [
      { $0.principalARN = "arn:aws:iam::111122223333:saml-provider/other" }, { $0.duration = .seconds(900) },
      { $0.roleARN = "arn:aws:iam::111122223333:role/ops" }, { $0.expectAccount = "111122223333" },
    ]
    for (index, change) in changes.enumerated() {
      _ = try world.lease(profile(change))
      #expect(world.provider.counts.exchanges == index + 2)
    }
  }

  @Test func `the file is read again for each exchange, and what has run out buys nothing`() throws {
    let world = try world()
    _ = try world.lease(profile())
    world.clocks.advance(seconds: 3601)
    let expired = try #require(failure { try world.lease(profile()) })
    #expect(expired.kind == .malformed && expired.message.contains("/response") && world.provider.counts.exchanges == 1)
    world.setFile("/response", response(world))
    _ = try world.lease(profile())
    #expect(world.provider.counts.exchanges == 2)
  }

  @Test func `a response that the STS calls expired is asked for once more only if it is another`() throws {
    let world = try world()
    world.provider.set { $0.stsError = "ExpiredTokenException" }
    let refused = try #require(failure { try world.lease(profile()) })
    #expect(refused.kind == .malformed && refused.hint?.contains("five minutes") == true)
    #expect(world.provider.counts.exchanges == 1)
  }

  @Test func `a variable and standard input will do, and are said not to be renewed`() throws {
    let world = try world()
    world.setVariable("RESPONSE", response(world))
    let variable = profile {
      $0.samlResponseFile = nil; $0.samlResponseEnv = "RESPONSE"
    }
    _ = try world.lease(variable)
    #expect(try !world.status(variable).isRenewable && world.status(profile()).isRenewable)
    world.setFile("-", response(world, "carol"))
    let input = profile { $0.samlResponseFile = "-" }
    _ = try world.lease(input)
    #expect(try world.status(input).subject == "carol")
  }

  @Test func `it is chosen like a token that is configured, never beside one`() throws {
    let world = try world()
    let both = profile {
      $0.issuer = ByteText(SmallProvider.issuer); $0.clientID = "daypass"
    }
    #expect(try IdentitySource.select(both, world.surroundings()).name == "saml")
    for change in [{ $0.tokenFile = "/token" }, { $0.samlResponseEnv = "X" }] as [(inout Profile) -> Void] {
      #expect(failure { try IdentitySource.select(profile(change), world.surroundings()) }?.kind == .configuration)
    }
    let named = profile {
      $0.samlResponseFile = nil; $0.source = .named("saml")
    }
    #expect(failure { try IdentitySource.select(named, world.surroundings()) }?.message.contains("saml") == true)
  }

  @Test func `what cannot be is said: no provider, one of another account, a name for the session, a signature`() throws
  {
    let world = try world()
    let changes: [(inout Profile) -> Void] = [
      { $0.principalARN = nil }, { $0.principalARN = "arn:aws:iam::999900001111:saml-provider/idp" },
      { $0.sessionName = "me" },
      {
        $0.verifyToken = true; $0.issuer = "https://idp.example"
      },
    ]
    for change in changes { #expect(failure { try world.lease(profile(change)) }?.kind == .configuration) }
    #expect(world.provider.counts.all == 0)
    let token = try #require(failure { try world.token(profile()) })
    #expect(token.kind == .configuration && token.message.contains("no ID token"))
    #expect(failure { try world.lease(profile { $0.expectSubject = "bob" }) }?.kind == .refused)
  }
}
