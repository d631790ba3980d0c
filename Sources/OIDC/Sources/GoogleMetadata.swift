import Formats
import Model

extension Platform {
  /// The metadata service of a Google Cloud machine, for its own service account or, with GOOGLE_SERVICE_ACCOUNT_NAME,
  /// for one that it may impersonate. GCE_METADATA_HOST is what Google's own libraries read.
  /// <https://cloud.google.com/compute/docs/instances/verifying-instance-identity>,
  /// <https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateIdToken>
  static let googleMetadata = Platform(
    "google-metadata",
    marks: [
      .line("/sys/class/dmi/id/product_name", of: ["Google", "Google Compute Engine"]), .flag("GCE_METADATA_HOST"),
    ]
  ) { (context, audience) throws(SourceError) in
    let audience = audience ?? standardAudience
    let account = "http://\(try metadataHost(context))/computeMetadata/v1/instance/service-accounts/default"
    let request =
      if let other = context.value("GOOGLE_SERVICE_ACCOUNT_NAME") {
        impersonation(of: other, audience, askedFor: account)
      } else {
        TokenRequest(
          fromMetadata("\(account)/identity", [("audience", audience.string), ("format", "full")]),
          mend: "give the machine a service account"
        ) { (body) throws(SourceError) in .token(try TokenText.token(body, from: "the reply of google-metadata")) }
      }
    return TokenPlan(.service(request), audience: audience, isRenewable: true, proof: .none)
  }

  private static func metadataHost(_ context: SourceContext) throws(SourceError) -> String {
    guard let host = context.value("GCE_METADATA_HOST") else { return "metadata.google.internal" }
    let isFixed = ["metadata.google.internal", "169.254.169.254"].contains(host)
    guard isFixed || (try? WebURL.parse("http://\(host)"))?.isLoopback == true else {
      throw .unusableURL(place: "GCE_METADATA_HOST")
    }
    return host
  }

  private static func fromMetadata(_ address: String, _ query: [(String, String)]) -> HTTPRequest {
    let items = query.map { "\($0.0)=\(FormEncoding.percentEncode($0.1.utf8))" }.joined(separator: "&")
    return HTTPRequest(.get, "\(address)?\(items)", headers: [HTTPHeader("Metadata-Flavor", "Google")])
  }

  /// The machine's access token buys the other account's ID token.
  private static func impersonation(of other: String, _ audience: ByteText, askedFor account: String) -> TokenRequest {
    TokenRequest(
      fromMetadata("\(account)/token", [("scopes", "https://www.googleapis.com/auth/cloud-platform")]),
      mend: "give the machine a service account with the scope cloud-platform"
    ) { (body) throws(SourceError) in
      let access = try TokenText.token(body, at: "/access_token", from: "google-metadata").raw
      let order = JSON.object(JSONObject([("audience", .string(audience)), ("includeEmail", true)])).serialized()
      let path = "v1/projects/-/serviceAccounts/\(FormEncoding.percentEncode(other.utf8)):generateIdToken"
      let request = HTTPRequest(
        .post, "https://iamcredentials.googleapis.com/\(path)",
        headers: [.authorization("Bearer ", access), HTTPHeader("Content-Type", "application/json")],
        body: Secret(order))
      return .further(
        TokenRequest(
          request, mend: "let the machine's account create ID tokens for GOOGLE_SERVICE_ACCOUNT_NAME"
        ) { (body) throws(SourceError) in
          .token(try TokenText.token(body, at: "/token", from: "iamcredentials.googleapis.com"))
        })
    }
  }
}
