public import Formats
public import Model

/// Redeeming a refresh token (RFC 6749 §6, OIDC Core §12).
///
/// The provider may rotate: the answer's refresh token must be stored before anything else is done with the answer.
public enum Refresh {
  public static func request(
    _ refreshToken: Secret, tokenEndpoint: WebURL, client: ClientAuthentication
  ) -> HTTPRequest {
    client.request(
      tokenEndpoint,
      [FormField("grant_type", "refresh_token"), FormField("refresh_token", secret: refreshToken)])
  }

  public enum Outcome: Sendable {
    /// `keep` is the refresh token to hold from now on: the answer's, or the one redeemed where there is none (§6).
    /// `tokens.idToken` is nil where the provider issues none at a refresh (OIDC Core §12.2).
    case refreshed(TokenSet, keep: Secret, wasRotated: Bool)
    /// The session has ended at the provider.
    case loginRequired(RefreshError)
    /// The same request may succeed later. `retryAfter` in seconds, where the server says so.
    case later(RefreshError, retryAfter: Int64?)
    /// It will not succeed, and logging in again does not mend it.
    case failed(RefreshError)
  }

  public static func outcome(of response: HTTPResponse, redeeming refreshToken: Secret, now: WallTime) -> Outcome {
    let retryAfter = response.retryAfter(now)
    switch EndpointReply(response, sent: [refreshToken]) {
    case .success(let object):
      do throws(TokenResponseError) {
        let tokens = try TokenSet(object)
        let keep = tokens.refreshToken ?? refreshToken
        return .refreshed(tokens, keep: keep, wasRotated: keep != refreshToken)
      } catch {
        return .failed(.malformed(error))
      }
    case .error(let error, let status):
      switch error.code {
      case "invalid_grant", "interaction_required", "login_required", "consent_required":
        return .loginRequired(.ended(error))
      case _ where EndpointReply.isTransient(status), "slow_down", "temporarily_unavailable":
        return .later(.refused(error), retryAfter: retryAfter)
      default: return .failed(.refused(error))
      }
    case .redirect(let status): return .failed(.redirected(status: status))
    case .unavailable(let status): return .later(.unavailable(status: status), retryAfter: retryAfter)
    // Glewlwyd's answer to a refresh token it does not accept.
    case .unintelligible(let status) where (status == 400 || status == 401) && response.body.isEmpty:
      return .loginRequired(.endedWithoutReason(status: status))
    case .unintelligible(let status): return .later(.unintelligible(status: status), retryAfter: retryAfter)
    }
  }

  public static func outcome(of failure: TransportFailure) -> Outcome {
    failure.isTransient ? .later(.transport(failure), retryAfter: nil) : .failed(.transport(failure))
  }
}

/// Why a refresh gave no tokens.
public enum RefreshError: Explained, Hashable {
  case ended(OAuthError)
  case endedWithoutReason(status: Int)
  case refused(OAuthError)
  case malformed(TokenResponseError)
  case redirected(status: Int)
  case unavailable(status: Int)
  case unintelligible(status: Int)
  case transport(TransportFailure)

  public var kind: FailureKind {
    switch self {
    case .ended, .endedWithoutReason: .loginRequired
    case .refused: .refused
    case .malformed, .redirected: .malformed
    case .unavailable, .unintelligible: .unreachable
    case .transport(let failure): failure.kind
    }
  }

  public var message: String {
    switch self {
    case .ended(let error): "the session has ended at the provider: \(error.text)"
    case .endedWithoutReason(let status):
      "the provider does not accept the session any more (HTTP \(status), no reason)"
    case .refused(let error): "the provider refused to refresh: \(error.text)"
    case .malformed(let error): error.message
    case .redirected(let status): "the provider redirects the refresh (HTTP \(status)), which is not followed"
    case .unavailable(let status): "the provider is not available (HTTP \(status))"
    case .unintelligible(let status): "the provider answers with something that is not OAuth (HTTP \(status))"
    case .transport(let failure): failure.message
    }
  }

  public var hint: String? {
    switch self {
    case .ended, .endedWithoutReason: "run `daypass login`"
    case .refused(let error): error.hint
    case .redirected: "check the spelling of issuer, a slash at the end included"
    case .transport(let failure): failure.hint
    case .malformed(let error): error.hint
    case .unavailable, .unintelligible: Advice.outage
    }
  }
}
