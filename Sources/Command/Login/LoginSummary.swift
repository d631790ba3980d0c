import Broker
import Formats
import Model
import OIDC

/// The closing words of a login: who, what, until when, and how long it is kept.
struct LoginSummary {
  let outcome: LoginFlow.Outcome
  let profile: Profile
  let now: WallTime
  let style: Style

  init(_ outcome: LoginFlow.Outcome, profile: Profile, now: WallTime, style: Style) {
    self.outcome = outcome
    self.profile = profile
    self.now = now
    self.style = style
  }

  var text: String {
    let session = outcome.session
    let identity = session.identity
    var lines = ["\(style.good("Logged in")) as \(style.strong(Person.name(identity))) at \(identity.issuer.printable())."]
    lines.append("Session      \(session.sealedBy.meaning)")
    if session.canRefresh {
      lines.append("             " + (session.endsAt.map { "until \(Moment.text($0, now: now))" } ?? "until the provider ends it"))
    } else {
      lines.append("             until \(Moment.text(identity.expiration, now: now)): no refresh token came with it")
    }
    if let lease = outcome.lease {
      lines.append("Role         \(lease.arn?.printable() ?? profile.roleARN?.printable() ?? "")")
      lines.append("Credentials  until \(Moment.text(lease.credentials.expiration, now: now))")
    } else {
      lines.append("Credentials  none yet: set role_arn, or give --role-arn to a verb that needs a role")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
