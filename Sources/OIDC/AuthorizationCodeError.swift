public import Model

/// How a browser login ends without tokens.
public enum AuthorizationCodeError: Explained, Hashable {
  case noAuthorizationEndpoint
  /// Some other request reached the listener.
  case notACallback
  case issuerMismatch
  case issuerMissing
  case noCode
  case denied
  case refused(OAuthError)
  case invalidScope(OAuthError, asked: [String])
  case malformedTokens(TokenResponseError)
  case unavailable(status: Int)
  case unintelligible(status: Int)

  init(_ error: OAuthError, asked: [String]) {
    // The same words as in the device grant, without its codes.
    switch DeviceGrantError.of(error, asked: asked) {
    case .denied: self = .denied
    case .invalidScope(let error, let asked): self = .invalidScope(error, asked: asked)
    default: self = .refused(error)
    }
  }

  public var kind: FailureKind {
    switch self {
    case .noAuthorizationEndpoint: .configuration
    case .notACallback, .issuerMismatch, .issuerMissing, .noCode, .malformedTokens, .unintelligible: .malformed
    case .denied: .denied
    case .refused, .invalidScope: .refused
    case .unavailable: .unreachable
    }
  }

  public var message: String {
    switch self {
    case .noAuthorizationEndpoint: "the provider's metadata names no authorization_endpoint"
    case .notACallback: "a request that is not this login's callback"
    case .issuerMismatch: "the callback names another issuer"
    case .issuerMissing: "the callback does not name its issuer, as the provider's metadata promises"
    case .noCode: "the callback holds no code"
    case .denied: "the login was denied"
    case .refused(let error): "the provider refused: \(error.text)"
    case .invalidScope(let error, let asked): DeviceGrantError.invalidScope(error, asked: asked).message
    case .malformedTokens(let error): error.message
    case .unavailable(let status): "the provider is not available (HTTP \(status))"
    case .unintelligible(let status): "the provider answers with something that is not OAuth (HTTP \(status))"
    }
  }

  public var hint: String? {
    switch self {
    case .noAuthorizationEndpoint: "log in with --method device"
    case .denied, .issuerMismatch, .issuerMissing, .noCode, .unavailable: "run `daypass login` again"
    case .refused(let error), .invalidScope(let error, _): error.hint
    case .notACallback: Advice.again
    case .malformedTokens(let error): error.hint
    case .unintelligible: "check that the client may use the authorization code grant, and the provider's log"
    }
  }
}
