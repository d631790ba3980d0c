import Formats
import Model
import STS
import Testing

@Suite struct SAMLResponseTests {
  private static let attributes = "https://aws.amazon.com/SAML/Attributes/"
  private static let samlRole = "arn:aws:iam::123456789012:role/saml"
  private static let provider = "arn:aws:iam::123456789012:saml-provider/idp"

  private static func document(
    status: String = "urn:oasis:names:tc:SAML:2.0:status:Success", conditions: String = "2026-11-22T14:05:00Z",
    confirmation: String = "2026-11-22T14:05:00.500Z", session: String = "2026-11-22T22:00:00+00:00",
    pair: String = "\(samlRole),\(provider)", subject: String = "alice"
  ) -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">
      <saml:Issuer>https://idp.example</saml:Issuer>
      <samlp:Status><samlp:StatusCode Value="\(status)"/></samlp:Status>
      <saml:Assertion>
        <saml:Issuer>https://idp.example</saml:Issuer>
        <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:Reference URI="#x"><ds:Transforms>
          <ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"><ec:InclusiveNamespaces
          xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs"/></ds:Transform></ds:Transforms>
        </ds:Reference></ds:SignedInfo><ds:SignatureValue>c2ln</ds:SignatureValue></ds:Signature>
        <saml:Subject><saml:NameID>\(subject)</saml:NameID><saml:SubjectConfirmation>
          <saml:SubjectConfirmationData NotOnOrAfter="\(confirmation)"/></saml:SubjectConfirmation></saml:Subject>
        <saml:Conditions NotBefore="2026-11-22T13:59:00Z" NotOnOrAfter="\(conditions)"><saml:AudienceRestriction>
          <saml:Audience>https://signin.aws.amazon.com/saml</saml:Audience></saml:AudienceRestriction></saml:Conditions>
        <saml:AuthnStatement SessionNotOnOrAfter="\(session)"/>
        <saml:AttributeStatement>
          <saml:Attribute Name="\(attributes)Role"><saml:AttributeValue>\(pair)</saml:AttributeValue></saml:Attribute>
          <saml:Attribute Name="\(attributes)RoleSessionName">
            <saml:AttributeValue>alice@example.com</saml:AttributeValue></saml:Attribute>
        </saml:AttributeStatement>
      </saml:Assertion>
    </samlp:Response>
    """
  }

  private func parse(_ document: String) throws -> SAMLResponse {
    try SAMLResponse.parse(Base64.encode(Array(document.utf8)).utf8)
  }

  private func error(_ text: String) -> SAMLError? {
    do throws(SAMLError) {
      _ = try SAMLResponse.parse(text.utf8)
      return nil
    } catch {
      return error
    }
  }

  private func errorOf(_ document: String) -> SAMLError? { error(Base64.encode(Array(document.utf8))) }

  @Test func whatItSaysIsRead() throws {
    let response = try parse(Self.document())
    #expect(response.unverifiedIssuer == "https://idp.example" && response.unverifiedSubject == "alice")
    #expect(response.audiences == ["https://signin.aws.amazon.com/saml"])
    #expect(response.unverifiedRoles.map(\.role) == [ByteText(Self.samlRole)])
    #expect(response.unverifiedRoles.map(\.provider) == [ByteText(Self.provider)])
    #expect(response.unverifiedSessionName == "alice@example.com")
    #expect(response.validFrom == now + -60 && response.validUntil == now + 300)
    #expect(response.sessionEnd == now + 8 * 3600)
    #expect(response.problem(now: now) == nil)
    #expect(
      try parse(Self.document(pair: "\(Self.provider) , \(Self.samlRole)")).unverifiedRoles == response.unverifiedRoles)
  }

  @Test func lineEndsAndBlanksOfTheBase64AreDropped() throws {
    let encoded = Base64.encode(Array(Self.document().utf8))
    var wrapped = ""
    for (index, character) in encoded.enumerated() {
      if index % 76 == 0 { wrapped += "\r\n " }
      wrapped.append(character)
    }
    #expect(try SAMLResponse.parse((wrapped + "\n").utf8).encoded == Secret(encoded))
  }

  @Test func theEarliestEndCounts() throws {
    let early = "2026-11-22T14:01:00Z"
    for document in [
      Self.document(conditions: early), Self.document(confirmation: early), Self.document(session: early),
    ] {
      let response = try parse(document)
      #expect(response.problem(now: now + 59) == nil)
      #expect(response.problem(now: now + 60) == .expired(now + 60, now: now + 60))
    }
    let response = try parse(Self.document())
    #expect(response.problem(now: now + -120) == nil, "clocks differ")
    #expect(response.problem(now: now + -121) == .notYetValid(now + -60, now: now + -121))
  }

  @Test func anEncryptedAssertionIsTakenAndTellsNothing() throws {
    let document = """
      <Response><Status><StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></Status>
      <EncryptedAssertion><EncryptedData><CipherData><CipherValue>YQ==</CipherValue></CipherData></EncryptedData>
      </EncryptedAssertion></Response>
      """
    let response = try parse(document)
    #expect(response.unverifiedSubject == nil && response.validUntil == nil && response.problem(now: now) == nil)
  }

  @Test func whatIsNoResponseIsRefusedByName() {
    #expect(error("") == .size(0))
    #expect(error("YWJ") == .size(3))
    #expect(error(Self.document()) == .notEncoded)
    #expect(error("\n <Response/>") == .notEncoded)
    #expect(error(String(repeating: "A", count: 100_004)) == .size(100_004))
    for text in ["eyJhbGci.eyJp.c2ln", "YWJj=", "YWJjZ===", "YWJ_", "YWJ="] {
      #expect(error(text) == .notBase64)
    }
    #expect(error("PHNhbWwy%3D%3D") == .percentEncoded)
    #expect(error("SAMLResponse=PHNhbWwy%3D%3D") == .formField)
    guard case .notXML = error("YWJj") else {
      Issue.record("text is no XML")
      return
    }
    #expect(errorOf("<Assertion/>") == .bareAssertion)
    #expect(errorOf("<EntityDescriptor/>") == .otherDocument("EntityDescriptor"))
    #expect(errorOf("<Response/>") == .missing("Status"))
    let status = "<Status><StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></Status>"
    #expect(errorOf("<Response>\(status)</Response>") == .missing("Assertion"))
    #expect(errorOf("<Response>\(status)<Assertion/><Assertion/></Response>") == .severalAssertions)
    let refused = "urn:oasis:names:tc:SAML:2.0:status:Responder"
    #expect(errorOf(Self.document(status: refused)) == .unsuccessful(ByteText(refused)))
    #expect(errorOf(Self.document(conditions: "tomorrow")) == .malformedTime("NotOnOrAfter"))
  }

  @Test func tricksOfXMLAreRefused() {
    for document in [
      Self.document(subject: "alice<!-- -->@evil.example"), "<!DOCTYPE x [<!ENTITY a \"b\">]>" + Self.document(),
      Self.document(subject: "<![CDATA[alice]]>"), Self.document(subject: "<?x y?>alice"),
      "<Response a=\"1\" a=\"2\"/>",
    ] {
      guard case .notXML = errorOf(document) else {
        Issue.record("accepted: \(document.prefix(60))")
        continue
      }
    }
  }

  @Test func requestOfTheSTS() throws {
    let response = try parse(Self.document())
    let endpoint = try STSEndpoint.choose(role: nil, region: "eu-central-1", override: nil)
    let sent = SAMLRequest(
      role: try role(Self.samlRole), principal: try SAMLProviderARN.parse(Self.provider), response: response,
      bounds: try SessionBounds(duration: 900)
    ).httpRequest(to: endpoint)
    let assertion = response.encoded.exposedText().map { character -> String in
      switch character {
      case "+": "%2B"
      case "/": "%2F"
      case "=": "%3D"
      default: String(character)
      }
    }.joined()
    #expect(
      sent.bodyText == "Action=AssumeRoleWithSAML&Version=2011-06-15"
        + "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fsaml"
        + "&PrincipalArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Asaml-provider%2Fidp&SAMLAssertion=\(assertion)"
        + "&DurationSeconds=900")
    #expect(sent.signature == nil && sent.redirects == .none)
  }

  @Test func providerAndRoleAreOfOneAccount() throws {
    let provider = try SAMLProviderARN.parse(Self.provider)
    try provider.check(try role(Self.samlRole))
    for other in ["arn:aws:iam::999999999999:role/saml", "arn:aws-cn:iam::123456789012:role/saml"] {
      #expect(throws: SAMLProviderARNError.self) { try provider.check(try role(other)) }
    }
    try provider.check(try role("arn:seaweed:iam::role/anything"))
    for text in ["", Self.samlRole, "arn:aws:iam::123456789012:saml-provider/", "saml-provider/idp"] {
      #expect(throws: SAMLProviderARNError.malformed) { try SAMLProviderARN.parse(text) }
    }
  }

  @Test func refusalNamesWhatTheResponseIsFor() throws {
    let response = try parse(Self.document())
    let refused = RefusedProof.response(issuer: response.unverifiedIssuer, roles: response.unverifiedRoles)
    for code in ["AccessDenied", "InvalidIdentityToken"] {
      let hint = fault(code, status: 403).explained(with: refused).hint ?? ""
      #expect(hint.contains("https://idp.example") && hint.contains("\(Self.samlRole) by \(Self.provider)"))
      #expect(hint.contains("principal_arn"))
    }
    let expired = fault("ExpiredTokenException").explained(with: refused)
    #expect(expired.kind == .malformed && expired.hint?.contains("five minutes") == true)
    #expect(expired.needsFreshToken)
  }

  @Test func replyIsHeldAgainstTheRole() throws {
    let request = SAMLRequest(
      role: try role(Self.samlRole), principal: try SAMLProviderARN.parse(Self.provider),
      response: try parse(Self.document()), bounds: try SessionBounds())
    let endpoint = try STSEndpoint.choose(role: nil, region: "eu-central-1", override: nil)
    func reply(_ role: String) -> HTTPResponse {
      STSTests.reply(
        """
        <AssumeRoleWithSAMLResponse><AssumeRoleWithSAMLResult><Issuer>https://idp.example</Issuer>
        <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/\(role)/alice@example.com</Arn></AssumedRoleUser>
        <Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
        <Expiration>2026-11-22T15:00:00Z</Expiration></Credentials><Subject>alice</Subject>
        <SubjectType>persistent</SubjectType></AssumeRoleWithSAMLResult></AssumeRoleWithSAMLResponse>
        """)
    }
    let assumed = try RoleResponse.parse(reply("saml"), to: request, from: endpoint, now: now)
    #expect(assumed.subject == "alice" && assumed.sessionName == "alice@example.com")
    #expect(throws: STSError.self) { try RoleResponse.parse(reply("admin"), to: request, from: endpoint, now: now) }
  }
}
