import Formats
import Model
import STS

/// A real exchange. What it brings is thrown away, and that it failed is not remembered: neither the cache nor anybody
/// else's next try is touched. One that succeeds helps nobody while a failure of a moment ago holds callers back.
struct ExchangeCheck {
  let outcome: Result<Lease, Failure>
  let role: RoleARN
  let rest: Renewal.Rest?
  let now: WallTime

  var verdict: Verdict {
    switch outcome {
    case .failure(let failure): return .fault(failure)
    case .success(let lease):
      if let rest { return held(rest) }
      let account = lease.account.map { " of account \($0.printable(limit: 20))" } ?? ""
      return .ok("role \(role.name.printable())\(account), for \(lease.lifetime / 60) min")
    }
  }

  private func held(_ rest: Renewal.Rest) -> Verdict {
    let failure = rest.failure
    let message =
      "works now, but failed \(max(0, now - failure.failedAt)) s ago, and nobody tries again until "
      + "\(RFC3339.format(failure.until)): \(failure.failure.message)"
    guard let end = rest.meanwhile else {
      return .fault(message, hint: RecordedFailure.meanwhile)
    }
    return .warning(
      message, hint: "until then callers get the credentials there are, good until \(RFC3339.format(end))")
  }
}

extension Evidence {
  var exchangeVerdict: Verdict {
    if let lacksIdentity { return lacksIdentity }
    guard let endpoint else { return noRole }
    guard case .success = endpoint, stsProbe?.failure == nil else { return .skipped("the STS does not answer") }
    guard let identity else {
      return .skipped(isLogin ? "there is no usable session" : "there is no token to buy with")
    }
    do throws(Failure) {
      let source = try source.get()
      let renewal = try Renewal(surroundings.rememberingKey, profile, source, as: identity, until: soon)
      return ExchangeCheck(
        outcome: Result { () throws(Failure) in try renewal.tried() },
        role: try Role.handedOut(profile, source: source).arn, rest: renewal.rest, now: surroundings.clocks.wall()
      ).verdict
    } catch {
      return .fault(error)
    }
  }
}
