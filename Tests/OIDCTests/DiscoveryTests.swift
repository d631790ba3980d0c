import Formats
import Model
import OIDC
import Testing

@Suite("Discovery")
struct DiscoveryTests {
  private func document(
    issuer: String = "https://op.example", _ fields: [String: String?] = [:]
  ) -> HTTPResponse {
    var members: [String: String?] = [
      "issuer": "\"\(issuer)\"", "token_endpoint": "\"https://op.example/token\"",
      "jwks_uri": "\"https://op.example/jwks\"",
      "device_authorization_endpoint": "\"https://op.example/device\"",
      "revocation_endpoint": "\"https://op.example/revoke\"",
    ]
    members.merge(fields) { $1 }
    return .json(
      "{" + members.compactMap { key, value in value.map { "\"\(key)\":\($0)" } }.joined(separator: ",") + "}")
  }

  private func discover(
    _ responses: HTTPResponse..., issuer: String = "https://op.example", needs: Set<Discovery.Need> = []
  ) throws(DiscoveryError) -> (ProviderMetadata?, urls: [String]) {
    var discovery = try Discovery(issuer: issuer, needs: needs)
    var urls = [discovery.start().url]
    for response in responses {
      switch try discovery.reply(response) {
      case .send(let request): urls.append(request.url)
      case .found(let metadata): return (metadata, urls)
      }
    }
    return (nil, urls)
  }

  @Test func anAddressOfThisLinkIsNotRefusedForItsScheme() throws {
    for text: ByteText in ["https://169.254.169.254/", "https://[fe80::1]/keys"] {
      let hint = DiscoveryError.unusableEndpoint("jwks_uri", text).hint
      #expect(hint?.contains("this link") == true && hint?.contains("must be https") == false)
    }
    #expect(DiscoveryError.unusableEndpoint("jwks_uri", "http://op.example/").hint == "endpoints must be https URLs")
    #expect(DiscoveryError.unusableEndpointSetting("https://169.254.169.254/").hint?.contains("this link") == true)
  }

