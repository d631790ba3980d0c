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
enum RedemptionProblem: Error {
  /// The session has ended at the provider.
  case ended(RefreshError)
  /// It may succeed later.
  case later(Failure, retryAfter: Int64?)
  case failed(Failure)

  var failure: Failure {
    switch self {
    case .ended(let error): Failure(error)
    case .later(let failure, _), .failed(let failure): failure
    }
  }
}

extension Provider {
  func redeem(_ refreshToken: Secret, _ metadata: ProviderMetadata, until deadline: BootTime) throws(Failure) -> Redemption {
    do throws(RedemptionProblem) {
      return try redemption(of: refreshToken, metadata, client: try clientOrProblem(metadata), until: deadline)
    } catch {
      throw error.failure
    }
  }

  /// One try, then two more if they may help: the same token again, since an answer that got lost may not have been the
  /// provider's last word on it.
  func redemption(
    of refreshToken: Secret, _ metadata: ProviderMetadata, client: ClientAuthentication, until deadline: BootTime
  ) throws(RedemptionProblem) -> Redemption {
    let request = Refresh.request(refreshToken, tokenEndpoint: metadata.tokenEndpoint, client: client)
    var attempt: Int64 = 1
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
      case .loginRequired(let error): throw .ended(error)
      case .failed(let error): throw .failed(Failure(error))
      case .later(let error, let retryAfter):
        let delay = Duration.seconds(max(attempt, min(retryAfter ?? 0, 3600)))
        guard attempt < 3, surroundings.clocks.boot() + delay < deadline else {
          throw .later(Failure(error), retryAfter: retryAfter)
        }
        surroundings.diagnostics.log(.info, "\(error.message); trying again in \(delay.components.seconds) s")
        do throws(Interrupted) { try surroundings.clocks.sleep(delay) } catch { throw .failed(Failure(error)) }
        attempt += 1
      }
    }
  }

  private func clientOrProblem(_ metadata: ProviderMetadata) throws(RedemptionProblem) -> ClientAuthentication {
    do throws(Failure) { return try client(metadata) } catch { throw .failed(error) }
  }
}
