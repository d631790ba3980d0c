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
    case "saml": identity = "the SAML response"
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
    let expiration = first.credentials.expiration
    guard let root = first.root else {
      return LastCredentials.end(renewedUntil: identityEnd, from: first.obtainedAt, to: expiration)
    }
    // Those of a chain are renewed as long as there are credentials of its first role.
    guard let rootEnd = LastCredentials.end(renewedUntil: identityEnd, from: root.obtainedAt, to: root.expiration)
    else {
      return nil
    }
    return LastCredentials.end(renewedUntil: rootEnd, from: first.obtainedAt, to: expiration)
  }

  private static func end(renewedUntil last: WallTime?, from obtained: WallTime, to expiration: WallTime) -> WallTime? {
    guard let last else { return expiration }
    let lifetime = max(2, expiration - obtained)
    let step = lifetime - Windows.renewal(ofLifetime: lifetime)
    let beyond = last - (obtained + step)
    guard beyond > 0 else { return expiration }
    let renewals = (beyond - 1) / step + 1
    return renewals > 1000 ? nil : expiration + renewals * step
  }
}
