public import Model

/// How a device login ends without tokens.
public enum DeviceGrantError: Explained, Hashable {
  /// The person said no.
  case denied
  /// Nobody approved in time. `trouble` is the last thing that kept the polls from being answered, if any.
  case codeExpired(trouble: String?)
  /// The provider no longer knows the code right after an answer got lost: that answer held the tokens.
  case answerLost
  case refused(OAuthError)
  case invalidScope(OAuthError, asked: [String])
  case malformedAuthorization(DeviceAuthorizationFault)
  case malformedTokens(TokenResponseError)
  case redirected(status: Int)
  /// The same of a poll, whose endpoint only the metadata names.
  case pollRedirected(status: Int)
  /// Answers that are not OAuth's, more often than an outage explains.
  case unintelligible(status: Int)
  case unavailable(status: Int)
  case transport(TransportFailure)
  case noDeviceEndpoint

  public var kind: FailureKind {
    switch self {
    case .denied: .denied
    case .codeExpired, .answerLost: .codeExpired
    case .refused, .invalidScope: .refused
    case .malformedAuthorization, .malformedTokens, .redirected, .pollRedirected, .unintelligible: .malformed
    case .unavailable: .unreachable
    case .transport(let failure): failure.kind
    case .noDeviceEndpoint: .configuration
    }
  }

  public var message: String {
    switch self {
    case .denied: "the login was denied"
    case .codeExpired(nil): "the code expired before it was approved"
    case .codeExpired(let trouble?): "the code expired before an approval arrived; last: \(trouble)"
    case .answerLost: "the login was probably approved, but the provider's answer was lost on the way"
    case .refused(let error): "the provider refused: \(error.text)"
    case .invalidScope(let error, let asked):
      if let scope = error.scope(among: asked) {
        "the provider refused the scope \(scope.printable()): \(error.text)"
      } else {
        "the provider refused the scopes \"\(asked.joined(separator: " ").printable())\": \(error.text)"
      }
    case .malformedAuthorization(let fault): fault.message
    case .malformedTokens(let error): error.message
    case .redirected(let status), .pollRedirected(let status):
      "the provider redirects the request (HTTP \(status)), which is not followed"
    case .unintelligible(let status): "the provider answers with something that is not OAuth (HTTP \(status))"
    case .unavailable(let status): "the provider is not available (HTTP \(status))"
    case .transport(let failure): failure.message
    case .noDeviceEndpoint: "the provider's metadata names no device_authorization_endpoint"
    }
  }

  public var hint: String? {
    switch self {
    case .denied, .codeExpired, .answerLost: "run `daypass login` again"
    case .refused(let error), .invalidScope(let error, _): error.hint
    case .redirected: "check the spelling of issuer and device_authorization_endpoint, a slash at the end included"
    case .pollRedirected: "check the spelling of issuer, a slash at the end included, and the provider's token_endpoint"
    case .unintelligible: "check that the client may use the device grant, and the provider's log"
    case .transport(let failure): failure.hint
    case .noDeviceEndpoint: "set device_authorization_endpoint, or log in with --method browser"
    case .malformedAuthorization: "the provider's device authorization endpoint breaks RFC 8628; \(Advice.settings)"
    case .malformedTokens(let error): error.hint
    case .unavailable: Advice.outage
    }
  }
}
