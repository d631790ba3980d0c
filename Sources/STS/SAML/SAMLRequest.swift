import Formats
public import Model

/// AssumeRoleWithSAML: a SAML response of an identity provider for credentials of a role. Unsigned; the response is the
/// proof, names the session, and travels in the body only.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html>
public struct SAMLRequest: RoleRequest {
  public static let action = "AssumeRoleWithSAML"

  public let role: RoleARN
  public let principal: SAMLProviderARN
  public let response: SAMLResponse
  public let bounds: SessionBounds

  public init(role: RoleARN, principal: SAMLProviderARN, response: SAMLResponse, bounds: SessionBounds) {
    self.role = role
    self.principal = principal
    self.response = response
    self.bounds = bounds
  }

  public func httpRequest(to endpoint: STSEndpoint, timeout: Duration) -> HTTPRequest {
    let fields = [
      FormField("RoleArn", role.text.string), FormField("PrincipalArn", principal.text.string),
      FormField("SAMLAssertion", secret: response.encoded),
    ]
    return .query(SAMLRequest.action, fields + bounds.fields, to: endpoint, timeout: timeout)
  }
}
