internal import Formats
internal import Model

/// Decides every answer, from a request's head and the board alone. The order of the checks is part of the contract:
/// 403, 405, 404, 401, 503, 200.
struct Router: Sendable {
  static let path = "/credentials"

  let policy: RequestPolicy
  let token: Secret
  let board: CredentialBoard

  func response(to head: RequestHead, now: WallTime) -> Response {
    if let refusal = policy.refusal(of: head) { return refusal }
    guard head.method.elementsEqual("GET".utf8) else {
      return Response(
        .methodNotAllowed, code: "MethodNotAllowed", message: "only GET is answered", headers: [("Allow", "GET")])
    }
    guard head.path.elementsEqual(Router.path.utf8) else {
      return Response(.notFound, code: "NotFound", message: "there is only \(Router.path)")
    }
    guard isAuthorized(head) else {
      return Response(
        .unauthorized, code: "Unauthorized", message: "the Authorization header does not hold the token",
        headers: [("WWW-Authenticate", "Bearer")])
    }
    switch board.current {
    case .fresh(let credentials) where credentials.isComplete && credentials.expiration > now:
      return Response(.ok, credentials.containerDocument)
    case .fresh:
      return unavailable(
        .unavailable, message: "the credentials have expired and could not be renewed yet", retryAfter: 1)
    case .unavailable(let reason, let message, let retryAfter):
      return unavailable(reason, message: message, retryAfter: retryAfter)
    }
  }

  static func response(to refusal: RequestRefusal) -> Response {
    switch refusal {
    case .malformed: Response(.badRequest, code: "BadRequest", message: "the request is malformed")
    case .headersTooLarge: Response(.headersTooLarge, code: "HeadersTooLarge", message: "the headers are too large")
    case .bodyTooLarge: Response(.contentTooLarge, code: "BodyTooLarge", message: "no body is needed here")
    }
  }

  /// The token as it is, or after `Bearer `. `Secret` compares in constant time.
  private func isAuthorized(_ head: RequestHead) -> Bool {
    let values = head.values("authorization")
    guard let value = values.first, values.count == 1 else { return false }
    let scheme = Array("bearer ".utf8)
    let hasScheme = value.prefix(scheme.count).map(Octet.lowercased) == scheme
    return Secret(hasScheme ? Array(value.dropFirst(scheme.count)) : value) == token
  }

  private func unavailable(_ reason: CredentialBoard.Reason, message: String, retryAfter: Int64) -> Response {
    Response(
      .unavailable, code: reason.rawValue, message: message, headers: [("Retry-After", "\(max(1, retryAfter))")])
  }
}

extension AWSCredentials {
  fileprivate var isComplete: Bool { !accessKeyID.isEmpty && !secretAccessKey.isEmpty && !sessionToken.isEmpty }

  /// What the container provider of AWS SDKs reads:
  /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>
  fileprivate var containerDocument: JSON {
    [
      "AccessKeyId": .string(ByteText(accessKeyID)),
      "SecretAccessKey": .string(ByteText(secretAccessKey.exposedText())),
      "Token": .string(ByteText(sessionToken.exposedText())),
      "Expiration": .string(ByteText(RFC3339.format(expiration))),
    ]
  }
}
