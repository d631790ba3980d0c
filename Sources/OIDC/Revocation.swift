public import Formats
public import Model

/// Telling the provider that a refresh token is not needed any more (RFC 7009).
public enum Revocation {
  public static func request(_ refreshToken: Secret, endpoint: WebURL, client: ClientAuthentication) -> HTTPRequest {
    client.request(
      endpoint, [FormField("token", secret: refreshToken), FormField("token_type_hint", "refresh_token")])
  }

  public enum Outcome: Sendable, Equatable {
    case revoked
    /// Never more than a warning: the session is deleted here anyway. One line, safe to show.
    case refused(reason: String)
  }

  /// §2.2: 200, whatever the body, also for a token the provider does not know.
  public static func outcome(of response: HTTPResponse) -> Outcome {
    switch EndpointReply(response) {
    case .error(let error, _): .refused(reason: error.text)
    case .success: .revoked
    case .unintelligible(let status) where (200..<300).contains(status): .revoked
    case .redirect(let status), .unavailable(let status), .unintelligible(let status):
      .refused(reason: "HTTP \(status)")
    }
  }
}
