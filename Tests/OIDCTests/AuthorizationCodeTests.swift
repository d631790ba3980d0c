import Formats
import Model
import OIDC
import Testing

@Suite("The browser login")
struct AuthorizationCodeTests {
  private func grant(issInResponse: Bool = false) throws -> AuthorizationCodeGrant {
    var provider = ProviderMetadata.example()
    provider.authorizationResponseHasIssuer = issInResponse
    return try AuthorizationCodeGrant(
      provider: provider, client: .publicClient(id: "cli"), scopes: ["openid", "email"],
      pkce: PKCE(random: Array(repeating: 7, count: 32), cryptography: RuleCryptography()), port: 40123,
      state: Array("0123456789abcdef".utf8), nonce: Array("fedcba9876543210".utf8))
  }

  private let state = "MDEyMzQ1Njc4OWFiY2RlZg"

  private func code(_ target: String, issInResponse: Bool = false) throws -> Secret {
    try grant(issInResponse: issInResponse).code(fromCallback: Array(target.utf8))
  }

  @Test func theAddressHoldsEverythingTheProviderNeeds() throws {
    let text = try grant().authorizationURL.text
    let query = try #require(text.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1).last)
    let fields = try #require(FormEncoding.decode(query))
    let values = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value.exposedText()) })
    #expect(text.utf8.starts(with: "https://op.example/authorize?tenant=1&".utf8))
    #expect(values["response_type"] == "code")
    #expect(values["client_id"] == "cli")
    #expect(values["redirect_uri"] == "http://127.0.0.1:40123/callback")
    #expect(values["scope"] == "openid email")
    #expect(values["state"] == state)
    #expect(values["nonce"] == (try grant().nonce.string))
    #expect(values["code_challenge_method"] == "S256")
    #expect(values["code_challenge"]?.utf8.count == 43)
  }

  @Test func theCodeIsTakenFromTheRightCallback() throws {
    #expect(try code("/callback?code=a%2Fb&state=\(state)") == Secret("a/b"))
    #expect(try code("/callback?state=\(state)&code=x&session_state=1&iss=https%3A%2F%2Fop.example") == Secret("x"))
  }

  @Test(arguments: [
    "/callback?code=x&state=other", "/callback?code=x", "/callback", "/",
    "/callback/?code=x&state=MDEyMzQ1Njc4OWFiY2RlZg",
    "/favicon.ico", "", "/callback?code=x&state=MDEyMzQ1Njc4OWFiY2RlZg&state=MDEyMzQ1Njc4OWFiY2RlZg",
    "/callback?code=x&code=y&state=MDEyMzQ1Njc4OWFiY2RlZg", "/callback?code=%zz&state=MDEyMzQ1Njc4OWFiY2RlZg",
    "/callback?error=access_denied&state=wrong", "/callback?code=x&state=mdeymzq1njc4owfiy2rlzg",
    "http://127.0.0.1:40123/callback?code=x&state=MDEyMzQ1Njc4OWFiY2RlZg",
  ])
  func otherRequestsAreNotTheCallback(_ target: String) {
    #expect(throws: AuthorizationCodeError.notACallback) { try code(target) }
  }

  @Test func anOverlongTargetIsNotTheCallback() {
    let long = String(repeating: "a", count: 9000)
    #expect(throws: AuthorizationCodeError.notACallback) { try code("/callback?code=\(long)&state=\(state)") }
  }

  @Test func anotherIssuersAnswerIsRefused() {
    #expect(throws: AuthorizationCodeError.issuerMismatch) {
      try code("/callback?code=x&state=\(state)&iss=https%3A%2F%2Fevil.example")
    }
  }

  @Test func anAnswerThatDoesNotNameItsIssuerIsRefusedWhereItIsPromised() {
    #expect(throws: AuthorizationCodeError.issuerMissing) {
      try code("/callback?code=x&state=\(state)", issInResponse: true)
    }
    #expect(!AuthorizationCodeError.issuerMissing.message.contains("another issuer"))
  }

  @Test func theProvidersErrorIsPassedOn() throws {
    #expect(throws: AuthorizationCodeError.denied) { try code("/callback?error=access_denied&state=\(state)") }
    let error = #expect(throws: AuthorizationCodeError.self) {
      try code("/callback?error=invalid_scope&error_description=email+is+unknown&state=\(state)")
    }
    #expect(error?.kind == .refused)
    #expect(error?.message.contains("the scope email") == true)
    #expect(throws: AuthorizationCodeError.noCode) { try code("/callback?state=\(state)") }
    #expect(throws: AuthorizationCodeError.noCode) { try code("/callback?code=&state=\(state)") }
  }

  @Test func theCodeIsRedeemedWithItsProofAndTheSameRedirect() throws {
    let request = try grant().tokenRequest(code: Secret("x"))
    #expect(request.url == "https://op.example/token" && request.redirects == .none)
    #expect(request.form["grant_type"] == "authorization_code")
    #expect(request.form["code"] == "x")
    #expect(request.form["redirect_uri"] == "http://127.0.0.1:40123/callback")
    #expect(request.form["code_verifier"]?.utf8.count == 43)
    #expect(request.form["client_id"] == "cli")
  }

  @Test func theAnswerIsReadOrRefused() throws {
    #expect(try grant().tokens(from: .granted).refreshToken == Secret("rt"))
    let refusals: [(HTTPResponse, FailureKind)] = [
      (.error("invalid_grant"), .refused), (.error("invalid_client", status: 401), .refused), (.json("{}"), .malformed),
      (HTTPResponse(status: 503), .unreachable), (HTTPResponse(status: 302), .malformed),
      (HTTPResponse(status: 400), .malformed),
    ]
    for (response, kind) in refusals {
      let error = #expect(throws: AuthorizationCodeError.self) { try grant().tokens(from: response) }
      #expect(error?.kind == kind)
    }
  }
}
