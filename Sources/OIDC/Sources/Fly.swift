import Formats
import Model

extension Platform {
  /// The machine's own interface, a socket in its file system; it answers with the bare token.
  /// <https://fly.io/docs/security/openid-connect/>
  static let fly = Platform("fly", marks: [.path(flySocket), .flag("FLY_MACHINE_ID")]) {
    (context, audience) throws(SourceError) in
    guard context.isThere(flySocket) else { throw .missing(place: "fly: \(flySocket)") }
    let audience = audience ?? standardAudience
    let body = JSON.object(JSONObject([("aud", .string(audience))])).serialized()
    let request = TokenRequest(
      HTTPRequest(
        .post, "http://localhost/v1/tokens/oidc", headers: [HTTPHeader("Content-Type", "application/json")],
        body: Secret(body), unixSocket: flySocket),
      mend: "check that the app's organization may issue OIDC tokens"
    ) { (body) throws(SourceError) in .token(try TokenText.token(body, from: "the reply of fly")) }
    return TokenPlan(.service(request), audience: audience, isRenewable: true, proof: .none)
  }

  private static let flySocket = "/.fly/api"
}
