public import Formats
public import Model

/// Where an issuer publishes its keys. Issuers that only sign tokens for their own jobs, as CI systems do, have no
/// token endpoint and therefore no `ProviderMetadata`.
public struct KeysAddress: Sendable {
  private let issuer: Issuer

  /// - Parameter issuer: exactly as the provider spells it.
  public init(issuer: String) throws(DiscoveryError) { self.issuer = try Issuer(issuer) }

  /// OIDC Discovery 1.0 §4.1.
  public var request: HTTPRequest { metadataRequest(issuer.openIDConfiguration) }

  public func address(in response: HTTPResponse) throws(DiscoveryError) -> WebURL {
    switch response.status {
    case 200..<300: break
    case 300..<400: throw .redirected
    case let status where EndpointReply.isTransient(status): throw .unavailable(status: status)
    case let status: throw .absent(status: status)
    }
    guard let address = try DiscoveryDocument(response, issuer: issuer).endpoints["jwks_uri"] else {
      throw .missing("jwks_uri")
    }
    return address
  }
}
