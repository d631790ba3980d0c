import Broker
import Model
import OIDC

/// The closing words of a login: who, what, until when, and how long it is kept.
struct LoginSummary {
  let profile: Profile
  let style: Style
  /// Of the window; `.max` where there is none.
  let columns: Int

  func greeting(_ identity: VerifiedIdentity) -> String {
    let text = Paragraph(
      "\(style.good("Logged in")) as \(style.strong(Person.name(identity))) at \(identity.issuer.printable()).")
    return text.lines(columns: columns).joined(separator: "\n") + "\n"
  }

  func facts(_ outcome: LoginFlow.Outcome, now: WallTime) -> String {
    let session = outcome.session
    let end = session.endsAt.map { "until \(Moment.text($0, now: now))" } ?? "until the provider ends it"
    let limit = "; no refresh token came with it: allow the client offline_access to stay logged in for longer"
    let credentials =
      outcome.lease.map { "until \(Moment.text($0.credentials.expiration, now: now))" }
      ?? "none yet: set role_arn, or give --role-arn to the verbs that need a role"
    let facts = [
      ("Session", end + (session.canRefresh ? "" : limit)),
      ("Storage", session.sealedBy.meaning),
      ("Role", outcome.lease.flatMap { $0.arn ?? profile.roleARN }?.printable()),
      ("Credentials", credentials),
    ]
    return Facts(facts, indent: "", width: 13).lines(columns: columns).joined(separator: "\n") + "\n"
  }
}
