import Formats
import Model
import OIDC
import STS

/// Buys credentials: AssumeRoleWithWebIdentity, or AssumeRoleWithSAML, with the retries that may help, within one deadline.
struct Exchange {
  let surroundings: Surroundings
  let terms: ExchangeTerms
  let deadline: BootTime
  /// Whether nothing that comes of it may be kept.
  var isTrial = false

  /// Seconds for the way to the STS.
  private static let slack: Int64 = 5

  private var settings: ExchangeSettings { terms.settings }

  func run(_ identity: Identity) throws(Setback) -> Lease {
    let longest =
      settings.duration == .max ? LongestDuration(surroundings, settings.role, at: settings.endpoint) : nil
    var duration = settings.duration.first(remembered: longest?.granted)
    var attempt = 1
    while true {
      let failure: ExchangeFailure
      switch ask(try request(identity, duration)) {
      case .success(let assumed):
        if !isTrial { longest?.note(duration) }
        do throws(Failure) {
          return try surroundings.lease(
            assumed, expecting: settings.expectations, from: settings.endpoint, until: deadline)
        } catch {
          throw Setback(error)
        }
      case .failure(let error): failure = error
      }
      if case .sts(let error) = failure, let shorter = settings.duration.next(after: duration, because: error) {
        duration = shorter
        continue
      }
      let isAnotherDue: Bool
      do throws(Failure) {
        isAnotherDue = try surroundings.rested(after: attempt, failedWith: failure, until: deadline)
      } catch {
        throw Setback(error)
      }
      guard isAnotherDue else { throw setback(failure, identity) }
      // No further try can succeed with a token that ran out meanwhile.
      if let end = identity.expiration, surroundings.clocks.wall() >= end + -Exchange.slack {
        throw setback(failure, identity, isTokenSpent: true)
      }
      attempt += 1
    }
  }

  private func ask(_ request: some RoleRequest) -> Result<AssumedRole, ExchangeFailure> {
    surroundings.ask(request, at: settings.endpoint, until: deadline)
  }

  private func request(_ identity: Identity, _ duration: Int64) throws(Setback) -> any RoleRequest {
    let bounds: SessionBounds
    do throws(Failure) { bounds = try settings.bounds(duration) } catch { throw Setback(error) }
    if case .saml(let response) = identity, let principal = settings.principal {
      return SAMLRequest(role: settings.role, principal: principal, response: response, bounds: bounds)
    }
    do throws(RoleRequestError) {
      return try WebIdentityRequest(
        role: settings.role, sessionName: terms.sessionName, token: identity.proof, bounds: bounds)
    } catch {
      throw Setback(Failure(error))
    }
  }

  private func setback(_ failure: ExchangeFailure, _ identity: Identity, isTokenSpent: Bool = false) -> Setback {
    guard case .sts(let error) = failure else { return Setback(Failure(failure), needsFreshToken: isTokenSpent) }
    return Setback(
      Failure(error.explained(with: identity.refused, sent: [identity.proof])), retryAfter: error.retryAfter,
      needsFreshToken: isTokenSpent || failure.needsFreshToken)
  }
}
