/// When credentials are renewed, as a pure decision.
///
/// Below R = min(20 min, lifetime / 2) left one caller renews while the others get what there is; below
/// M = min(10 min, lifetime / 4) all wait for it, and still get unexpired credentials when it fails. The AWS SDKs ask
/// again at 15 min and insist at 10 min, so roles of 30 minutes and more never show them less than 15.
public enum Windows {
  /// R, in seconds, of credentials granted for `lifetime` seconds.
  public static func renewal(ofLifetime lifetime: Int64) -> Int64 { min(1200, lifetime / 2) }
  /// M, likewise.
  static func insistence(ofLifetime lifetime: Int64) -> Int64 { min(600, lifetime / 4) }

  /// How much younger than the oldest that would do new credentials must be to be worth buying, in seconds.
  private static let gain: Int64 = 60

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

  /// - Parameters:
  ///   - left: seconds until they expire.
  ///   - lifetime: seconds for which they were granted, and new ones would be.
  ///   - minimumTTL: seconds that the caller wants to be left. More than new ones have asks for new ones, not for ever
  ///     newer ones.
  ///   - isResting: a renewal failed a moment ago.
  static func verdict(left: Int64, lifetime: Int64, minimumTTL: Int64, isResting: Bool) -> Verdict {
    guard left > 0 else { return .acquire }
    if isResting { return .fresh }
    // They cannot have more left than they were granted: the clock was set back since.
    guard left <= lifetime else { return .renew }
    if left < min(minimumTTL, lifetime - gain) { return .renew }
    if left < insistence(ofLifetime: lifetime) { return .renew }
    if left < renewal(ofLifetime: lifetime) { return .renewIfFree }
    return .fresh
  }
}
