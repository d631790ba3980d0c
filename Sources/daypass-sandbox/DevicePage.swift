import Formats
import Model

/// Where a person decides about a device (RFC 8628 §3.3), and what both approval pages share.
extension State {
  func showDevicePage(_ request: Request, _ parameters: Parameters) -> Reply {
    guard let code = parameters["user_code"] else {
      return secured(.html(200, ApprovalPage.codeEntry(action: place.path(.device), warning: nil)))
    }
    guard let grant = openGrant(code) else { return unknownCode() }
    return page(request, .device(grant))
  }

  mutating func decideDevice(_ request: Request, _ parameters: Parameters) -> Reply {
    guard let code = parameters["user_code"], let grant = openGrant(code),
      let index = devices.firstIndex(where: { $0.deviceCode == grant.deviceCode })
    else { return unknownCode() }
    if let refusal = refuseForgedPost(request, parameters, subject: grant.userCode) { return refusal }
    let decision = parameters["decision"]
    if decision == ByteText("approve"), let user = parameters["user"].flatMap(cast.user) {
      devices[index].status = .approved(user.name)
      return secured(.html(200, ApprovalPage.approved(client: grant.client, user: user.name)))
    }
    guard decision == ByteText("deny") else {
      return page(request, .device(grant), warning: "Choose who you are, then approve or deny.")
    }
    devices[index].status = .denied
    return secured(.html(200, ApprovalPage.denied(client: grant.client)))
  }

  /// Only a code that waits for a decision; a code decided or expired is as unknown as a wrong one.
  private func openGrant(_ code: ByteText) -> DeviceGrant? {
    let now = Moments.monotonic()
    let wanted = DeviceGrant.normalized(code)
    return devices.last { grant in
      guard case .pending = grant.status, grant.expires > now else { return false }
      return grant.userCode == code || (!wanted.isEmpty && DeviceGrant.normalized(grant.userCode) == wanted)
    }
  }

  private func unknownCode() -> Reply {
    let warning = "That code is not open. It may be mistyped, used or expired."
    return secured(.html(404, ApprovalPage.codeEntry(action: place.path(.device), warning: warning)))
  }

  func page(_ request: Request, _ subject: ApprovalPage.Subject, warning: String? = nil) -> Reply {
    let session = request.cookie("sandbox_page") ?? Digests.randomText(32)
    let action: String
    var extraTarget = ""
    switch subject {
    case .device: action = place.path(.device)
    case .authorization(_, let pending):
      action = place.path(.authorize)
      // Chromium holds the redirect that answers a form against form-action too.
      if let url = try? WebURL.parse(pending.redirectURI.string) { extraTarget = " " + url.origin }
    }
    let page = ApprovalPage(
      subject: subject, action: action, users: cast.users, csrf: csrf(session, subject.id), warning: warning)
    var reply = secured(.html(warning == nil ? 200 : 400, page.html), formTargets: extraTarget)
    let path = place.prefix.isEmpty ? "/" : place.prefix
    reply.headers.append(("set-cookie", "sandbox_page=\(session); Path=\(path); HttpOnly; SameSite=Strict"))
    return reply
  }

  /// Bound to the browser's cookie and to what is being decided.
  private func csrf(_ session: String, _ subject: ByteText) -> String {
    Base64URL.encode(Digests.hmacSHA256(key: pageKey, Array(session.utf8) + [0] + subject.utf8))
  }

  func refuseForgedPost(_ request: Request, _ parameters: Parameters, subject: ByteText) -> Reply? {
    // The page may be open under another name of this machine; its own is the one the browser sent as Host.
    let own = [place.base] + ["http://", "https://"].map { $0 + (request.header("host") ?? "") }
    let isOwn = request.header("origin").map { origin in own.contains { $0.utf8.elementsEqual(origin.utf8) } } ?? true
    if isOwn, let session = request.cookie("sandbox_page"), let token = parameters["csrf"],
      Digests.areEqual(token.utf8, Array(csrf(session, subject).utf8))
    {
      return nil
    }
    let text = "The form did not come from this page. Open the link again and decide there."
    var reply = secured(.html(403, ApprovalPage.message("Not accepted", text)))
    reply.outcome = "csrf"
    return reply
  }

  private func secured(_ reply: Reply, formTargets: String = "") -> Reply {
    var reply = reply
    let policy = [
      "default-src 'none'", "style-src \(HTML.styleSource)", "form-action 'self'" + formTargets, "base-uri 'none'",
      "frame-ancestors 'none'",
    ]
    reply.headers += [
      ("content-security-policy", policy.joined(separator: "; ")), ("cache-control", "no-store"),
      ("referrer-policy", "same-origin"), ("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"),
    ]
    return reply
  }
}
