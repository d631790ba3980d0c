import Broker
import Model

/// An identity that cannot be renewed ends, and so do the credentials bought with it, in the middle of a long run: that
/// is said at the start.
struct LastCredentials {
  /// When the identity ends that buys them. Nil where its source alone knows: then no further ones are counted on.
  let identityEnd: WallTime?
  /// What stands behind "cannot be renewed": the session, or where the token is.
  let identity: String

  /// Nil where the identity can be renewed, or where nobody knows.
  init?(_ status: ProfileStatus, _ profile: Profile) {
    guard status.source == "login" ? !status.canRefresh : !status.isRenewable else { return nil }
    if status.source == "login", status.identityExpiresAt == nil { return nil }
    switch status.source {
    case "login": identity = "this session"
    case "env": identity = "the token in \((profile.tokenEnv ?? "the environment").printable())"
    default: identity = "the token of \(status.source)"
    }
    identityEnd = status.identityExpiresAt
  }

  func notice(_ first: Lease, now: WallTime) -> String? {
    guard let end = end(first) else { return nil }
    return "\(identity) cannot be renewed: credentials end at \(Moment.text(end, now: now)); "
      + "a longer `duration` keeps them longer"
  }

  /// When the last credentials end that can still be bought; nil where that is too far away to matter. They are bought
  /// anew when `Windows` says so.
  func end(_ first: Lease) -> WallTime? {
    let lifetime = max(2, first.credentials.expiration - first.obtainedAt)
    let step = lifetime - Windows.renewal(ofLifetime: lifetime)
    guard let identityEnd else { return first.credentials.expiration }
    let beyond = identityEnd - (first.obtainedAt + step)
    guard beyond > 0 else { return first.credentials.expiration }
    let renewals = (beyond - 1) / step + 1
    return renewals > 1000 ? nil : first.credentials.expiration + renewals * step
  }
}
