internal import Formats
internal import Model

/// One metadata document as read: every endpoint acceptable, but none of them required yet, because the second document
/// only completes the first.
struct DiscoveryDocument: Sendable {
  var endpoints: [String: WebURL] = [:]
  var lists: [String: [ByteText]] = [:]
  var hasIssuerInResponses: Bool

  private static let endpointNames = [
    "token_endpoint", "jwks_uri", "authorization_endpoint", "device_authorization_endpoint", "revocation_endpoint",
  ]
  private static let listNames = [
    "code_challenge_methods_supported", "scopes_supported", "grant_types_supported",
    "token_endpoint_auth_methods_supported", "id_token_signing_alg_values_supported",
  ]

  /// OIDC Discovery §4.3: `issuer` must be exactly the one that was asked.
  init(_ response: HTTPResponse, issuer: Issuer) throws(DiscoveryError) {
    guard let object = response.fields else { throw response.jsonSlip.map { .malformed($0) } ?? .notAnObject }
    guard let said = object["issuer"]?.text else { throw .missing("issuer") }
    guard said == issuer.text else { throw .issuerMismatch(configured: issuer.text, said: said) }
    for name in Self.endpointNames {
      switch object[name] {
      case nil, .null?: continue
      case .string(let text)?:
        guard let endpoint = issuer.endpoint(text.string) else { throw .unusableEndpoint(name, text) }
        endpoints[name] = endpoint
      default: throw .wrongType(name)
      }
    }
    for name in Self.listNames {
      switch object[name] {
      case nil, .null?: continue
      case .array(let values)?:
        // Entries of other types are no methods, scopes or algorithms that anyone here asks for.
        lists[name] = values.compactMap(\.text)
      default: throw .wrongType(name)
      }
    }
    hasIssuerInResponses = object["authorization_response_iss_parameter_supported"]?.bool ?? false
  }

  /// What is missing here, from the other document of the same issuer.
  mutating func complete(from other: DiscoveryDocument) {
    endpoints.merge(other.endpoints) { mine, _ in mine }
    lists.merge(other.lists) { mine, _ in mine }
  }

  func metadata(_ issuer: Issuer) throws(DiscoveryError) -> ProviderMetadata {
    guard let tokenEndpoint = endpoints["token_endpoint"] else { throw .missing("token_endpoint") }
    guard let jwksURI = endpoints["jwks_uri"] else { throw .missing("jwks_uri") }
    return ProviderMetadata(
      issuer: issuer.text, tokenEndpoint: tokenEndpoint, jwksURI: jwksURI,
      authorizationEndpoint: endpoints["authorization_endpoint"],
      deviceAuthorizationEndpoint: endpoints["device_authorization_endpoint"],
      revocationEndpoint: endpoints["revocation_endpoint"],
      codeChallengeMethods: lists["code_challenge_methods_supported"], scopesSupported: lists["scopes_supported"],
      grantTypes: lists["grant_types_supported"],
      tokenEndpointAuthMethods: lists["token_endpoint_auth_methods_supported"],
      idTokenSigningAlgorithms: lists["id_token_signing_alg_values_supported"],
      authorizationResponseHasIssuer: hasIssuerInResponses)
  }
}
