internal import Formats
public import Model

/// How a request says, and proves, which client it comes from (RFC 6749 §2.3.1, OIDC Core §9).
public enum ClientAuthentication: Sendable {
  /// A public client: `client_id` in the body, nothing proven.
  case publicClient(id: String)
  /// `client_secret_post`: both in the body.
  case secretPost(id: String, secret: Secret)
  /// `client_secret_basic`: both in `Authorization`.
  case secretBasic(id: String, secret: Secret)

  /// `client_secret_post` where the provider offers it: its encoding has one reading, while servers disagree on whether
  /// the two halves of `client_secret_basic` are form-encoded, and Google documents only the body for devices.
  /// Otherwise `client_secret_basic`, which every server must support (RFC 6749 §2.3.1) and which is what a missing
  /// list means (OIDC Discovery §3).
  ///
  /// - Parameter offered: `token_endpoint_auth_methods_supported`.
  public init(clientID: String, secret: Secret?, offered: [ByteText]?) {
    guard let secret else {
      self = .publicClient(id: clientID)
      return
    }
    let postIsOffered = offered?.contains("client_secret_post") ?? false
    self = postIsOffered ? .secretPost(id: clientID, secret: secret) : .secretBasic(id: clientID, secret: secret)
  }

  public var clientID: String {
    switch self {
    case .publicClient(let id), .secretPost(let id, _), .secretBasic(let id, _): id
    }
  }

  /// What the server may know and nobody else may see, in each form in which it is sent: some servers repeat that.
  var secrets: [Secret] {
    func encoded(_ secret: Secret) -> Secret { Secret(secret.withBytes { FormEncoding.percentEncode($0) }) }
    switch self {
    case .publicClient: return []
    case .secretPost(_, let secret): return [secret, encoded(secret)]
    case .secretBasic(let id, let secret):
      return [secret, encoded(secret), Secret(basicCredentials(id: id, secret: secret))]
    }
  }

  private var fields: [FormField] {
    switch self {
    case .publicClient(let id): [FormField("client_id", id)]
    case .secretPost(let id, let secret): [FormField("client_id", id), FormField("client_secret", secret: secret)]
    // RFC 8628 §3.1, §3.4: `client_id` is for clients that do not authenticate otherwise; some servers refuse both.
    case .secretBasic: []
    }
  }

  private var headers: [HTTPHeader] {
    switch self {
    case .publicClient, .secretPost: []
    case .secretBasic(let id, let secret):
      [HTTPHeader("Authorization", secret: Secret("Basic " + basicCredentials(id: id, secret: secret)))]
    }
  }

  /// Each half is form-encoded before they are joined (RFC 6749 §2.3.1), so that a colon in the id keeps its meaning.
  private func basicCredentials(id: String, secret: Secret) -> String {
    let encodedSecret = secret.withBytes { FormEncoding.percentEncode($0) }
    let joined = FormEncoding.percentEncode(id.utf8) + ":" + encodedSecret
    return Base64.encode(Array(joined.utf8))
  }

  /// A form POST to an endpoint of the provider, with this client's identification. Redirects are never followed: the
  /// body would go along (RFC 9700 §4.12).
  func request(_ endpoint: WebURL, _ fields: [FormField], timeout: Duration = .seconds(10)) -> HTTPRequest {
    HTTPRequest(
      .post, endpoint.text,
      headers: [
        HTTPHeader("Accept", "application/json"),
        HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
      ] + headers,
      body: FormEncoding.encode(fields + self.fields),
      timeout: timeout)
  }
}