  @Test(arguments: [
    ("https://op.example", "https://op.example", ""), ("https://op.example/", "https://op.example", ""),
    ("https://op.example:8443/realms/a", "https://op.example:8443", "/realms/a"),
    ("https://op.example/realms/a/", "https://op.example", "/realms/a"),
  ])
  func theAddressesAreMadeOfTheIssuerWithoutItsLastSlash(_ issuer: String, _ origin: String, _ path: String) throws {
    let (none, urls) = try discover(HTTPResponse(status: 404), issuer: issuer)
    #expect(none == nil)
    #expect(
      urls == [
        origin + path + "/.well-known/openid-configuration", origin + "/.well-known/oauth-authorization-server" + path,
      ])
  }

  @Test func requestsFollowAFewRedirectsOfTheSameOriginOnly() throws {
    let request = try Discovery(issuer: "https://op.example").start()
    #expect(request.method == .get && request.body == nil)
    #expect(request.redirects == .sameOrigin(atMost: 3))
    #expect(request.bodyLimit == 512 * 1024)
  }

  @Test func everythingAProviderSaysIsRead() throws {
    let (found, urls) = try discover(
      document([
        "authorization_endpoint": #""https://login.example/auth""#,
        "code_challenge_methods_supported": #"["plain","S256"]"#,
        "scopes_supported": #"["openid","email",7]"#, "grant_types_supported": #"["authorization_code"]"#,
        "token_endpoint_auth_methods_supported": #"["client_secret_post"]"#,
        "id_token_signing_alg_values_supported": #"["RS256"]"#,
        "authorization_response_iss_parameter_supported": "true",
        "unknown": "{}",
      ]))
    let metadata = try #require(found)
    #expect(urls.count == 1)
    #expect(metadata.issuer == "https://op.example")
    #expect(metadata.tokenEndpoint.text == "https://op.example/token")
    #expect(metadata.jwksURI.text == "https://op.example/jwks")
    #expect(metadata.deviceAuthorizationEndpoint?.text == "https://op.example/device")
    #expect(metadata.revocationEndpoint?.text == "https://op.example/revoke")
    #expect(metadata.authorizationEndpoint?.text == "https://login.example/auth")
    #expect(metadata.offersS256)
    #expect(metadata.scopesSupported == ["openid", "email"])
    #expect(metadata.defaultScopes == ["openid", "profile", "email"])
    #expect(metadata.tokenEndpointAuthMethods == ["client_secret_post"])
    #expect(metadata.idTokenSigningAlgorithms == ["RS256"])
    #expect(metadata.authorizationResponseHasIssuer)
  }

  @Test func offlineAccessIsAskedForWhereNothingSaysThatItIsUnknown() throws {
    #expect(try discover(document()).0?.defaultScopes.last == "offline_access")
    let listed = document(["scopes_supported": #"["openid","offline_access"]"#])
    #expect(try discover(listed).0?.defaultScopes.last == "offline_access")
  }

  @Test func whatTheFirstDocumentLacksComesFromTheSecond() throws {
    let first = document(["device_authorization_endpoint": nil, "revocation_endpoint": nil])
    let second = document(["token_endpoint": #""https://op.example/other""#, "jwks_uri": nil])
    let (found, urls) = try discover(first, second, needs: [.deviceAuthorization])
    #expect(urls.count == 2)
    #expect(found?.deviceAuthorizationEndpoint?.text == "https://op.example/device")
    #expect(found?.revocationEndpoint?.text == "https://op.example/revoke")
    #expect(found?.tokenEndpoint.text == "https://op.example/token")
    #expect(try discover(first).urls.count == 1)
  }

  @Test func aSecondDocumentOfNoUseLeavesTheFirst() throws {
    let first = document(["device_authorization_endpoint": nil])
    for useless in [
      HTTPResponse(status: 404), .json("[]"), document(issuer: "https://evil.example"), HTTPResponse(status: 302),
    ] {
      let found = try #require(try discover(first, useless, needs: [.deviceAuthorization]).0)
      #expect(found.deviceAuthorizationEndpoint == nil)
    }
    #expect(throws: DiscoveryError.unavailable(status: 503)) {
      try discover(first, HTTPResponse(status: 503), needs: [.deviceAuthorization])
    }
    let unrevocable = document(["revocation_endpoint": nil])
    #expect(try discover(unrevocable, HTTPResponse(status: 503), needs: [.revocation]).0 != nil)
  }

  @Test func aPureAuthorizationServerIsFoundByTheSecond() throws {
    #expect(try discover(HTTPResponse(status: 404), document()).0 != nil)
    #expect(throws: DiscoveryError.absent(status: 404)) {
      try discover(HTTPResponse(status: 404), HTTPResponse(status: 403))
    }
  }

  @Test(arguments: [
    "https://op.example/", "https://OP.example", "https://op.example:443", "https://op.exampl%65",
    "https://evil.example",
    "http://op.example", "https://op.example\u{301}",
  ])
  func anIssuerThatIsNotTheSameBytesIsRefused(_ said: String) {
    #expect(throws: DiscoveryError.issuerMismatch(configured: "https://op.example", said: ByteText(said))) {
      try discover(document(issuer: said))
    }
  }

  @Test(arguments: [
    "http://op.example", "op.example", "https://op.example?x=1", "https://op.example#f", "https://user@op.example", "",
    "ftp://op.example", "https://op.example/\u{212A}",
  ])
  func anIssuerThatCannotBeAskedIsAMatterOfConfiguration(_ text: String) {
    let error = #expect(throws: DiscoveryError.self) { try Discovery(issuer: text) }
    #expect(error == .unusableIssuer(text))
    #expect(error?.kind == .configuration)
  }

  @Test(arguments: ["http://127.0.0.1:9000", "http://localhost:9000/oidc", "http://[::1]:9000"])
  func aLoopbackIssuerMayBePlain(_ issuer: String) throws {
    let answer = document(
      issuer: issuer,
      [
        "token_endpoint": #""http://127.0.0.1:9000/token""#, "jwks_uri": #""http://localhost:9001/jwks""#,
        "device_authorization_endpoint": #""https://op.example/device""#,
      ])
    #expect(try discover(answer, issuer: issuer).0 != nil)
  }

  @Test(
    arguments: ["token_endpoint", "jwks_uri", "device_authorization_endpoint", "revocation_endpoint"],
    [
      "http://op.example/x", "http://127.0.0.1/x", "https://169.254.169.254/x", "http://169.254.169.254/x", "/token",
      "",
      "https://u:p@op.example/", "https://[fe80::1]/x", "https://[FEBF::1]/x", "https://[::ffff:169.254.169.254]/x",
      "https://[0:0:0:0:0:ffff:a9fe:a9fe]/x", "https://[64:ff9b::a9fe:a9fe]/x", "https://[::169.254.169.254]/x",
      "https://[fd00:ec2::254]/x", "https://[fd00:0ec2:0:0::254]/x",
    ])
  func endpointsMustBeHTTPS(_ name: String, _ text: String) {
    #expect(throws: DiscoveryError.unusableEndpoint(name, ByteText(text))) {
      try discover(document([name: "\"\(text)\""]))
    }
  }

  @Test func hostsThatOnlyLookLinkLocalAreFine() throws {
    for host in ["feb.example", "169.254.example", "[fd00:ec20::1]", "[2001:db8::a9fe:a9fe]", "[::1]"] {
      #expect(try discover(document(["token_endpoint": "\"https://\(host)/token\""])).0 != nil)
    }
  }

  @Test func endpointsMustBeTexts() {
    #expect(throws: DiscoveryError.wrongType("token_endpoint")) { try discover(document(["token_endpoint": "7"])) }
    #expect(throws: DiscoveryError.wrongType("scopes_supported")) {
      try discover(document(["scopes_supported": "\"openid\""]))
    }
    #expect(throws: DiscoveryError.missing("jwks_uri")) { try discover(document(["jwks_uri": nil])) }
    #expect(throws: DiscoveryError.missing("token_endpoint")) { try discover(document(["token_endpoint": "null"])) }
    #expect(throws: DiscoveryError.missing("issuer")) { try discover(document(["issuer": "7"])) }
  }

  @Test(arguments: ["", "[]", "<html>", "null"])
  func whatIsNotAnObjectIsRefused(_ text: String) {
    #expect(throws: DiscoveryError.notAnObject) { try discover(.json(text)) }
  }

  @Test(arguments: [
    ("{\"issuer\":\"https://op.example\"", "the JSON breaks off after 30 bytes"),
    (" {\"a\":1,\"a\":2}", "the JSON has the member \"a\" twice, again at offset 8"),
    ("{\"a\":1}x", "the JSON ends, but more follows at offset 7"),
  ])
  func whatIsAnObjectButForOneSlipIsRefusedByIt(_ text: String, _ slip: String) {
    #expect(throws: DiscoveryError.malformed(slip)) { try discover(.json(text)) }
    #expect(throws: KeySetError.malformed(slip)) { try KeySet.parse(HTTPResponse.json(text)) }
  }

  @Test func outagesAreToldApart() throws {
    for status in [429, 500, 503] {
      let error = #expect(throws: DiscoveryError.self) { try discover(HTTPResponse(status: status)) }
      #expect(error?.isTransient == true && error?.kind == .unreachable)
    }
    #expect(throws: DiscoveryError.redirected) { try discover(HTTPResponse(status: 301)) }
    var discovery = try Discovery(issuer: "https://op.example")
    #expect(throws: DiscoveryError.transport(.unresolved(host: "op.example"))) {
      try discovery.transportFailed(.unresolved(host: "op.example"))
    }
  }

  @Test func theDeviceEndpointCanBeSetByHand() throws {
    let metadata = ProviderMetadata.example()
    let set = try metadata.settingDeviceAuthorizationEndpoint("https://other.example/device")
    #expect(set.deviceAuthorizationEndpoint?.text == "https://other.example/device")
    for text in ["http://op.example/d", "device", "http://127.0.0.1/d"] {
      #expect(throws: DiscoveryError.unusableEndpointSetting(text)) {
        try metadata.settingDeviceAuthorizationEndpoint(text)
      }
    }
  }
}
