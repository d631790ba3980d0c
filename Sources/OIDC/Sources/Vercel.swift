import Formats
import Model

extension Platform {
  /// A token for the team is in a variable; it buys one for any other audience.
  /// <https://vercel.com/docs/oidc/reference>
  static let vercel = Platform("vercel", marks: [.variable("VERCEL_OIDC_TOKEN")]) {
    (context, audience) throws(SourceError) in
    let name = "vercel"
    let mend = "enable secure backend access with OIDC federation in the project's settings"
    let given = try context.required("VERCEL_OIDC_TOKEN", of: name, mend: mend)
    guard let audience, !isMeant(given, for: audience) else {
      return TokenPlan(.variable("VERCEL_OIDC_TOKEN"), audience: audience, isRenewable: false, proof: .token)
    }
    let body = JSON.object(JSONObject([("token", JSON(given)), ("aud", .string(audience))])).serialized()
    let request = TokenRequest(
      HTTPRequest(
        .post, "https://oidc.vercel.com/~token", headers: [HTTPHeader("Content-Type", "application/json")],
        body: Secret(body)),
      mend: mend
    ) { (body) throws(SourceError) in .token(try TokenText.token(body, at: "/token", from: name)) }
    // Not for longer than the token that buys it.
    return TokenPlan(
      .service(request), audience: audience, isRenewable: false, proof: .credential(Secret(given)))
  }
}
