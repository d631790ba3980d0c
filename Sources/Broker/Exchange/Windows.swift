import Model

/// When credentials are renewed, as a pure decision.
///
/// Below R = min(20 min, lifetime / 2) left one caller renews while the others get what there is; below
/// M = min(10 min, lifetime / 4) all wait for it, and still get unexpired credentials when it fails. The AWS SDKs ask
/// again at 15 min and insist at 10 min, so roles of 30 minutes and more never show them less than 15.
struct Windows: Hashable, Sendable {
  enum Verdict: Hashable {
    /// Hand out what there is.
    case fresh
    /// Renew if nobody else does; hand out what there is otherwise.
    case renewIfFree
    /// Renew or wait for whoever does; hand out what there is only if that fails.
    case renew
    /// Nothing usable is there.
    case acquire
  }

  static func verdict(
    expiration: WallTime, obtainedAt: WallTime, now: WallTime, minimumTTL: Int64, failedUntil: WallTime?
  ) -> Verdict {
    let left = expiration - now
    guard left > 0 else { return .acquire }
    // A clock that was set back since must not make them look younger than they are.
    let lifetime = max(1, expiration - obtainedAt)
    guard left <= lifetime else { return .renew }
    if left < minimumTTL { return failedUntil.map { now < $0 } == true ? .fresh : .renew }
    if let failedUntil, now < failedUntil { return .fresh }
    if left < min(600, lifetime / 4) { return .renew }
    if left < min(1200, lifetime / 2) { return .renewIfFree }
    return .fresh
  }
}
