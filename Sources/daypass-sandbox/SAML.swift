import Formats
import Model

/// A SAML response that the sandbox, as the identity provider, has made for somebody. It is known again byte for byte,
/// so it needs no XML signature to tell a forged one.
struct IssuedResponse: Sendable {
  var role: ByteText
  var provider: ByteText
  var subject: ByteText
  var sessionName: ByteText
  /// Whom it was made for; condition keys call it the audience.
  var recipient: ByteText
  var issued: WallTime
  var expires: WallTime
  var sessionEnds: WallTime
}

extension State {
  static let samlIssuer = "https://idp.sandbox.example/saml"
  static let samlAudience = "https://signin.aws.amazon.com/saml"

  /// A response without a login: `{"role", "provider", "subject", "session_name", "recipient", "lifetime", "session_lifetime"}`.
  mutating func issueResponse(_ body: JSONObject) -> Reply {
    let now = wall
    let provider = body["provider"]?.text ?? ByteText("arn:aws:iam::\(Cast.account):saml-provider/sandbox")
    let response = IssuedResponse(
      role: body["role"]?.text ?? ByteText(Cast.samlRole), provider: provider,
      subject: body["subject"]?.text ?? "alice", sessionName: body["session_name"]?.text ?? "alice@example.com",
      recipient: body["recipient"]?.text ?? ByteText(State.samlAudience), issued: now,
      expires: now + (body["lifetime"]?.integer ?? 300),
      sessionEnds: now + (body["session_lifetime"]?.integer ?? 28_800))
    let encoded = Base64.encode(Array(response.document.utf8))
    responses[ByteText(encoded)] = response
    secrets.add(encoded)
    return .json(200, ["response": JSON(encoded)])
  }

  /// AssumeRoleWithSAML. <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html>
  mutating func assumeRoleWithSAML(_ parameters: Parameters) throws(STSError) -> Reply {
    guard let assertion = parameters["SAMLAssertion"], (4...100_000).contains(assertion.utf8.count) else {
      throw .invalid("…", at: "sAMLAssertion", "Member must have length between 4 and 100000")
    }
    guard let principal = parameters["PrincipalArn"], (20...2_048).contains(principal.utf8.count) else {
      throw .invalid(
        parameters["PrincipalArn"]?.string, at: "principalArn", "Member must have length between 20 and 2048")
    }
    guard parameters["RoleSessionName"] == nil else {
      throw STSError("ValidationError", "RoleSessionName is no parameter of AssumeRoleWithSAML")
    }
    guard let response = responses[assertion] else {
      throw STSError("InvalidIdentityToken", "Response signature invalid")
    }
    let order = try RoleOrder(parameters, sessionName: response.sessionName.string)
    guard wall < response.expires, wall < response.sessionEnds, wall < response.issued + 300 else {
      throw STSError(
        "ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance")
    }
    guard principal == response.provider, order.roleARN == response.role else {
      throw STSError(
        "InvalidIdentityToken", "Role and provider are no pair of the Role attribute of the response")
    }
    let action = "sts:AssumeRoleWithSAML"
    guard let role = cast.role(order.roleARN),
      role.trust.permits(
        ByteText(action), .federated(principal),
        values: { prefix, name in
          switch (prefix, name) {
          case ("SAML", "aud"): [response.recipient]
          case ("SAML", "sub_type"): ["persistent"]
          case ("SAML", "sub"): [response.subject]
          case ("SAML", "iss"): [ByteText(State.samlIssuer)]
          default: []
          }
        })
    else { throw .denied(action) }
    guard order.duration <= role.maximumDuration else {
      throw STSError(
        "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    }
    return issue(
      order.lasting(atMost: response.sessionEnds - wall), action: "AssumeRoleWithSAML",
      extra: [
        STSReply.element("Subject", response.subject.string), STSReply.element("SubjectType", "persistent"),
        STSReply.element("Issuer", State.samlIssuer), STSReply.element("Audience", State.samlAudience),
      ])
  }
}

extension IssuedResponse {
  private func time(_ time: WallTime) -> String { RFC3339.format(time) }

  fileprivate var document: String {
    let attributes = "https://aws.amazon.com/SAML/Attributes/"
    let name = "urn:oasis:names:tc:SAML:2.0"
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <samlp:Response xmlns:samlp="\(name):protocol" xmlns:saml="\(name):assertion" ID="_\(Digests.randomText(32))" \
      Version="2.0" IssueInstant="\(time(issued))" Destination="\(HTML.escape(recipient.string))">
        <saml:Issuer>\(State.samlIssuer)</saml:Issuer>
        <samlp:Status><samlp:StatusCode Value="\(name):status:Success"/></samlp:Status>
        <saml:Assertion ID="_\(Digests.randomText(32))" Version="2.0" IssueInstant="\(time(issued))">
          <saml:Issuer>\(State.samlIssuer)</saml:Issuer>
          <saml:Subject>
            <saml:NameID Format="\(name):nameid-format:persistent">\(HTML.escape(subject.string))</saml:NameID>
            <saml:SubjectConfirmation Method="\(name):cm:bearer">
              <saml:SubjectConfirmationData NotOnOrAfter="\(time(expires))" Recipient="\(HTML.escape(recipient.string))"/>
            </saml:SubjectConfirmation>
          </saml:Subject>
          <saml:Conditions NotBefore="\(time(issued))" NotOnOrAfter="\(time(expires))">
            <saml:AudienceRestriction><saml:Audience>\(State.samlAudience)</saml:Audience></saml:AudienceRestriction>
          </saml:Conditions>
          <saml:AuthnStatement AuthnInstant="\(time(issued))" SessionNotOnOrAfter="\(time(sessionEnds))"/>
          <saml:AttributeStatement>
            <saml:Attribute Name="\(attributes)Role">
              <saml:AttributeValue>\(HTML.escape(role.string)),\(HTML.escape(provider.string))</saml:AttributeValue>
            </saml:Attribute>
            <saml:Attribute Name="\(attributes)RoleSessionName">
              <saml:AttributeValue>\(HTML.escape(sessionName.string))</saml:AttributeValue>
            </saml:Attribute>
          </saml:AttributeStatement>
        </saml:Assertion>
      </samlp:Response>

      """
  }
}
