import Formats
import Model

extension Platform {
  /// Its credential stands in the header without a scheme.
  /// <https://codefresh.io/docs/docs/integrations/oidc-pipelines/>
  static let codefresh = Platform(
    "codefresh", marks: [.variable("CF_OIDC_REQUEST_URL"), .variable("CF_OIDC_REQUEST_TOKEN")]
  ) { (context, audience) throws(SourceError) in
    let name = "codefresh"
    let mend = "run it in a pipeline of an account with OIDC, where it is set"
    let address = try context.required("CF_OIDC_REQUEST_URL", of: name, mend: mend)
    let credential = Secret(try context.required("CF_OIDC_REQUEST_TOKEN", of: name, mend: mend))
    let audience = audience ?? standardAudience
    let url = try url(address, from: "CF_OIDC_REQUEST_URL").appending(query: [("audience", audience.string)])
    let request = TokenRequest(
      HTTPRequest(.get, url.text, headers: [.authorization("", credential)]), mend: mend
    ) { (body) throws(SourceError) in .token(try TokenText.token(body, at: "/id_token", from: name)) }
    return TokenPlan(.service(request), audience: audience, isRenewable: true, proof: .credential(credential))
  }
}
