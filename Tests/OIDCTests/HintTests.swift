import Formats
import Model
import Testing

@testable import OIDC

/// An error says what happened, then what to try.
@Suite struct HintTests {
  private static let now = WallTime(seconds: 1_795_356_000)
  private static let odd = OAuthError(code: "odd_error", description: nil)

  private static let verification: [VerificationError] = [
    .malformed(.notThreeParts), .malformed(.unsigned), .criticalExtension, .wrongType("at+jwt"), .algorithm("none"),
    .malformedKeyID, .unknownKey(kid: "k"), .unfitKey(kid: "k"), .ambiguousKey, .badSignature, .malformedClaim("sub"),
    .issuer("x"), .audience(["x"]), .authorizedParty("x"), .subject("x"), .expired(now, now: now),
    .notYetValid("nbf", now, now: now), .lifetime, .stale(now, requestedAt: now), .nonce, .accessTokenHash,
  ]
  private static let device: [DeviceGrantError] = [
    .denied, .codeExpired(trouble: nil), .answerLost, .refused(odd), .invalidScope(odd, asked: []),
    .malformedAuthorization(.wrongValue("expires_in")), .malformedAuthorization(.unsafeURI("http://x.example")),
    .malformedTokens(.missing("access_token")), .redirected(status: 302), .pollRedirected(status: 302),
    .unintelligible(status: 400), .unavailable(status: 503), .transport(.broken(host: "h", reason: "reset")),
    .noDeviceEndpoint,
  ]
  private static let browser: [AuthorizationCodeError] = [
    .noAuthorizationEndpoint, .notACallback, .issuerMismatch, .issuerMissing, .noCode, .denied, .refused(odd),
    .invalidScope(odd, asked: []), .malformedTokens(.missing("access_token")), .unavailable(status: 503),
    .unintelligible(status: 400),
  ]
  private static let discovery: [DiscoveryError] = [
    .unusableIssuer("x"), .unusableEndpointSetting("x"), .absent(status: 404), .unavailable(status: 503), .redirected,
    .transport(.broken(host: "h", reason: "reset")), .notAnObject, .malformed("x"), .missing("token_endpoint"),
    .wrongType("jwks_uri"), .unusableEndpoint("jwks_uri", "x"), .issuerMismatch(configured: "x", said: "y"),
  ]
  private static let keys: [KeySetError] = [
    .absent(status: 404), .unavailable(status: 503), .redirected, .notAnObject, .malformed("x"), .noKeys,
    .tooManyKeys(99),
  ]
  private static let refresh: [RefreshError] = [
    .ended(odd), .endedWithoutReason(status: 400), .refused(odd), .malformed(.missing("access_token")),
    .redirected(status: 302), .unavailable(status: 503), .unintelligible(status: 404),
    .transport(.broken(host: "h", reason: "reset")),
  ]
  private static let transport: [TransportFailure] = [
    .badURL("x"), .badHeader(name: "x"), .unresolved(host: "h"), .unconnected(host: "h", reason: "refused"),
    .untrusted(host: "h", reason: "self-signed"), .timedOut(host: "h", after: .seconds(1)),
    .broken(host: "h", reason: "reset"), .tooLarge(host: "h", limit: 1), .encoded(host: "h", encoding: "gzip"),
    .redirected(host: "h", to: "https://x.example"), .unusableCAFile(path: "/x", reason: "absent"),
    .unusableProxy(reason: "refused"), .exhausted(reason: "no memory"),
    .noLibrary(reason: "absent"),
  ]

  @Test func everyErrorOfALoginSaysWhatToTry() {
    let errors: [any Explained] =
      Self.verification + Self.device + Self.browser + Self.discovery + Self.keys + Self.refresh + Self.transport
    for error in errors {
      let hint = error.hint ?? ""
      #expect(!hint.isEmpty && hint.last != "." && !hint.contains("\n"), "\(error)")
    }
  }

  @Test func whatAnOutageIsIsTriedAgainLater() {
    for error in [DeviceGrantError.unavailable(status: 503), .refused(.init(code: "server_error", description: nil))] {
      #expect(error.hint?.contains("try again later") == true)
    }
    #expect(DiscoveryError.unavailable(status: 503).hint?.contains("try again later") == true)
    #expect(KeySetError.unavailable(status: 503).hint?.contains("try again later") == true)
  }
}
