public import Model

/// Credentials, and what came of a renewal that was due.
public struct Supply: Sendable {
  public var lease: Lease
  /// Why these are the ones there were. `isRemembered`: a renewal failed a moment ago, and nobody was asked now.
  public var setback: Failure?
}

extension CredentialBroker {
  /// `lease`, for whoever says by itself what went wrong.
  public func supply(_ demand: Demand, until deadline: BootTime) throws(Failure) -> Supply {
    try supply(demand, as: nil, until: deadline)
  }

  /// Until the next try is due after a renewal that failed, in whichever process; nil where nobody waits for one.
  public func retryDue() -> Duration? {
    failureRecords.compactMap(\.secondsLeft).max().map { .seconds($0) }
  }

  /// Makes the next try due now: somebody who can tell has asked for it.
  public func forgetFailures() {
    for record in failureRecords where record.secondsLeft != nil { record.forget() }
  }

  /// Of the session and of the credentials.
  private var failureRecords: [FailureRecord] {
    guard let source = try? IdentitySource.select(profile, surroundings) else { return [] }
    var records: [FailureRecord] = []
    if source.isLogin, let keeper = try? SessionKeeper(surroundings, profile: profile) {
      records.append(keeper.store.failures)
    }
    let reader = IdentityReader(surroundings, profile, source)
    if let presented = try? reader.present(), let cache = cache(source, reader.caller(presented)) {
      records.append(cache.failures)
    }
    return records
  }
}
