import Formats
public import Model

/// AssumeRoleWithWebIdentity: a token of an identity provider for credentials of a role. Unsigned; the token is the
/// proof, and travels in the body only.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
public struct WebIdentityRequest: RoleRequest {
  public static let action = "AssumeRoleWithWebIdentity"

  public let role: RoleARN
  public let sessionName: SessionName
  public let token: Secret
  public let bounds: SessionBounds

  public init(
    role: RoleARN, sessionName: SessionName, token: Secret, bounds: SessionBounds
  ) throws(RoleRequestError) {
    guard (4...20_000).contains(token.count) else { throw .tokenLength(token.count) }
    self.role = role
    self.sessionName = sessionName
    self.token = token
    self.bounds = bounds
  }

  public func httpRequest(to endpoint: STSEndpoint, timeout: Duration) -> HTTPRequest {
    let fields = [
      FormField("RoleArn", role.text.string), FormField("RoleSessionName", sessionName.text),
      FormField("WebIdentityToken", secret: token),
    ]
    return .query(WebIdentityRequest.action, fields + bounds.fields, to: endpoint, timeout: timeout)
  }
}
