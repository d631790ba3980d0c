import Formats
import Model
import OIDC
import Testing

@Suite("The device authorization request and its answer")
struct DeviceAuthorizationTests {
  /// The login after an answer with these members, its polls always pending.
  private func login(_ fields: [String: String?]) -> Simulation {
    var simulation = Simulation()
    simulation.run(authorization: { _ in .success(.authorization(fields)) }) { _, _ in .success(.pending) }
    return simulation
  }

  @Test func thePersonSeesTheAddressTheCodeAndTheEndAndNeverTheDeviceCode() throws {
    let simulation = login(["verification_uri_complete": #""https://op.example/activate?code=WDJB-MJHT""#])
    let shown = try #require(simulation.shown.first)
    #expect(shown.userCode == "WDJB-MJHT")
    #expect(shown.verificationURI.text == "https://op.example/activate")
    #expect(shown.verificationURIComplete?.text == "https://op.example/activate?code=WDJB-MJHT")
    #expect(!shown.completeURIWasRefused)
    #expect(shown.expiresAt == WallTime(seconds: 1_700_000_600))
    #expect(shown.interval == 5)
    #expect(!String(reflecting: simulation.shown).contains("SECRET-DEVICE-CODE"))
    #expect(!String(reflecting: simulation.grant).contains("SECRET-DEVICE-CODE"))
    #expect(!String(reflecting: simulation.requests).contains("SECRET-DEVICE-CODE"))
    #expect(simulation.shown.count == 1)
  }

  @Test(arguments: [
    ("1", 1), ("\"900\"", 900), ("3600", 3600), ("3601", 3600), ("1e300", 3600), ("9223372036854775808", 3600),
    ("1e3", 1000), ("\"99999999999999999999\"", 3600),
  ])
  func lifetimesAreTakenOrCapped(_ text: String, _ seconds: Int64) {
    #expect(login(["expires_in": text]).shown.first?.expiresAt == WallTime(seconds: 1_700_000_000 + seconds))
  }

  @Test(arguments: [
    "0", "-1", "\"abc\"", "null", "1.5", "[]", "{}", "true", "\"\"", "\"-5\"", "\"+5\"", "\" 5\"", "-1e300", "1e999",
    "\"\u{661}\"",
  ])
  func impossibleLifetimesAreErrorsThatNameTheField(_ text: String) {
    let simulation = login(["expires_in": text])
    #expect(simulation.error == .malformedAuthorization(.wrongValue("expires_in")))
    #expect(simulation.error?.kind == .malformed)
    #expect(simulation.error?.message.contains("expires_in") == true)
    #expect(simulation.polls.isEmpty)
  }

  @Test(arguments: [
    ("null", 5), ("0", 5), ("1", 1), ("\"10\"", 10), ("60", 60), ("61", 60), ("600", 60), ("1e300", 60),
    ("9223372036854775807", 60),
  ])
  func intervalsAreTakenOrCapped(_ text: String, _ seconds: Int64) throws {
    let simulation = login(["interval": text])
    #expect(simulation.shown.first?.interval == seconds)
    let gap = try #require(simulation.gaps.first)
    #expect(gap >= .seconds(seconds) && gap <= .seconds(seconds) * 1.11)
  }

  @Test func anAbsentIntervalIsFiveSeconds() {
    #expect(login(["interval": nil]).shown.first?.interval == 5)
  }

  @Test(arguments: ["-1", "\"abc\"", "1.5", "[]", "{}", "true", "\"\"", "1e999"])
  func impossibleIntervalsAreErrorsThatNameTheField(_ text: String) {
    #expect(login(["interval": text]).error == .malformedAuthorization(.wrongValue("interval")))
  }

  @Test(arguments: ["device_code", "user_code", "verification_uri", "expires_in"])
  func whatIsRequiredIsMissed(_ name: String) {
    #expect(login([name: nil]).error == .malformedAuthorization(.missing(name)))
  }

  @Test(arguments: ["device_code", "user_code", "verification_uri"], ["7", "[]", "\"\"", "{}", "false"])
  func textsMustBeTexts(_ name: String, _ value: String) {
    #expect(login([name: value]).error == .malformedAuthorization(.wrongValue(name)))
  }

  @Test func overlongTextsAreRefused() {
    let long = "\"" + String(repeating: "A", count: 9000) + "\""
    for name in ["device_code", "user_code", "verification_uri"] {
      #expect(login([name: long]).error == .malformedAuthorization(.wrongValue(name)))
    }
  }

  @Test(arguments: [
    "http://op.example/activate", "https://user@op.example/", "https://op.example/#x", "javascript:alert(1)",
    "op.example",
    "https://op.example/\\u001b[2J", "https://op.example\\\\@evil.example/", "ftp://op.example/",
    "https://\u{43e}p.example/",
    "//op.example", "https://op.example/ x",
  ])
  func anAddressThatIsNotPlainHTTPSIsRefused(_ text: String) {
    let error = login(["verification_uri": "\"\(text)\""]).error
    guard case .malformedAuthorization(.unsafeURI) = error else {
      Issue.record("accepted or otherwise refused: \(String(describing: error))")
      return
    }
    #expect(error?.message.unicodeScalars.allSatisfy { $0.value >= 32 } == true)
  }

  @Test(arguments: ["http://127.0.0.1:8080/activate", "http://[::1]/activate", "http://localhost:9/"])
  func aLoopbackAddressMayBePlain(_ text: String) {
    #expect(login(["verification_uri": "\"\(text)\""]).shown.first?.verificationURI.text == text)
  }

  @Test func googlesSpellingIsRead() {
    let simulation = login(["verification_uri": nil, "verification_url": #""https://www.google.com/device""#])
    #expect(simulation.shown.first?.verificationURI.text == "https://www.google.com/device")
  }

  @Test(arguments: [
    "\"https://evil.example/activate?code=WDJB-MJHT\"", "\"https://op.example:8443/activate\"",
    "\"http://op.example/activate\"", "\"https://op.example.evil.example/\"", "7", "\"\"",
  ])
  func aCompleteAddressOfAnotherOriginIsDroppedAndTold(_ text: String) {
    let shown = login(["verification_uri_complete": text]).shown.first
    #expect(shown?.verificationURIComplete == nil)
    #expect(shown?.completeURIWasRefused == true)
  }

  @Test func aCompleteAddressOfTheSameOriginSpelledOtherwiseIsKept() {
    let shown = login(["verification_uri_complete": #""https://OP.example:443/a?c=1""#]).shown.first
    #expect(shown?.verificationURIComplete?.text == "https://OP.example:443/a?c=1")
  }

  // MARK: The request

  @Test func theFirstRequestIsTriedThreeTimes() {
    var simulation = Simulation()
    let refused = TransportFailure.unconnected(host: "op.example", reason: "refused")
    simulation.run(authorization: { _ in .failure(refused) }) { _, _ in .success(.granted) }
    #expect(simulation.requests.count == 3)
    #expect(simulation.error == .transport(refused))
    #expect(simulation.progress.count == 2)

    var recovering = Simulation()
    recovering.run(authorization: { $0 < 2 ? .success(HTTPResponse(status: 503)) : .success(.authorization()) }) {
      _, _ in
      .success(.granted)
    }
    #expect(recovering.tokens != nil)

    var unavailable = Simulation()
    unavailable.run(authorization: { _ in .success(HTTPResponse(status: 502)) }) { _, _ in .success(.granted) }
    #expect(unavailable.error == .unavailable(status: 502))
    #expect(unavailable.error?.kind == .unreachable)
  }

  @Test func theFirstRequestWaitsAsLongAsTheServerAsksButNotForever() {
    for (header, seconds) in [("7", 7), ("3600", 30), ("x", 1)] {
      var simulation = Simulation()
      simulation.run(authorization: {
        .success($0 == 0 ? HTTPResponse(status: 503, headers: [("retry-after", header)]) : .authorization())
      }) { _, _ in .success(.granted) }
      #expect(
        simulation.progress == [
          .retrying(reason: "the provider is not available (HTTP 503)", in: .seconds(seconds)), .pending,
        ])
      #expect(simulation.tokens != nil)
    }
  }

  @Test func theFirstRequestIsNotRepeatedAfterARefusal() {
    for answer in [
      HTTPResponse.error("invalid_client", status: 401), HTTPResponse(status: 404), HTTPResponse(status: 302),
    ] {
      var simulation = Simulation()
      simulation.run(authorization: { _ in .success(answer) }) { _, _ in .success(.granted) }
      #expect(simulation.requests.count == 1)
      #expect(simulation.error != nil)
    }
  }

  @Test func aPublicClientNamesItselfInEveryRequest() throws {
    var simulation = Simulation(.simple(challenges: ["plain"]))
    simulation.run { _, _ in .success(.granted) }
    let first = try #require(simulation.requests.first), poll = try #require(simulation.requests.last)
    #expect(first.method == .post && first.url == "https://op.example/device")
    #expect(first.form == ["client_id": "cli", "scope": "openid offline_access"])
    #expect(first.header("Accept") == "application/json")
    #expect(first.header("Content-Type") == "application/x-www-form-urlencoded")
    #expect(first.redirects == .none && poll.redirects == .none)
    #expect(
      poll.form == [
        "client_id": "cli", "device_code": "SECRET-DEVICE-CODE",
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
      ])
    #expect(poll.header("Accept") == "application/json")
    #expect(poll.header("Authorization") == nil)
  }

  @Test func whereS256IsOfferedTheChallengeGoesFirstAndTheVerifierWithEachPoll() throws {
    var simulation = Simulation(.simple(challenges: ["plain", "S256"]))
    simulation.run { poll, _ in .success(poll < 2 ? .pending : .granted) }
    let first = try #require(simulation.requests.first)
    #expect(first.form["code_challenge_method"] == "S256")
    #expect(first.form["code_challenge"]?.isEmpty == false)
    #expect(first.form["code_verifier"] == nil)
    #expect(simulation.requests.dropFirst().count == 3)
    #expect(simulation.requests.dropFirst().allSatisfy { $0.form["code_verifier"]?.utf8.count == 43 })
  }

  @Test func aConfidentialClientProvesItselfInEveryRequest() {
    var post = Simulation(.simple(secret: Secret("s3"), methods: ["client_secret_basic", "client_secret_post"]))
    post.run { _, _ in .success(.granted) }
    #expect(post.requests.count == 2)
    #expect(post.requests.allSatisfy { $0.form["client_secret"] == "s3" && $0.form["client_id"] == "cli" })

    var basic = Simulation(.simple(secret: Secret("s3"), methods: ["client_secret_basic"]))
    basic.run { _, _ in .success(.granted) }
    #expect(
      basic.requests.allSatisfy { $0.header("Authorization") == "Basic Y2xpOnMz" && $0.form["client_secret"] == nil })
  }

  @Test func theLastPollsDoNotOutlastTheCode() throws {
    var simulation = Simulation()
    simulation.run(authorization: { _ in .success(.authorization(["expires_in": "8"])) }) { _, _ in .success(.pending) }
    let poll = try #require(simulation.requests.last)
    #expect(poll.timeout <= .seconds(3) && poll.timeout >= .seconds(1))
  }

  @Test func aProviderWithoutADeviceEndpointIsAMatterOfConfiguration() {
    var provider = ProviderMetadata.example()
    provider.deviceAuthorizationEndpoint = nil
    #expect(throws: DeviceGrantError.noDeviceEndpoint) {
      try DeviceGrant.Configuration(
        provider: provider, client: .publicClient(id: "cli"), scopes: [],
        pkce: PKCE(random: [], cryptography: RuleCryptography()))
    }
    #expect(DeviceGrantError.noDeviceEndpoint.kind == .configuration)
  }
}
