import Broker
import Model
import OIDC

/// The closing words of a login: who, what, until when, and how long it is kept.
struct LoginSummary {
  let style: Style
  /// Of the window; `.max` where there is none.
  let columns: Int

  func greeting(_ identity: VerifiedIdentity) -> String {
    let text = Paragraph(
      "\(style.good("Logged in")) as \(style.strong(Person.name(identity))) at \(identity.issuer.printable()).")
    return text.lines(columns: columns).joined(separator: "\n") + "\n"
  }

  /// What a login left behind.
  struct Gain {
    var sessionEnd: WallTime?
    var canRefresh: Bool
    var storage: SealingPlace
    var role: String?
    var credentialsEnd: WallTime?
  }

  func facts(_ gain: Gain, now: WallTime) -> String {
    let credentials =
      gain.credentialsEnd.map { "until \(Moment.text($0, now: now))" }
      ?? "none yet: set role_arn, or give --role-arn to the verbs that need a role"
    return text(sessionFacts(gain, now) + [("Role", gain.role?.printable()), ("Credentials", credentials)])
  }

  /// Of what stays although nothing could be bought with it.
  func session(_ gain: Gain, now: WallTime) -> String { text(sessionFacts(gain, now)) }

  private func sessionFacts(_ gain: Gain, _ now: WallTime) -> [(label: String, text: String?)] {
    let end = gain.sessionEnd.map { "until \(Moment.text($0, now: now))" } ?? "until the provider ends it"
    let limit = "; no refresh token came with it: allow the client offline_access to stay logged in for longer"
    return [("Session", end + (gain.canRefresh ? "" : limit)), ("Storage", gain.storage.meaning)]
  }

  private func text(_ facts: [(label: String, text: String?)]) -> String {
    Facts(facts, indent: "", width: 13).lines(columns: columns).joined(separator: "\n") + "\n"
  }
}

extension LoginSummary.Gain {
  init(_ outcome: LoginFlow.Outcome, _ profile: Profile) {
    sessionEnd = outcome.session.end(profile)
    canRefresh = outcome.session.canRefresh
    storage = outcome.session.sealedBy
    role = outcome.lease.flatMap { $0.arn ?? profile.roleARN }
    credentialsEnd = outcome.lease?.credentials.expiration
  }
}
