import Broker
import Formats
import Model

/// `status`, for a person and for a program.
struct StatusReport {
  let statuses: [ProfileStatus]
  let now: WallTime
  var style = Style(isOn: false)

  var text: String {
    statuses.map { status in
      var lines = ["\(style.strong(status.name))  (\(status.source))"]
      func line(_ label: String, _ text: String?) {
        guard let text else { return }
        lines.append("  \(label)\(String(repeating: " ", count: max(1, 13 - label.count)))\(text)")
      }
      line(
        "State",
        status.state == .ok ? style.good("ok") : "\(style.bad(words(status.state))): \(status.reason ?? "")")
      line("Identity", identity(status))
      line("Issuer", status.issuer?.printable())
      line("ID token", status.identityExpiresAt.map { "until \(Moment.text($0, now: now))" })
      if status.source == "login", status.subject != nil {
        let end = status.sessionExpiresAt.map { "until \(Moment.text($0, now: now))" } ?? "until the provider ends it"
        line("Session", status.canRefresh ? end : "ends with the ID token: no refresh token")
        line("Storage", status.key?.meaning)
      }
      line("Role", status.roleARN?.printable())
      line("Credentials", status.credentialsExpireAt.map { "cached until \(Moment.text($0, now: now))" } ?? "none cached")
      return lines.joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }

  private func words(_ state: ProfileStatus.State) -> String {
    switch state {
    case .ok: "ok"
    case .loginRequired: "login required"
    case .locked: "locked"
    case .none: "no identity"
    }
  }

  private func identity(_ status: ProfileStatus) -> String? {
    guard let subject = status.subject else { return nil }
    return status.label.map { "\($0.printable()) (subject \(subject.printable()))" } ?? subject.printable()
  }

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
