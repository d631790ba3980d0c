import Model
import STS

/// Assumes the further roles of a chain, one after the other, each with the credentials of the one before, and with the
/// retries that may help, within one deadline.
struct ChainExchange {
  let surroundings: Surroundings
  let terms: ExchangeTerms
  let deadline: BootTime

  /// - Parameter first: credentials of the profile's own role.
  func run(from first: Lease) throws(Setback) -> Lease {
    var credentials = first.credentials
    var caller = terms.settings.role
    // What CloudTrail calls the first session names the others too, unless they have names of their own.
    let name = first.sessionName ?? terms.sessionName
    var last: (assumed: AssumedRole, step: Chain.Step)?
    for step in terms.settings.chain.steps {
      let assumed = try assume(step, with: credentials, of: caller, named: name)
      credentials = assumed.credentials
      caller = step.role.role
      last = (assumed, step)
    }
    guard let last else { return first }
    do throws(Failure) {
      var lease = try surroundings.lease(
        last.assumed, expecting: terms.settings.expectations, from: last.step.endpoint, until: deadline)
      lease.root = Lease.Root(obtainedAt: first.obtainedAt, expiration: first.credentials.expiration)
      return lease
    } catch {
      throw Setback(error.prefixed(last.step.name))
    }
  }

  private func assume(
    _ step: Chain.Step, with credentials: AWSCredentials, of caller: RoleARN, named name: SessionName
  ) throws(Setback) -> AssumedRole {
    let request = AssumeRoleRequest(step.role, with: credentials, named: name)
    var attempt = 1
    while true {
      let failure: ExchangeFailure
      switch surroundings.ask(request, at: step.endpoint, until: deadline) {
      case .success(let assumed): return assumed
      case .failure(let error): failure = error
      }
      let isAnotherDue: Bool
      do throws(Failure) {
        isAnotherDue = try surroundings.rested(after: attempt, failedWith: failure, until: deadline)
      } catch {
        throw Setback(error)
      }
      guard isAnotherDue else { throw setback(failure, step, caller, credentials) }
      attempt += 1
    }
  }

  private func setback(
    _ failure: ExchangeFailure, _ step: Chain.Step, _ caller: RoleARN, _ signer: AWSCredentials
  ) -> Setback {
    let role = step.role.role.text.printable()
    guard case .sts(let error) = failure else { return Setback(Failure(failure).prefixed("\(step.name), \(role)")) }
    let refused = Failure(
      error.explained(
        with: .chained(ChainedCall(caller: caller, for: step.role)),
        sent: [signer.secretAccessKey, signer.sessionToken]
      ))
    return Setback(
      // AWS names the role itself.
      refused.prefixed(refused.message.contains(role) ? step.name : "\(step.name), \(role)"),
      retryAfter: error.retryAfter,
      // Of a later step the credentials came just now: others would be no better.
      needsFreshToken: error.refusesSigner && caller == terms.settings.role)
  }
}
