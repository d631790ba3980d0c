import Formats
import Model
import OIDC
import Testing

@testable import Broker

private let now = WallTime(seconds: 1_795_356_000)

private func probe(date: String? = nil, age: String? = nil, sentAt: Int64 = 0, receivedAt: Int64 = 0) throws -> Probe {
  let headers = [date.map { ("date", $0) }, age.map { ("age", $0) }].compactMap { $0 }
  return Probe(
    url: try .parse("https://op.example"), sentAt: now + sentAt, receivedAt: now + receivedAt,
    result: .success(HTTPResponse(status: 200, headers: headers)))
}

private func clock(_ readings: Int64?...) -> Verdict {
  ClockCheck(
    readings: readings.enumerated().compactMap { index, skew in skew.map { (index == 0 ? "op" : "sts", $0) } }
  ).verdict
}

@Suite("doctor: the clock")
struct ClockCheckTests {
  @Test("an answer may have been made at any moment between question and arrival")
  func skew() throws {
    // 2026-11-22T20:40:00Z
    let date = "Sun, 22 Nov 2026 20:40:00 GMT"
    let there = try #require(HTTPDate.parse(date)) - now
    #expect(try probe(date: date, sentAt: there, receivedAt: there).skew == 0)
    #expect(try probe(date: date, sentAt: there - 20, receivedAt: there + 20).skew == 0)
    #expect(try probe(date: date, sentAt: there - 3620, receivedAt: there - 3600).skew == 3600)
    #expect(try probe(date: date, sentAt: there + 3600, receivedAt: there + 3620).skew == -3600)
    #expect(try probe(sentAt: 0, receivedAt: 0).skew == nil)
    #expect(try probe(date: "yesterday").skew == nil)
  }

  @Test("what a cache kept is as old as it says")
  func age() throws {
    let date = "Sun, 22 Nov 2026 20:40:00 GMT"
    let there = try #require(HTTPDate.parse(date)) - now
    #expect(try probe(date: date, age: "3600", sentAt: there + 3600, receivedAt: there + 3601).skew == 0)
    #expect(try probe(date: date, age: "-1", sentAt: there, receivedAt: there).skew == 0)
    #expect(try probe(date: date, age: String(repeating: "9", count: 40)).skew != nil, "no trap")
  }

  @Test(
    "ahead by more than a token may be from the future, or behind by more than a signature may be old",
    arguments: [
      (0, .ok), (60, .ok), (-60, .ok), (61, .fault), (-61, .warning), (-300, .warning), (-301, .fault),
      (.max, .fault), (.min, .fault),
    ] as [(Int64, Verdict.Status)])
  func bounds(skew: Int64, status: Verdict.Status) {
    #expect(clock(skew).status == status)
    #expect(clock(skew, skew).status == status)
  }

  @Test("one server that agrees is enough: the other's clock is wrong then")
  func others() {
    let verdict = clock(3600, 0)
    #expect(verdict.status == .warning)
    #expect(verdict.message == "the clock of op is 3600 s ahead of this machine's, which agrees with sts")
    #expect(clock(3600, 3590).message == "this machine's clock is 3590 s behind that of sts")
    #expect(clock(-3600, nil).message == "this machine's clock is 3600 s ahead of that of op")
    #expect(clock(nil, nil).status == .skipped)
  }
}

@Suite("doctor: what is judged without asking")
struct DoctorVerdictTests {
  private func metadata(_ change: (inout ProviderMetadata) -> Void = { _ in }) throws -> ProviderMetadata {
    var metadata = ProviderMetadata(
      issuer: "https://op.example", tokenEndpoint: try .parse("https://op.example/token"),
      jwksURI: try .parse("https://op.example/keys"),
      deviceAuthorizationEndpoint: try .parse("https://op.example/device"), codeChallengeMethods: ["S256"])
    change(&metadata)
    return metadata
  }

  private func discovery(
    isProven: Bool = false, method: LoginMethod = .device, secret: String? = nil,
    _ change: (inout ProviderMetadata) -> Void = { _ in }
  ) throws -> Verdict {
    var profile = Profile(name: "default")
    profile.method = method
    profile.clientSecretFile = secret
    return DiscoveryCheck(metadata: try metadata(change), profile: profile) { isProven }.verdict
  }

  @Test("what a provider does not list is a fault only where no login can do without")
  func discovery() throws {
    #expect(try discovery().status == .ok)
    #expect(try discovery { $0.deviceAuthorizationEndpoint = nil }.status == .fault)
    #expect(try discovery(method: .browser).status == .fault, "no authorization_endpoint")
    #expect(try discovery { $0.grantTypes = ["authorization_code"] }.status == .warning)
    #expect(try discovery { $0.idTokenSigningAlgorithms = ["HS256", "none"] }.status == .fault)
    #expect(try discovery { $0.idTokenSigningAlgorithms = ["HS256", "RS256"] }.status == .ok)
    let wantsSecret: (inout ProviderMetadata) -> Void = { $0.tokenEndpointAuthMethods = ["client_secret_basic"] }
    #expect(try discovery(wantsSecret).status == .warning)
    #expect(try discovery(isProven: true, wantsSecret).status == .ok)
    #expect(try discovery(secret: "/secret", wantsSecret).status == .ok)
  }

