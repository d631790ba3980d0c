public import Formats
public import Model

/// What a provider says about itself (OIDC Discovery 1.0 §3, RFC 8414 §2, RFC 8628 §4), as far as it is used here.
public struct ProviderMetadata: Sendable, Equatable {
  /// Byte for byte the configured issuer.
  public var issuer: ByteText
  public var tokenEndpoint: WebURL
  public var jwksURI: WebURL
  public var authorizationEndpoint: WebURL?
  public var deviceAuthorizationEndpoint: WebURL?
  public var revocationEndpoint: WebURL?
  public var codeChallengeMethods: [ByteText]?
  public var scopesSupported: [ByteText]?
  public var grantTypes: [ByteText]?
  public var tokenEndpointAuthMethods: [ByteText]?
  /// As advertised; what is accepted is decided by `IDTokenPolicy`, since providers list more than they use, and less.
  public var idTokenSigningAlgorithms: [ByteText]?
  /// Whether every authorization response carries `iss` (RFC 9207 §3).
  public var authorizationResponseHasIssuer: Bool

  public init(
    issuer: ByteText, tokenEndpoint: WebURL, jwksURI: WebURL, authorizationEndpoint: WebURL? = nil,
    deviceAuthorizationEndpoint: WebURL? = nil, revocationEndpoint: WebURL? = nil,
    codeChallengeMethods: [ByteText]? = nil, scopesSupported: [ByteText]? = nil, grantTypes: [ByteText]? = nil,
    tokenEndpointAuthMethods: [ByteText]? = nil, idTokenSigningAlgorithms: [ByteText]? = nil,
    authorizationResponseHasIssuer: Bool = false
  ) {
    self.issuer = issuer
    self.tokenEndpoint = tokenEndpoint
    self.jwksURI = jwksURI
    self.authorizationEndpoint = authorizationEndpoint
    self.deviceAuthorizationEndpoint = deviceAuthorizationEndpoint
    self.revocationEndpoint = revocationEndpoint
    self.codeChallengeMethods = codeChallengeMethods
    self.scopesSupported = scopesSupported
    self.grantTypes = grantTypes
    self.tokenEndpointAuthMethods = tokenEndpointAuthMethods
    self.idTokenSigningAlgorithms = idTokenSigningAlgorithms
    self.authorizationResponseHasIssuer = authorizationResponseHasIssuer
  }

  public var offersS256: Bool { codeChallengeMethods?.contains("S256") ?? false }

  /// `openid profile email`, and `offline_access` where the provider lists it or lists nothing.
  public var defaultScopes: [String] {
    let offline = scopesSupported?.contains("offline_access") ?? true
    return ["openid", "profile", "email"] + (offline ? ["offline_access"] : [])
  }

  /// The same with the endpoint that the setting `device_authorization_endpoint` names, held to the rule for discovered
  /// ones.
  public func settingDeviceAuthorizationEndpoint(_ text: String) throws(DiscoveryError) -> ProviderMetadata {
    let issuer = try Issuer(issuer.string)
    guard let endpoint = issuer.endpoint(text) else { throw .unusableEndpointSetting(text) }
    var copy = self
    copy.deviceAuthorizationEndpoint = endpoint
    return copy
  }
}

/// A configured issuer that can be asked.
struct Issuer: Sendable {
  let text: ByteText
  let url: WebURL

  /// An issuer is an https URL without query or fragment (OIDC Discovery §3); http only on a loopback.
  init(_ text: String) throws(DiscoveryError) {
    guard let url = try? WebURL.parse(text), url.query == nil, url.isSecureOrLoopback else {
      throw .unusableIssuer(text)
    }
    self.text = ByteText(text)
    self.url = url
  }

  /// The path without its last slash (OIDC Discovery §4.1, RFC 8414 §3.1).
  private var path: String { url.path.utf8.last == UInt8(ascii: "/") ? String(url.path.dropLast()) : url.path }

  var openIDConfiguration: String { url.origin + path + "/.well-known/openid-configuration" }

  /// Here the well-known part goes between host and path.
  var authorizationServerMetadata: String { url.origin + "/.well-known/oauth-authorization-server" + path }

  /// https; http only on a loopback, and only if the issuer is on one. Nobody's metadata may send us to a link-local
  /// address, where clouds keep their credential services, unless the issuer lives there itself.
  func endpoint(_ text: String) -> WebURL? {
    guard let endpoint = try? WebURL.parse(text) else { return nil }
    if endpoint.isLinkLocal && endpoint.host != url.host { return nil }
    return endpoint.scheme == .https || (endpoint.isLoopback && url.isLoopback) ? endpoint : nil
  }
}
