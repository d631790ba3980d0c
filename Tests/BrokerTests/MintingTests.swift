import Formats
import Model
import Testing

@testable import Broker

/// Sources that are asked for a token only when something is to be bought.
@Suite struct MintingTests {
  private func world(job credential: String = "CANARY-REQUEST-1") throws -> World {
    let world = try World()
    world.setVariable("GITHUB_ACTIONS", "true")
    world.setVariable("ACTIONS_ID_TOKEN_REQUEST_URL", "https://ci.example/token?v=1")
    world.setVariable("ACTIONS_ID_TOKEN_REQUEST_TOKEN", credential)
    return world
  }

  private func job(_ world: World, _ change: (inout Profile) -> Void = { _ in }) -> Profile {
    world.job {
      $0.tokenFile = nil
      change(&$0)
    }
  }

  @Test func `a second call makes no request, not even for a token`() throws {
    let world = try world()
    let first = try world.lease(job(world))
    #expect(world.provider.counts.all == 2)
    #expect(try world.lease(job(world)) == first)
    #expect(world.provider.counts.all == 2)
    #expect(try world.status(job(world)).credentialsExpireAt == first.credentials.expiration)
    #expect(world.provider.counts.all == 2)
  }

  @Test func `one job never receives what another bought`() throws {
    let world = try world()
    let first = try world.lease(job(world))
    world.setVariable("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "CANARY-REQUEST-2")
    world.provider.set { $0.job = "repo:b" }
    let second = try world.lease(job(world))
    #expect(first != second)
    #expect(world.provider.buyer(of: second.credentials.accessKeyID) == "repo:b")
  }

  @Test func `jobs that share a credential are told apart by what they ask for`() throws {
    let world = try world()
    let first = try world.lease(job(world))
    #expect(try world.lease(job(world)) == first)
    world.setVariable("ACTIONS_ID_TOKEN_REQUEST_URL", "https://ci.example/token?v=2")
    world.provider.set { $0.job = "repo:b" }
    let second = try world.lease(job(world))
    #expect(world.provider.buyer(of: second.credentials.accessKeyID) == "repo:b")
  }

  @Test func `what was bought before expect_subject was set is not handed out under it`() throws {
    let world = try world()
    _ = try world.lease(job(world))
    #expect(failure { try world.lease(job(world) { $0.expectSubject = "repo:z" }) }?.kind == .refused)
    _ = try world.lease(job(world) { $0.expectSubject = "repo:a" })
    #expect(world.provider.counts.exchanges == 2)
  }

  @Test func `two hours of a job with tokens of five minutes`() throws {
    let world = try world()
    let profile = job(world) { $0.duration = .seconds(900) }
    var keys: Set<String> = []
    for _ in 0..<120 {
      let lease = try world.lease(profile)
      #expect(lease.credentials.expiration > world.clocks.truth)
      keys.insert(lease.credentials.accessKeyID)
      world.clocks.advance(seconds: 60)
    }
    #expect(keys.count > 10)
    // Each purchase with a token of its own.
    #expect(world.provider.counts.minted == keys.count)
    #expect(world.provider.counts.exchanges == keys.count)
  }

  @Test func `a token that runs out while the STS is away is replaced, within one deadline`() throws {
    let world = try world()
    world.provider.set {
      $0.jobTokenLifetime = 12
      $0.stsIsDown = true
    }
    let clocks = world.clocks
    let provider = world.provider
    provider.set {
      $0.duringExchange = {
        // The first try hangs until the token is worth nothing; then the STS is back.
        if provider.counts.exchanges == 0 { clocks.advance(seconds: 10) } else { provider.set { $0.stsIsDown = false } }
      }
    }
    let start = clocks.boot()
    let lease = try world.lease(job(world))
    #expect(provider.buyer(of: lease.credentials.accessKeyID) == "repo:a")
    #expect(provider.counts.minted == 2)
    #expect(provider.counts.exchanges == 2)
    #expect(clocks.boot() - start < .seconds(25))
  }

  @Test func `trouble of the CI's service is waited out, a refusal is not`() throws {
    let world = try world()
    world.provider.set { $0.ciStatuses = [503, 429] }
    _ = try world.lease(job(world))
    #expect(world.provider.counts.minted == 3)
    for status in [401, 403, 404, 302] {
      let world = try self.world()
      world.provider.set { $0.ciStatuses = [status] }
      let refusal = failure { try world.lease(job(world)) }
      #expect(refusal?.kind == .configuration)
      #expect(refusal?.hint?.contains("id-token: write") == true)
      #expect(world.provider.counts.minted == 1)
    }
  }

  @Test func `a marked CI without its credential is an error, whatever else would do`() throws {
    let world = try world()
    world.setVariable("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "")
    world.setVariable("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")
    world.setFile("/token", world.provider.issue("pod"))
    let refusal = failure { try world.lease(job(world)) }
    #expect(refusal?.kind == .configuration)
    #expect(refusal?.hint?.contains("id-token: write") == true)
    #expect(world.provider.counts.all == 0)
    _ = try world.lease(job(world) { $0.source = .named("kubernetes") })
  }

  @Test func `two CIs at once: the first counts, none under strict`() throws {
    let world = try world()
    world.setVariable("GITLAB_CI", "true")
    _ = try world.lease(job(world))
    let refusal = failure { try world.lease(job(world) { $0.strict = true }) }
    #expect(refusal?.kind == .configuration)
    #expect(refusal?.message.contains("github-actions and gitlab") == true)
    _ = try world.lease(
      job(world) {
        $0.strict = true; $0.source = .named("github-actions")
      })
  }

  @Test func `what a command's token bought is for this process only`() throws {
    let world = try World()
    world.programs.set { [provider = world.provider] _ in .success(provider.issue("repo:c") + "\n") }
    let profile = job(world) { $0.tokenCommand = ["mint", "a b"] }
    let surroundings = world.surroundings()
    let broker = CredentialBroker(surroundings, profile: profile)
    let deadline = world.clocks.boot() + .seconds(25)
    let lease = try broker.lease(.atLeast(0), until: deadline)
    #expect(try broker.lease(.atLeast(0), until: deadline) == lease)
    #expect(world.programs.commands == [["mint", "a b"]])
    #expect(world.files("credentials-") == [])
    // Another command in the same process is somebody else.
    var other = profile
    other.tokenCommand = ["mint", "c"]
    #expect(try CredentialBroker(surroundings, profile: other).lease(.atLeast(0), until: deadline) != lease)
    // The next process asks again.
    #expect(try world.lease(profile) != lease)
  }

  @Test func `a command that fails says how`() throws {
    let world = try World()
    let profile = job(world) {
      $0.tokenCommand = ["mint"]
      $0.origins[.tokenCommand] = .flag("--token-command")
    }
    world.programs.set { _ in .failure(.failed(name: "mint", code: 3)) }
    let problem = failure { try world.lease(profile) }
    #expect(problem?.kind == .configuration)
    #expect(problem?.message == "token_command (--token-command): mint ended with exit code 3")
    world.programs.set { _ in .success("\n") }
    #expect(failure { try world.lease(profile) }?.kind == .configuration)
    world.programs.set { _ in .success("no token") }
    #expect(failure { try world.lease(profile) }?.kind == .malformed)
  }

  @Test func `the session is named after repository and run`() throws {
    let claims = JSONObject([("repository", "octo/repo"), ("run_id", "42"), ("sub", "repo:octo/repo:ref:main")])
    let token = Signer(kid: "k1", seed: 1).token(
      .object(JSONObject(claims.members.map { ($0.key.string, $0.value) } + [("exp", 2_000_000_000), ("aud", "a")])))
    let world = try World()
    world.setFile("/token", token)
    _ = failure { try world.lease(world.job()) }
    let identity = try world.token(world.job())
    #expect(identity.label == "octo/repo-42")
  }

  @Test func `what a survey says needs no request`() throws {
    let world = try world()
    world.setVariable("AWS_WEB_IDENTITY_TOKEN_FILE", "/absent")
    let survey = SourceSurvey(world.surroundings(), profile: job(world))
    #expect(survey.findings.filter(\.isChosen).map(\.name) == ["github-actions"])
    #expect(survey.findings.filter(\.isDetected).map(\.name) == ["github-actions", "kubernetes"])
    #expect(survey.findings.filter(\.isUsable).map(\.name) == ["github-actions"])
    #expect(Set(survey.findings.map(\.name)) == Set(SourceChoice.names))
    #expect(world.provider.counts.all == 0)
  }
}
