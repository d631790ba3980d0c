import Formats
import Model
import OIDC
import STS

/// Buys credentials: AssumeRoleWithWebIdentity with the retries that may help, within one deadline.
struct Exchange {
  let surroundings: Surroundings
  let terms: ExchangeTerms
  let deadline: BootTime
  /// A newer token, where the source can give one; the same where it cannot.
  let reacquire: () throws(Failure) -> Identity

  /// - Parameter remembered: how long the role granted last time, in seconds, for `duration = "max"`.
  func run(_ identity: Identity, remembered: Int64?) throws(Failure) -> Lease {
    var identity = identity
    var duration = terms.duration.first(remembered: remembered)
    var mayReacquire = true
    var attempt = 1
    while true {
      let failure: ExchangeFailure
      switch attemptOnce(try request(identity, duration)) {
      case .success(let (assumed, now)): return try lease(assumed, obtainedAt: now)
      case .failure(let error): failure = error
      }
      if case .sts(let error) = failure, let shorter = terms.duration.next(after: duration, because: error) {
        duration = shorter
        continue
      }
      if failure.needsFreshToken, mayReacquire {
        mayReacquire = false
        let newer = try reacquire()
        if newer.token != identity.token {
          surroundings.diagnostics.log(.info, "\(failure.message); trying again with a new token")
          identity = newer
          continue
        }
      }
      let remaining = deadline - surroundings.clocks.boot()
      guard
        let delay = Retry.delay(after: attempt, failedWith: failure, random: random(), remaining: remaining)
      else { throw explained(failure, identity) }
      attempt += 1
      surroundings.diagnostics.log(.info, "\(failure.message); trying again")
      do throws(Interrupted) { try surroundings.clocks.sleep(delay) } catch { throw Failure(error) }
    }
  }

  private func request(_ identity: Identity, _ duration: Int64) throws(Failure) -> WebIdentityRequest {
    do throws(WebIdentityRequestError) {
      return try WebIdentityRequest(
        role: terms.role, sessionName: terms.sessionName, token: identity.token.raw, duration: duration,
        policy: terms.policy, policyARNs: terms.policyARNs)
    } catch {
      throw Failure(error)
    }
  }

  private func attemptOnce(_ request: WebIdentityRequest) -> Result<(AssumedRole, WallTime), ExchangeFailure> {
    do throws(ExchangeFailure) {
      let response = try send(request.httpRequest(to: terms.endpoint))
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

  private func send(_ request: HTTPRequest) throws(ExchangeFailure) -> HTTPResponse {
    var request = request
    request.timeout = max(.milliseconds(1), min(request.timeout, deadline - surroundings.clocks.boot()))
    do throws(TransportFailure) { return try surroundings.transport.send(request) } catch { throw .transport(error) }
  }

  /// Only handed out once it is certain to be what was expected.
  private func lease(_ assumed: AssumedRole, obtainedAt: WallTime) throws(Failure) -> Lease {
    var lease = Lease(
      credentials: assumed.credentials, obtainedAt: obtainedAt, arn: assumed.assumedRoleARN?.string,
      account: assumed.account?.string)
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

  private func explained(_ failure: ExchangeFailure, _ identity: Identity) -> Failure {
    if case .sts(let error) = failure { return Failure(error.explained(with: identity.claims)) }
    return Failure(failure)
  }

  private func random() -> Double {
    guard let bytes = try? surroundings.cryptography.randomBytes(2), bytes.count == 2 else { return 0.5 }
    return Double(Int(bytes[0]) << 8 | Int(bytes[1])) / 65_536
  }
}

/// Asks the STS whose credentials these are, signed with them.
struct CallerQuery {
  let surroundings: Surroundings
  let endpoint: STSEndpoint

  func run(_ credentials: AWSCredentials, until deadline: BootTime) throws(Failure) -> CallerIdentity {
    var attempt = 1
    while true {
      let failure: ExchangeFailure
      do throws(ExchangeFailure) {
        return try ask(credentials, until: deadline)
      } catch {
        failure = error
      }
      let remaining = deadline - surroundings.clocks.boot()
      guard let delay = Retry.delay(after: attempt, failedWith: failure, random: 0.5, remaining: remaining) else {
        throw Failure(failure)
      }
      attempt += 1
      do throws(Interrupted) { try surroundings.clocks.sleep(delay) } catch { throw Failure(error) }
    }
  }

  private func ask(_ credentials: AWSCredentials, until deadline: BootTime) throws(ExchangeFailure) -> CallerIdentity {
    var request = CallerIdentity.httpRequest(to: endpoint, with: credentials)
    request.timeout = max(.milliseconds(1), min(request.timeout, deadline - surroundings.clocks.boot()))
    let response: HTTPResponse
    do throws(TransportFailure) { response = try surroundings.transport.send(request) } catch { throw .transport(error) }
    do throws(STSError) {
      return try CallerIdentity.parse(response, now: surroundings.clocks.wall())
    } catch {
      throw .sts(error)
    }
  }
}