  @Test("PKCE is blamed only where the provider speaks of it and does not offer it")
  func pkce() throws {
    let refusal = DeviceCheck.Outcome.failed(Failure(.refused, "invalid_request: code_challenge is required"))
    let without = try metadata { $0.codeChallengeMethods = nil }
    #expect(DeviceCheck(metadata: without, outcome: refusal).verdict.message.contains("wants PKCE"))
    #expect(!DeviceCheck(metadata: try metadata(), outcome: refusal).verdict.message.contains("wants PKCE"))
    #expect(DeviceCheck(metadata: without, outcome: .code).verdict.status == .ok)
  }

  @Test("a disk that keeps nothing stops a login and only slows a job")
  func store() {
    for kind in [FailureKind.output, .configuration] {
      let outcome = Result<(path: String, key: SealingPlace), Failure>.failure(Failure(kind, "no"))
      #expect(StoreCheck(outcome: outcome, isNeeded: true).verdict.status == .fault)
      #expect(StoreCheck(outcome: outcome, isNeeded: false).verdict.status == .warning)
    }
  }

  @Test("what is warned of in passing becomes part of the verdict")
  func remarks() {
    #expect(Verdict.ok("fine").with([]) == .ok("fine"))
    #expect(Verdict.ok("fine").with(["a file is damaged"]) == .warning("a file is damaged"))
    #expect(Verdict.fault("no session", hint: "log in").with(["a", "b"]) == .fault("no session; a; b", hint: "log in"))
  }
}

@Suite("doctor: a whole examination")
struct ExaminationTests {
  private func examine(_ world: World, _ profile: Profile? = nil) throws -> [Check: Verdict] {
    var results: [CheckResult] = []
    try Examination(world.surroundings(), profile: profile ?? world.profile()).run { (result) throws(Failure) in
      results.append(result)
    }
    #expect(results.map(\.check) == Check.allCases.filter { $0 != .config })
    return Dictionary(uniqueKeysWithValues: results.map { ($0.check, $0.verdict) })
  }

  @Test("of a healthy login nothing is redeemed, kept or said")
  func healthy() throws {
    let world = try World()
    try world.login()
    let before = world.names.map { world.content($0) }
    world.provider.resetCounts()
    let verdicts = try examine(world)
    #expect(verdicts.values.allSatisfy { $0.status == .ok || $0.status == .skipped })
    let counts = world.provider.counts
    #expect(counts.refreshes == 0 && counts.device == 1 && counts.keys == 1 && counts.exchanges == 2)
    #expect(world.names.map { world.content($0) } == before)
    #expect(world.lines.warnings.isEmpty)
    for secret in world.provider.secrets { #expect(!verdicts.values.contains { $0.message.contains(secret) }) }
  }

  @Test("a failed exchange is not remembered: nobody is held back by who only looks")
  func failedExchange() throws {
    let world = try World()
    try world.login(world.profile { $0.roleARN = nil })
    world.provider.set { $0.stsError = "AccessDenied" }
    let verdict = try examine(world)[.exchange]
    #expect(verdict?.status == .fault && verdict?.message.contains("AccessDenied") == true)
    #expect(world.files("credentials").isEmpty)
  }

  @Test("a token that runs out is renewed as by any other verb, and stored")
  func renewal() throws {
    let world = try World()
    try world.login()
    world.clocks.advance(seconds: 3590)
    #expect(try examine(world)[.session]?.status == .ok)
    #expect(world.provider.counts.refreshes == 1)
    #expect(try world.record().redeemingSince == nil)
    _ = try world.token(nil, 3000)
    #expect(world.provider.counts.refreshes == 1, "what it got is there for the next")
  }

  @Test("whoever has no time left skips what is left")
  func time() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("repo:a"))
    world.provider.set { $0.stsIsDown = true }
    var profile = world.job()
    profile.tokenFile = nil
    profile.tokenCommand = ["slow"]
    world.programs.set { [world] _ in
      world.clocks.advance(seconds: 56)
      return .success(world.provider.issue("repo:a"))
    }
    let verdicts = try examine(world, profile)
    #expect(verdicts[.exchange] == .skipped("no time was left"))
  }

  @Test("an interruption is no fault")
  func interruption() throws {
    let world = try World()
    try world.login()
    world.clocks.interrupt(by: 2)
    var results: [CheckResult] = []
    let failure = failure {
      try Examination(world.surroundings(), profile: world.profile()).run { (result) throws(Failure) in
        results.append(result)
      }
    }
    #expect(failure?.kind == .interrupted(2) && results.isEmpty)
  }
}
