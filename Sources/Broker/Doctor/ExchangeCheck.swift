import Model
import STS

/// A real exchange. What it brings is thrown away, and that it failed is not remembered: neither the cache nor anybody
/// else's next try is touched.
struct ExchangeCheck {
  let outcome: Result<Lease, Failure>
  let role: RoleARN

  var verdict: Verdict {
    switch outcome {
    case .success(let lease):
      let account = lease.account.map { " of account \($0.printable(limit: 20))" } ?? ""
      return .ok("role \(role.name.printable())\(account), for \(lease.lifetime / 60) min")
    case .failure(let failure): return .fault(failure)
    }
  }
}

extension Evidence {
  var exchangeVerdict: Verdict {
    if let lacksIdentity { return lacksIdentity }
    guard let endpoint else { return noRole }
    guard case .success = endpoint, stsProbe?.failure == nil else { return .skipped("the STS does not answer") }
    guard let identity else { return .skipped(isLogin ? "there is no session" : "there is no token to buy with") }
    do throws(Failure) {
      let source = try source.get()
      let renewal = try Renewal(surroundings.rememberingKey, profile, source, as: identity, until: soon)
      return ExchangeCheck(
        outcome: Result { () throws(Failure) in try renewal.tried() },
        role: try Role.handedOut(profile, source: source).arn
      ).verdict
    } catch {
      return .fault(error)
    }
  }
}
