import Formats
import Model
import OIDC
import Testing

@testable import Broker

@Suite struct PreissuedTokenTests {
  @Test func `a second call with the same token makes no request`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("repo:a"))
    let first = try world.lease(world.job())
    let second = try world.lease(world.job())
    #expect(first == second)
    #expect(world.provider.counts.all == 1)
    #expect(world.provider.buyer(of: first.credentials.accessKeyID) == "repo:a")
  }

  @Test func `whoever has another token never receives what was bought with the first`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("repo:a"))
    let first = try world.lease(world.job())
    // The same job's next token, another job's, and one that claims to be the first job's.
    world.setFile("/token", world.provider.issue("repo:a"))
    #expect(try world.lease(world.job()).credentials.accessKeyID != first.credentials.accessKeyID)
    world.setFile("/token", world.provider.issue("repo:b"))
    let other = try world.lease(world.job())
    #expect(world.provider.buyer(of: other.credentials.accessKeyID) == "repo:b")
    let forged = Signer(kid: "k1", seed: 99).token([
      "iss": "https://op.example", "sub": "repo:a", "aud": "sts.amazonaws.com",
      "exp": .init((world.clocks.wall() + 600).seconds),
    ])
    world.setFile("/token", forged)
    #expect(failure { try world.lease(world.job()) }?.kind == .refused)
  }

  @Test func `a token in a variable and the same in a file are two identities`() throws {
    let world = try World()
    let token = world.provider.issue("repo:a")
    world.setFile("/token", token)
    world.setVariable("JOB_TOKEN", token)
    let variable = world.job {
      $0.tokenFile = nil; $0.tokenEnv = "JOB_TOKEN"
    }
    _ = try world.lease(world.job())
    #expect(try world.lease(variable).account == "111122223333")
    #expect(world.provider.counts.exchanges == 2)
  }

  @Test func `the token is read again, and a new one found, when the STS says that it has expired`() throws {
    let world = try World()
    let stale = world.provider.issue("repo:a", lifetime: 30)
    world.setFile("/token", stale)
    world.clocks.step(-60)
    world.clocks.advance(seconds: 31)
    let fresh = world.provider.issue("repo:b")
    world.provider.set { $0.duringExchange = { world.setFile("/token", fresh) } }
    let lease = try world.lease(world.job())
    #expect(world.provider.buyer(of: lease.credentials.accessKeyID) == "repo:b")
    // What the new token bought is not kept for whoever has the old one.
    world.provider.set { $0.duringExchange = nil }
    world.setFile("/token", stale)
    #expect(failure { try world.lease(world.job()) }?.kind == .malformed)
    #expect(world.provider.sessionNames == ["repo-b"])
  }

  @Test func `an expired token still finds what it bought, and buys nothing`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("repo:a", lifetime: 300))
    let bought = try world.lease(world.job())
    world.clocks.advance(seconds: 2000)
    #expect(try world.lease(world.job()) == bought)
    world.clocks.advance(seconds: 1000)
    #expect(try world.lease(world.job()) == bought)
    #expect(world.provider.counts.exchanges == 1)
    #expect(world.lines.warnings.contains { $0.contains("the token expired at") })
    world.clocks.advance(seconds: 700)
    #expect(failure { try world.lease(world.job()) }?.kind == .malformed)
    #expect(failure { try world.token(world.job()) }?.kind == .malformed)
  }

  @Test func `what is wrong with a token's place names the setting, its origin and the place`() throws {
    let world = try World()
    let missing = failure { try world.lease(world.job { $0.origins[.tokenFile] = .file(path: "/c.toml", line: 3) }) }
    #expect(missing?.kind == .configuration)
    #expect(missing?.message == "token_file (/c.toml:3) /token does not exist")
    let unset = world.job {
      $0.tokenFile = nil; $0.tokenEnv = "JOB_TOKEN"
    }
    #expect(failure { try world.lease(unset) }?.message == "token_env (default) JOB_TOKEN does not exist")
    world.setFile("/token", String(repeating: "x", count: 30_000))
    #expect(failure { try world.lease(world.job()) }?.kind == .malformed)
    world.setVariable("AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/token")
    let pod = failure { try world.lease(world.job { $0.tokenFile = nil }) }
    #expect(pod?.message == "AWS_WEB_IDENTITY_TOKEN_FILE /var/run/token does not exist")
  }

  @Test func `files of tokens that were replaced do not pile up`() throws {
    let world = try World()
    for _ in 0..<5 {
      world.setFile("/token", world.provider.issue("repo:a"))
      _ = try world.lease(world.job())
      world.clocks.advance(seconds: 4000)
    }
    #expect(world.files("credentials-issued-").count == 1)
  }

  @Test func `without a state directory a job gets credentials, with one warning`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("repo:a"))
    #expect(try world.lease(world.job(), state: false).account == "111122223333")
    #expect(world.lines.warnings.count == 1)
    #expect(world.lines.warnings.first?.contains("HOME is not set") == true)
    #expect(world.names == [])
    #expect(failure { try world.lease(state: false) }?.kind == .loginRequired)
  }

  @Test func `on a disk that cannot be written a job gets credentials, with one warning`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("repo:a"))
    world.disk.fail(.unwritable)
    #expect(try world.lease(world.job()).account == "111122223333")
    #expect(world.lines.warnings.count == 1)
  }

  @Test func `verify_token checks the signature once, and what was bought without is not used`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("repo:a"))
    _ = try world.lease(world.job())
    _ = try world.lease(world.job { $0.verifyToken = true })
    #expect(world.provider.counts.keys == 1)
    #expect(world.provider.counts.exchanges == 2)
    _ = try world.lease(world.job { $0.verifyToken = true })
    #expect(world.provider.counts.keys == 1)
    world.provider.set { $0.signer = Signer(kid: "k1", seed: 3) }
    world.setFile("/token", world.provider.issue("repo:a"))
    #expect(failure { try world.lease(world.job { $0.verifyToken = true }) }?.kind == .malformed)
    #expect(world.provider.counts.exchanges == 2)
  }

  @Test func `AWS_ROLE_ARN counts for a job and not for a person`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("repo:a"))
    let ambient = { (profile: inout Profile) in
      profile.roleARN = nil
      profile.ambientRoleARN = World.role
      profile.ambientSessionName = "ambient"
    }
    _ = try world.lease(world.job("/token", ambient))
    #expect(world.provider.sessionNames == ["ambient"])
    try world.login(world.profile { $0.roleARN = nil })
    #expect(failure { try world.lease(world.profile(ambient)) }?.kind == .configuration)
  }
}
