import Crypto
import Model
import OIDC
import Testing

@Suite("How a client identifies itself")
struct ClientTests {
  @Test func whatTheProviderOffersDecides() {
    func method(_ secret: Secret?, _ offered: [ByteText]?) -> String {
      switch ClientAuthentication(clientID: "cli", secret: secret, offered: offered) {
      case .publicClient: "public"
      case .secretPost: "post"
      case .secretBasic: "basic"
      }
    }
    let secret = Secret("s")
    #expect(method(nil, ["client_secret_post"]) == "public")
    #expect(method(secret, nil) == "basic")
    #expect(method(secret, []) == "basic")
    #expect(method(secret, ["client_secret_basic"]) == "basic")
    #expect(method(secret, ["client_secret_basic", "client_secret_post"]) == "post")
    #expect(method(secret, ["private_key_jwt"]) == "basic")
  }

  @Test func bothHalvesOfBasicAreFormEncoded() {
    let client = ClientAuthentication(clientID: "a:b c", secret: Secret("p%ss/ü"), offered: nil)
    let request = Refresh.request(Secret("rt"), tokenEndpoint: url("https://op.example/token"), client: client)
    // a%3Ab%20c:p%25ss%2F%C3%BC
    #expect(request.header("Authorization") == "Basic YSUzQWIlMjBjOnAlMjVzcyUyRiVDMyVCQw==")
    #expect(request.form["client_secret"] == nil)
    #expect(request.headers.first { $0.name == "Authorization" }?.isSecret == true)
  }

  @Test func secretsDoNotPrint() {
    let client = ClientAuthentication(clientID: "cli", secret: Secret("CANARY"), offered: ["client_secret_post"])
    let request = Refresh.request(Secret("CANARY"), tokenEndpoint: url("https://op.example/token"), client: client)
    #expect(!String(reflecting: client).contains("CANARY"))
    #expect(!String(reflecting: request).contains("CANARY"))
  }

  /// RFC 7636 appendix B.
  @Test func proofKeysAreMadeAsInTheStandardsExample() {
    let random: [UInt8] = [
      116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191, 240,
      91,
      88, 5, 88, 83, 132, 141, 121,
    ]
    let pkce = PKCE(random: random, cryptography: OpenSSL())
    #expect(pkce.verifier == Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
    #expect(pkce.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
  }
}
