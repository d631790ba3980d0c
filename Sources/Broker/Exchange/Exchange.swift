import Formats
import Model
import OIDC
import STS

/// Buys credentials: AssumeRoleWithWebIdentity with the retries that may help, within one deadline.
struct Exchange {
  let surroundings: Surroundings
  let profile: Profile
  let terms: ExchangeTerms
  let deadline: BootTime

  /// Seconds for the way to the STS.
  private static let slack: Int64 = 5

  /// - Parameter remembered: how long the role granted last time, in seconds, for `duration = "max"`.
  func run(_ identity: Identity, remembered: Int64?) throws(Setback) -> Lease {
    var duration = terms.duration.first(remembered: remembered)
    var attempt = 1
    while true {
      let failure: ExchangeFailure
      switch attemptOnce(try request(identity, duration)) {
      case .success(let (assumed, now)):
        do throws(Failure) { return try lease(assumed, obtainedAt: now) } catch { throw Setback(error) }
      case .failure(let error): failure = error
      }
      if case .sts(let error) = failure, let shorter = terms.duration.next(after: duration, because: error) {
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
      guard surroundings.clocks.wall() < identity.expiration + -Exchange.slack else {
        throw setback(failure, identity, isTokenSpent: true)
      }
      attempt += 1
    }
  }

  private func request(_ identity: Identity, _ duration: Int64) throws(Setback) -> WebIdentityRequest {
    do throws(WebIdentityRequestError) {
      return try WebIdentityRequest(
        role: terms.role, sessionName: terms.sessionName, token: identity.token.raw, duration: duration,
        policy: terms.policy, policyARNs: terms.policyARNs)
    } catch {
      let key: ProfileKey
      switch error {
      case .tokenLength: throw Setback(Failure(error))
      case .duration: key = .duration
      case .tooManyPolicies, .policyARN: key = .policyARNs
      }
      throw Setback(Failure(error, in: key, of: profile))
    }
  }

  private func attemptOnce(_ request: WebIdentityRequest) -> Result<(AssumedRole, WallTime), ExchangeFailure> {
    do throws(ExchangeFailure) {
      let response = try surroundings.send(request.httpRequest(to: terms.endpoint), until: deadline)
      let now = surroundings.clocks.wall()
      do throws(STSError) {
        return .success((try WebIdentityResponse.parse(response, to: request, from: terms.endpoint, now: now), now))
      } catch {
        return .failure(.sts(error))
      }
    } catch {
      return .failure(error)
    }
  }

  /// Only handed out once it is certain to be what was expected.
  private func lease(_ assumed: AssumedRole, obtainedAt: WallTime) throws(Failure) -> Lease {
    var lease = Lease(
      credentials: assumed.credentials, obtainedAt: obtainedAt, arn: assumed.assumedRoleARN?.string,
      account: assumed.account?.string)
    lease.obtained = surroundings.bootID.map { BootMoment(boot: $0, time: surroundings.clocks.boot()) }
    let answer: STS.Expectations.Answer
    do throws(ExpectationError) { answer = try terms.expectations.check(assumed) } catch { throw Failure(error) }
    guard answer == .unknown else { return lease }
    let caller = try CallerQuery(surroundings: surroundings, endpoint: terms.endpoint).run(
      assumed.credentials, until: deadline)
    do throws(ExpectationError) { try terms.expectations.check(caller) } catch { throw Failure(error) }
    lease.arn = lease.arn ?? caller.arn.string
    lease.account = lease.account ?? caller.account?.string
    return lease
  }

  private func setback(_ failure: ExchangeFailure, _ identity: Identity, isTokenSpent: Bool = false) -> Setback {
    guard case .sts(let error) = failure else { return Setback(Failure(failure), needsFreshToken: isTokenSpent) }
    return Setback(
      Failure(error.explained(with: identity.claimsForMessages)), retryAfter: error.retryAfter,
      needsFreshToken: isTokenSpent || failure.needsFreshToken)
  }
}
