/// Where the sandbox is, as it tells others.
struct Place: Sendable {
  /// Scheme, host and port, without a slash at the end.
  let base: String
  /// As given: a slash at the end counts.
  let issuerPath: String

  var issuer: String { base + issuerPath }
  /// The issuer's path without a slash at the end; every endpoint of the provider begins so.
  var prefix: String { issuerPath.hasSuffix("/") ? String(issuerPath.dropLast()) : issuerPath }
  func url(_ endpoint: Endpoint) -> String { base + path(endpoint) }
  var sts: String { base + "/sts" }
  var control: String { base + "/_control" }

  func path(_ endpoint: Endpoint) -> String {
    switch endpoint {
    case .discovery: prefix + "/.well-known/openid-configuration"
    case .authorizationServer: "/.well-known/oauth-authorization-server" + prefix
    case .movedDiscovery: prefix + "/moved/openid-configuration"
    case .jwks: prefix + "/jwks"
    case .deviceAuthorization: prefix + "/device_authorization"
    case .device: prefix + "/device"
    case .authorize: prefix + "/authorize"
    case .token: prefix + "/token"
    case .movedToken: prefix + "/moved/token"
    case .revoke: prefix + "/revoke"
    case .sts: "/sts"
    }
  }

  func endpoint(for path: String, method: String) -> Endpoint? {
    if let known = Endpoint.allCases.first(where: { self.path($0).utf8.elementsEqual(path.utf8) }) { return known }
    if path.utf8.elementsEqual("/sts/".utf8) { return .sts }
    // An SDK whose endpoint is the bare origin posts to the root.
    if path.utf8.elementsEqual("/".utf8), method == "POST" { return .sts }
    return nil
  }
}

enum Endpoint: String, CaseIterable, Sendable {
  case discovery, jwks, device, authorize, token, revoke, sts
  case authorizationServer = "authorization_server"
  case movedDiscovery = "moved_discovery"
  case movedToken = "moved_token"
  case deviceAuthorization = "device_authorization"
}
