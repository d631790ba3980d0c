import Formats
import Model

extension Platform {
  /// GitHub, GitHub Enterprise Server and Forgejo, which differ in their issuers alone: a GET with the job's own
  /// credential, whose URL already has a query.
  /// <https://docs.github.com/en/actions/reference/security/oidc>
  static let gitHubActions = Platform(
    "github-actions", marks: [.flag("GITHUB_ACTIONS"), .flag("ACTIONS_ID_TOKEN_REQUEST_TOKEN")]
  ) { (context, audience) throws(SourceError) in
    let name = "github-actions"
    let mend =
      "give the job `permissions: id-token: write` (on Forgejo `enable-openid-connect: true`); pull requests "
      + "from forks get none"
    let address = try context.required("ACTIONS_ID_TOKEN_REQUEST_URL", of: name, mend: mend)
    let credential = Secret(try context.required("ACTIONS_ID_TOKEN_REQUEST_TOKEN", of: name, mend: mend))
    let audience = audience ?? standardAudience
    let url = try url(address, from: "ACTIONS_ID_TOKEN_REQUEST_URL").appending(query: [("audience", audience.string)])
    let request = TokenRequest(
      HTTPRequest(.get, url.text, headers: [.authorization("bearer ", credential)]), mend: mend
    ) { (body) throws(SourceError) in .token(try TokenText.token(body, at: "/value", from: name)) }
    return TokenPlan(
      .service(request), audience: audience, isRenewable: true, proof: .credential(credential))
  }
}

extension HTTPHeader {
  /// - Parameter scheme: with the blank behind it, or empty.
  static func authorization(_ scheme: String, _ credential: Secret) -> HTTPHeader {
    HTTPHeader("Authorization", secret: Secret(Array(scheme.utf8) + credential.exposedBytes()))
  }
}
