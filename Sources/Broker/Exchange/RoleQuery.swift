import Model
import STS

extension Surroundings {
  /// Asks an STS for a role's credentials, once.
  func ask(
    _ request: some RoleRequest, at endpoint: STSEndpoint, until deadline: BootTime
  ) -> Result<AssumedRole, ExchangeFailure> {
    do throws(ExchangeFailure) {
      let response = try send(request.httpRequest(to: endpoint), until: deadline)
      do throws(STSError) {
        return .success(try RoleResponse.parse(response, to: request, from: endpoint, now: clocks.wall()))
      } catch {
        return .failure(.sts(error))
      }
    } catch {
      return .failure(error)
    }
  }

  /// Credentials that came just now.
  func lease(_ assumed: AssumedRole) -> Lease {
    var lease = Lease(
      credentials: assumed.credentials, obtainedAt: clocks.wall(), arn: assumed.assumedRoleARN?.string,
      account: assumed.account?.string)
    lease.obtained = bootID.map { BootMoment(boot: $0, time: clocks.boot()) }
    return lease
  }

  /// The same, only handed out once it is certain to be what was expected.
  func lease(
    _ assumed: AssumedRole, expecting expectations: STS.Expectations, from endpoint: STSEndpoint,
    until deadline: BootTime
  ) throws(Failure) -> Lease {
    var lease = lease(assumed)
    let answer: STS.Expectations.Answer
    do throws(ExpectationError) { answer = try expectations.check(assumed) } catch { throw Failure(error) }
    guard answer == .unknown else { return lease }
    let caller = try CallerQuery(surroundings: self, endpoint: endpoint).run(assumed.credentials, until: deadline)
    do throws(ExpectationError) { try expectations.check(caller) } catch { throw Failure(error) }
    lease.arn = lease.arn ?? caller.arn.string
    lease.account = lease.account ?? caller.account?.string
    return lease
  }
}
