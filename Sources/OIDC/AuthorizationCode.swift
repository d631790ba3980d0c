public import Formats
public import Model

/// The authorization code grant with PKCE for a browser on this machine (RFC 6749 §4.1, RFC 8252 §7.3): the address to
/// open, the callback that comes to the loopback, and the request that redeems its code.
public struct AuthorizationCodeGrant: Sendable {
  public static let callbackPath = "/callback"

  private let provider: ProviderMetadata
  private let client: ClientAuthentication
  private let scopes: [String]
  private let pkce: PKCE
  private let redirectURI: String
  private let state: [UInt8]
  private let endpoint: WebURL
  /// What the ID token must carry (OIDC Core §3.1.2.1).
  public let nonce: ByteText

  /// - Parameters:
  ///   - port: where the listener on 127.0.0.1 listens; the literal, never `localhost` (RFC 8252 §8.3).
  ///   - state: 16 or more random bytes that tie the callback to this request.
  ///   - nonce: 16 or more random bytes that tie the ID token to it.
  public init(
    provider: ProviderMetadata, client: ClientAuthentication, scopes: [String], pkce: PKCE, port: Int, state: [UInt8],
    nonce: [UInt8]
  ) throws(AuthorizationCodeError) {
    guard let endpoint = provider.authorizationEndpoint else { throw .noAuthorizationEndpoint }
    self.endpoint = endpoint
    self.provider = provider
    self.client = client
    self.scopes = scopes
    self.pkce = pkce
    redirectURI = "http://127.0.0.1:\(port)\(Self.callbackPath)"
    self.state = Array(Base64URL.encode(state).utf8)
    self.nonce = ByteText(Base64URL.encode(nonce))
  }

  /// What the browser opens.
  public var authorizationURL: WebURL {
    endpoint.appending(query: [
      ("response_type", "code"),
      ("client_id", client.clientID),
      ("redirect_uri", redirectURI),
      ("scope", scopes.joined(separator: " ")),
      ("state", String(decoding: state, as: UTF8.self)),
      ("nonce", nonce.string),
      ("code_challenge", pkce.challenge),
      ("code_challenge_method", "S256"),
    ])
  }

  /// Reads the request target of a callback, for example `/callback?code=…&state=…` (RFC 6749 §4.1.2).
  ///
  /// - Throws: `notACallback` for every request that is not the answer to this authorization (another path, another
  ///   state): answer 404 and go on listening. Everything else ends the login.
  public func code(fromCallback target: [UInt8]) throws(AuthorizationCodeError) -> Secret {
    let parts = target.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
    guard let path = parts.first, path.elementsEqual(Self.callbackPath.utf8), let query = parts.dropFirst().first,
      target.count <= 8192, let fields = FormEncoding.decode(query)
    else { throw .notACallback }
    // Compared in constant time by `Secret`, and before anything else is believed.
    guard try Self.only("state", fields) == Secret(state) else { throw .notACallback }
    let said = try Self.only("iss", fields)
    // RFC 9207 §2.4: an answer of another provider must not be redeemed at this one.
    if let said, said != Secret(provider.issuer.utf8) { throw .issuerMismatch }
    if said == nil, provider.authorizationResponseHasIssuer { throw .issuerMissing }
    if let error = try Self.only("error", fields) {
      let description = try Self.only("error_description", fields)
      throw AuthorizationCodeError(
        OAuthError(
          code: ByteText(error.exposedText()), description: description.map { ByteText($0.exposedText()) }),
        asked: scopes)
    }
    guard let code = try Self.only("code", fields), !code.isEmpty else { throw .noCode }
    return code
  }

  /// RFC 6749 §3.1: no parameter may occur twice.
  private static func only(_ name: String, _ fields: [FormField]) throws(AuthorizationCodeError) -> Secret? {
    let values = fields.filter { ByteText($0.name) == name }
    guard values.count <= 1 else { throw .notACallback }
    return values.first?.value
  }

  /// RFC 6749 §4.1.3, RFC 7636 §4.5.
  public func tokenRequest(code: Secret) -> HTTPRequest {
    client.request(
      provider.tokenEndpoint,
      [
        FormField("grant_type", "authorization_code"),
        FormField("code", secret: code),
        FormField("redirect_uri", redirectURI),
        FormField("code_verifier", secret: pkce.verifier),
      ])
  }

  /// A code can be redeemed once, so no failure here is worth another try.
  public func tokens(from response: HTTPResponse) throws(AuthorizationCodeError) -> TokenSet {
    switch EndpointReply(response, sent: client.secrets) {
    case .success(let object):
      do throws(TokenResponseError) { return try TokenSet(object) } catch { throw .malformedTokens(error) }
    case .error(let error, _): throw AuthorizationCodeError(error, asked: scopes)
    case .unavailable(let status): throw .unavailable(status: status)
    case .redirect(let status), .unintelligible(let status): throw .unintelligible(status: status)
    }
  }
}
