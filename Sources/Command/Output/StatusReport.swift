import Broker
import Formats
import Model

/// `status`, for a person and for a program.
struct StatusReport {
  let statuses: [ProfileStatus]
  let now: WallTime
  var style = Style(isOn: false)
  /// Of the window; `.max` where there is none.
  var columns = Int.max

  // MARK: For a person

  var text: String { statuses.map(text).joined(separator: "\n") }

  private func text(_ status: ProfileStatus) -> String {
    var facts: [(label: String, text: String?)] = [
      ("State", state(status)), ("Identity", identity(status)), ("Issuer", status.issuer?.printable()),
      (
        status.source == "saml" ? "Response" : "ID token",
        status.identityExpiresAt.map { "until \(Moment.text($0, now: now))" }
      ),
    ]
    if status.source == "login", status.subject != nil {
      let end = status.sessionExpiresAt.map { "until \(Moment.text($0, now: now))" } ?? "until the provider ends it"
      let reason = status.refreshGivesNoIDToken ? "a refresh brings no new one" : "there is no refresh token"
      let withoutRefresh = status.wasEnded ? "ended by the provider" : "ends with the ID token: \(reason)"
      facts.append(("Session", status.canRefresh ? end : withoutRefresh))
      facts.append(("Storage", status.key?.meaning))
    }
    facts.append(("Login", status.login.map { "\($0.advice) (\(Moment.span($0.expiresAt - now)) left)" }))
    facts.append(("Role", status.roleARN?.printable()))
    let cached = status.credentialsExpireAt.map { "cached until \(Moment.text($0, now: now))" }
    facts.append(("Credentials", cached ?? "none cached"))
    let title = "\(style.strong(status.name))  (\(status.source))"
    return ([title] + Facts(facts, indent: "  ", width: 13).lines(columns: columns)).joined(separator: "\n") + "\n"
  }

  private func state(_ status: ProfileStatus) -> String {
    let reason = status.reason ?? ""
    switch status.state {
    case .ok: return style.good("ok")
    case .loginRequired:
      return "\(style.bad("login required")): \(reason)" + (status.login == nil ? "; run `\(status.loginCommand)`" : "")
    case .locked: return "\(style.bad("locked")): \(reason); `\(status.loginCommand)` replaces the session"
    case .none:
      // The reason may begin with these very words.
      return reason.hasPrefix("no identity") ? reason : "\(style.bad("unusable identity")): \(reason)"
    }
  }

  private func identity(_ status: ProfileStatus) -> String? {
    guard let subject = status.subject else { return nil }
    return status.label.map { "\($0.printable()) (subject \(subject.printable()))" } ?? subject.printable()
  }

  // MARK: For a program

  /// `{"profiles":[…]}` on one line; absent values are null, so that every key is always there.
  var json: String {
    let profiles = statuses.map { status in
      JSON.object(
        JSONObject([
          ("name", text(status.name)), ("source", text(status.source)), ("state", text(status.state.rawValue)),
          ("issuer", status.issuer.map(JSON.string) ?? .null), ("subject", status.subject.map(JSON.string) ?? .null),
          ("identity_expires_at", time(status.identityExpiresAt)),
          ("session_expires_at", time(status.sessionExpiresAt)), ("role_arn", status.roleARN.map(text) ?? .null),
          ("credentials_expires_at", time(status.credentialsExpireAt)),
          ("key", status.key.map { text($0.rawValue) } ?? .null),
        ]))
    }
    let document = JSON.object(JSONObject([("profiles", .array(profiles))]))
    return String(decoding: document.serialized(), as: UTF8.self) + "\n"
  }

  private func text(_ text: String) -> JSON { .string(ByteText(text)) }
  private func time(_ time: WallTime?) -> JSON { time.map { text(RFC3339.format($0)) } ?? .null }
}

extension ProfileStatus {
  /// What a person types to get a session for it.
  var loginCommand: String { name == "default" ? "daypass login" : "daypass login --profile \(name)" }
}
