import Model
import OIDC

/// What a provider's metadata lack for a login with this profile.
struct DiscoveryCheck {
  let metadata: ProviderMetadata
  let profile: Profile
  /// Whether there is a session, which the client could not have got if its lack of a secret mattered.
  let isProven: () -> Bool

  var verdict: Verdict {
    if let missingEndpoint { return missingEndpoint }
    if let algorithms = metadata.idTokenSigningAlgorithms, !algorithms.isEmpty,
      !algorithms.contains(where: { SignatureAlgorithm(rawValue: $0.string) != nil })
    {
      let names = algorithms.prefix(4).map { $0.printable(limit: 20) }.joined(separator: ", ")
      return .fault(
        "the provider signs ID tokens with \(names) only, which is not accepted",
        hint: "have the client's ID tokens signed with RS256 or ES256")
    }
    if profile.method == .device, let grants = metadata.grantTypes, !grants.contains(DiscoveryCheck.deviceGrant) {
      return .warning(
        "the provider's metadata do not list the device grant among grant_types_supported",
        hint: "enable it at the provider, or log in with --method browser")
    }
    if profile.clientSecretFile == nil, let methods = metadata.tokenEndpointAuthMethods, !methods.contains("none"),
      !isProven()
    {
      return .warning(
        "the provider lists no \"none\" in token_endpoint_auth_methods_supported: it may want a client secret",
        hint: "make the client a public one there; if it has a secret, set client_secret_file")
    }
    return .ok(offers)
  }

  private static let deviceGrant: ByteText = "urn:ietf:params:oauth:grant-type:device_code"

  private var missingEndpoint: Verdict? {
    switch profile.method {
    case .device where metadata.deviceAuthorizationEndpoint == nil: .fault(DeviceGrantError.noDeviceEndpoint)
    case .browser where metadata.authorizationEndpoint == nil:
      .fault(
        "the provider's metadata name no authorization_endpoint, which --method browser needs",
        hint: "log in with --method device")
    case .device, .browser: nil
    }
  }

  private var offers: String {
    [
      profile.method == .device ? "device grant" : "authorization code",
      metadata.offersS256 ? "PKCE" : "no PKCE",
      metadata.revocationEndpoint == nil ? "no revocation" : "revocation",
    ].joined(separator: ", ")
  }
}

extension Evidence {
  var discoveryVerdict: Verdict {
    if let lacksIdentity { return lacksIdentity }
    guard isLogin else { return Evidence.onlyForLogin }
    switch metadata {
    case nil: return Evidence.noIssuer
    case .failure(let failure)?: return .fault(failure)
    case .success(let metadata)?:
      let check = DiscoveryCheck(metadata: metadata, profile: profile) { [self] in (try? person.get()) != nil }
      return check.verdict
    }
  }
}
