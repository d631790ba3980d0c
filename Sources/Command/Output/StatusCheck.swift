import Broker
import Model

/// `status --check`: what will need a person, before it does. Pure; one line a profile, short enough for an alert.
struct StatusCheck {
  /// How long nothing need have been refreshed, where the provider does not tell when a session ends.
  static let standardRefreshAge: Int64 = 86_400

  let statuses: [ProfileStatus]
  let now: WallTime
  /// Least seconds of a session that must be left; nil: a day, or a quarter of a session that lasts less than four.
  var minimumSession: Int64?
  var refreshAge = StatusCheck.standardRefreshAge

  var hasFaults: Bool { statuses.contains { fault($0) != nil } }

  /// Faults first: many monitoring systems show the first line alone.
  var text: String {
    let lines = statuses.map { status in
      (isFault: fault(status) != nil, text: "\(status.name): \(fault(status) ?? "ok\(outlook(status))")\n")
    }
    return (lines.filter(\.isFault) + lines.filter { !$0.isFault }).map(\.text).joined()
  }

  // MARK: One profile

  /// What is wrong and what to do, nil where nothing is.
  func fault(_ status: ProfileStatus) -> String? {
    let reason = (status.reason ?? "").printable(limit: 240)
    switch status.state {
    case .loginRequired:
      return "login required: \(reason); \(status.login?.advice ?? "run `\(status.loginCommand)`")"
    case .locked: return "locked: \(reason); `\(status.loginCommand)` replaces the session"
    case .none: return reason
    case .ok: break
    }
    if let failure = status.failure {
      let message = failure.failure.message.printable(limit: 160)
      return "the last refresh failed \(Moment.span(now - failure.failedAt)) ago: \(message)"
    }
    guard status.refreshedAt != nil else { return nil }
    return sessionFault(status)
  }

  private func sessionFault(_ status: ProfileStatus) -> String? {
    guard let end = status.sessionExpiresAt else { return refreshFault(status) }
    guard status.sessionSecondsLeft ?? (end - now) < minimum(status) else { return nil }
    let moment = Moment.text(end, now: now)
    let what = status.isEndConfigured ? "by session_lifetime the session ends" : "the session ends"
    return "\(what) at \(moment); run `\(status.loginCommand)`"
  }

  private func minimum(_ status: ProfileStatus) -> Int64 {
    minimumSession ?? min(86_400, (status.sessionLength ?? .max) / 4)
  }

  private func refreshFault(_ status: ProfileStatus) -> String? {
    guard let refreshedAt = status.refreshedAt, now - refreshedAt > refreshAge else { return nil }
    let whoami = status.name == "default" ? "daypass whoami" : "daypass whoami --profile \(status.name)"
    return "not refreshed for \(Moment.span(now - refreshedAt)), and the provider does not tell when the session ends; "
      + "`\(whoami)` tries a refresh"
  }

  private func outlook(_ status: ProfileStatus) -> String {
    guard let refreshedAt = status.refreshedAt else { return "" }
    if let end = status.sessionExpiresAt { return "; session until \(Moment.text(end, now: now))" }
    return "; refreshed \(Moment.span(now - refreshedAt)) ago"
  }
}
