import Formats
import Model

/// The page on which a person says yes or no: one form, no script, nothing loaded from anywhere.
struct ApprovalPage {
  enum Subject {
    case device(DeviceGrant)
    case authorization(ByteText, AuthorizationRequest)

    /// What the form names, and what its CSRF token is bound to.
    var id: ByteText {
      switch self {
      case .device(let grant): grant.userCode
      case .authorization(let id, _): id
      }
    }
  }

  var subject: Subject
  var action: String
  var users: [Cast.User]
  var csrf: String
  var warning: String?

  var html: String {
    let client: ByteText, scopes: [ByteText]
    var code = "", field = "request", title = "Sign in to continue"
    switch subject {
    case .device(let grant):
      (client, scopes, field, title) = (grant.client, grant.scopes, "user_code", "Approve a device")
      code = """
        <p class="label">Your device must show this code</p>
        <p class="code"><code>\(HTML.escape(grant.userCode.printable()))</code></p>
        """
    case .authorization(_, let pending): (client, scopes) = (pending.client, pending.scopes)
    }
    return HTML.document(
      title: title,
      """
      <p class="lead"><strong>\(HTML.escape(client.printable()))</strong> wants to sign in as you.</p>
      \(code)
      \(warning.map(HTML.alert) ?? "")
      <p class="label">It will receive</p>
      <ul class="scopes">\(scopes.map(Self.item).joined())</ul>
      <form method="post" action="\(HTML.escape(action))">
      <input type="hidden" name="\(field)" value="\(HTML.escape(subject.id.string))">
      <input type="hidden" name="csrf" value="\(csrf)">
      <fieldset><legend class="label">Who are you?</legend>
      \(users.enumerated().map { Self.choice($1, isFirst: $0 == 0) }.joined(separator: "\n"))
      </fieldset>
      <p class="care">Approve only if you started this yourself, just now. If someone sent you here, deny.</p>
      <div class="buttons">
      <button class="yes" name="decision" value="approve">Approve</button>
      <button class="no" name="decision" value="deny" formnovalidate>Deny</button>
      </div>
      </form>
      """)
  }

  private static func choice(_ user: Cast.User, isFirst: Bool) -> String {
    let name = HTML.escape(user.name.printable())
    let detail = user.claims.first { $0.0 == "email" }?.1.text?.printable() ?? ""
    return """
      <label class="user"><input type="radio" name="user" value="\(HTML.escape(user.name.string))" \
      required\(isFirst ? " checked" : "")>
      <span class="face" aria-hidden="true">\(HTML.escape(String(user.name.string.prefix(1)).uppercased()))</span>
      <span><span class="name">\(name)</span><span class="mail">\(HTML.escape(detail))</span></span></label>
      """
  }

  private static func item(_ scope: ByteText) -> String {
    let meaning =
      switch scope.string {
      case "openid": "who you are"
      case "profile": "your name"
      case "email": "your e-mail address"
      case "offline_access": "access while you are away, until you sign out"
      case "groups": "your groups"
      default: "something this page has no words for"
      }
    return "<li><span>\(meaning)</span><code>\(HTML.escape(scope.printable()))</code></li>"
  }
}

/// The other pages.
extension ApprovalPage {
  static func approved(client: ByteText, user: ByteText) -> String {
    HTML.document(
      title: "Approved", mark: .yes,
      """
      <p class="lead"><strong>\(HTML.escape(client.printable()))</strong> is now signed in as \
      <strong>\(HTML.escape(user.printable()))</strong>.</p>
      <p>Your device goes on by itself. You can close this page.</p>
      """)
  }

  static func denied(client: ByteText) -> String {
    HTML.document(
      title: "Denied", mark: .no,
      """
      <p class="lead"><strong>\(HTML.escape(client.printable()))</strong> was not signed in.</p>
      <p>Nothing was shared. You can close this page.</p>
      """)
  }

  static func message(_ title: String, _ text: String) -> String {
    HTML.document(title: HTML.escape(title), mark: .no, "<p class=\"lead\">\(HTML.escape(text))</p>")
  }

  static func codeEntry(action: String, warning: String?) -> String {
    HTML.document(
      title: "Approve a device",
      """
      <p class="lead">Type the code that your device shows.</p>
      \(warning.map(HTML.alert) ?? "")
      <form method="get" action="\(HTML.escape(action))">
      <label class="label" for="user_code">Code</label>
      <input class="code" id="user_code" name="user_code" required autofocus autocomplete="off" autocapitalize="characters"
      spellcheck="false" maxlength="32" placeholder="XXXX-XXXX">
      <div class="buttons"><button class="yes">Continue</button></div>
      </form>
      """)
  }
}
