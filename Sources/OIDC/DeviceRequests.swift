internal import Formats
internal import Model

extension DeviceGrant {
  /// RFC 8628 §3.1.
  var authorizationRequest: HTTPRequest {
    var fields = [FormField("scope", configuration.scopes.joined(separator: " "))]
    if let pkce = configuration.pkce {
      fields += [FormField("code_challenge", pkce.challenge), FormField("code_challenge_method", "S256")]
    }
    return configuration.client.request(configuration.deviceAuthorizationEndpoint, fields)
  }

  /// RFC 8628 §3.4. Never outlasts the code by more than the second that any exchange may take.
  func pollRequest(_ code: DeviceCode, now: BootTime) -> HTTPRequest {
    var fields = [
      FormField("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
      FormField("device_code", secret: code.secret),
    ]
    if let pkce = configuration.pkce { fields.append(FormField("code_verifier", secret: pkce.verifier)) }
    let timeout = max(.seconds(1), min(.seconds(10), code.deadline - now))
    return configuration.client.request(configuration.tokenEndpoint, fields, timeout: timeout)
  }
}
