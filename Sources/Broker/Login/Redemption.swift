import Formats
import Model
import OIDC

/// What a refresh token gave.
struct Redemption {
  var tokens: TokenSet
  /// The refresh token to hold from now on.
  var keep: Secret
  var wasRotated: Bool
}

/// Why a refresh token gave nothing.
struct RedemptionProblem: Error {
  enum Meaning {
    /// The session has ended at the provider. Without a reason it may be a proxy's word, so the token is kept.
    case ended(hasReason: Bool)
    /// It may succeed later.
    case later(retryAfter: Int64?)
    case failed
  }

  var meaning: Meaning
  var failure: Failure
  /// The provider may have redeemed it, and its answer, with a new refresh token, did not arrive.
  var answerMayBeLost: Bool

  var isInterruption: Bool { if case .interrupted = failure.kind { true } else { false } }

  init(_ meaning: Meaning, _ error: RefreshError, answerMayBeLost: Bool) {
    self.meaning = meaning
    failure = Failure(error)
    self.answerMayBeLost = answerMayBeLost
  }
}

extension Provider {
  /// One try, which may take all the time there is, then two more if they may help. A provider that rotates takes a
  /// token that comes twice for a stolen one and ends the session: where an answer may have got lost, it is only sent
  /// again if `mayRepeat`.
  func redeem(
    _ refreshToken: Secret, _ metadata: ProviderMetadata, client: ClientAuthentication, mayRepeat: Bool,
    until deadline: BootTime
  ) throws(RedemptionProblem) -> Redemption {
    var request = Refresh.request(refreshToken, tokenEndpoint: metadata.tokenEndpoint, client: client)
    let began = surroundings.clocks.boot()
    request.timeout = deadline - began
    var attempt = 1
    var answerMayBeLost = false
    while true {
      let outcome: Refresh.Outcome
      switch send(request, until: deadline) {
      case .success(let response):
        outcome = Refresh.outcome(of: response, redeeming: refreshToken, now: surroundings.clocks.wall())
      case .failure(let failure):
        outcome = Refresh.outcome(of: failure)
      }
      switch outcome {
      case .refreshed(let tokens, let keep, let wasRotated):
        return Redemption(tokens: tokens, keep: keep, wasRotated: wasRotated)
      case .loginRequired(let error):
        var hasReason = false
        if case .ended = error { hasReason = true }
        throw RedemptionProblem(.ended(hasReason: hasReason), error, answerMayBeLost: answerMayBeLost)
      case .failed(let error):
        throw RedemptionProblem(.failed, error, answerMayBeLost: answerMayBeLost || error.mayHideAnAnswer)
      case .later(let error, let retryAfter):
        answerMayBeLost = answerMayBeLost || error.mayHideAnAnswer
        guard mayRepeat || !error.hidesAnAnswer else {
          throw RedemptionProblem(.later(retryAfter: retryAfter), error, answerMayBeLost: true)
        }
        let isDue: Bool
        do throws(Interrupted) {
          isDue = try surroundings.rested(
            after: attempt, because: error.message, retryAfter: retryAfter, until: deadline)
        } catch {
          throw RedemptionProblem(
            .failed, .transport(.interrupted(error)), answerMayBeLost: answerMayBeLost)
        }
        guard isDue else {
          var problem = RedemptionProblem(.later(retryAfter: retryAfter), error, answerMayBeLost: answerMayBeLost)
          problem.failure = surroundings.given(problem.failure, up: attempt, since: began)
          throw problem
        }
        attempt += 1
      }
    }
  }
}

extension RefreshError {
  /// Whether it was sent and nobody knows what the provider did: it failed in the middle (500), or what is in front of it
  /// got no answer (502, 504); unlike a server that answers that it is too busy.
  fileprivate var hidesAnAnswer: Bool {
    switch self {
    case .unavailable(let status): status == 500 || status == 502 || status == 504
    default: mayHideAnAnswer
    }
  }

  /// Whether the provider may have redeemed the token all the same. Not so where it said no in its own words, or was
  /// never reached.
  fileprivate var mayHideAnAnswer: Bool {
    switch self {
    case .ended, .endedWithoutReason, .refused, .redirected: false
    case .unavailable(let status): status != 429
    case .malformed, .unintelligible: true
    case .transport(let failure):
      switch failure {
      case .unresolved, .unconnected, .untrusted, .badURL, .badHeader, .unusableCAFile, .unusableProxy, .noLibrary:
        false
      case .timedOut, .broken, .tooLarge, .encoded, .redirected, .exhausted, .interrupted: true
      }
    }
  }
}
