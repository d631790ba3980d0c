public import Formats
public import Model

/// A SAML response as an identity provider posts it to AWS: base64 of a `<Response>`. A proof for STS, which alone
/// verifies its signature; what is read of it here is read to say early and clearly what STS would refuse, and is
/// unverified to the end.
/// <https://docs.oasis-open.org/security/saml/v2.0/saml-core-2.0-os.pdf> §3.3.3,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html>
public struct SAMLResponse: Sendable, Equatable {
  /// Base64 without blanks and line ends, as it is sent.
  public let encoded: Secret
  public let unverifiedIssuer: ByteText?
  /// NameID; nil where the assertion is encrypted.
  public let unverifiedSubject: ByteText?
  public let audiences: [ByteText]
  /// The pairs of role and provider that the response is for.
  public let unverifiedRoles: [RolePair]
  /// RoleSessionName, which names the session.
  public let unverifiedSessionName: ByteText?
  /// NotBefore of the conditions.
  public let validFrom: WallTime?
  /// The earlier NotOnOrAfter of conditions and confirmation; nil where none is to be seen, as in an encrypted assertion.
  public let validUntil: WallTime?
  /// SessionNotOnOrAfter: credentials end then at the latest.
  public let sessionEnd: WallTime?

  public struct RolePair: Sendable, Hashable {
    public var role: ByteText
    public var provider: ByteText
  }

  /// What STS takes, in characters of base64.
  /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html>
  public static let allowed = 4...100_000

  /// Checks its shape: base64 (line ends and blanks are dropped), XML, a response that says Success and holds one
  /// assertion.
  public static func parse(_ text: some Collection<UInt8>) throws(SAMLError) -> SAMLResponse {
    let encoded = text.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    guard encoded.first != UInt8(ascii: "<") else { throw .notEncoded }
    guard !encoded.starts(with: "SAMLResponse=".utf8) else { throw .formField }
    guard !encoded.contains(UInt8(ascii: "%")) else { throw .percentEncoded }
    guard allowed.contains(encoded.count) else { throw .size(encoded.count) }
    guard let bytes = Base64.decode(encoded) else { throw .notBase64 }
    let root: XMLElement
    do throws(XMLError) {
      root = try XMLElement.parse(bytes)
    } catch {
      throw .notXML(error)
    }
    return try SAMLReader(root).response(encoded: Secret(encoded))
  }

  /// Why the STS would not take it now; nil where nothing says so.
  public func problem(now: WallTime) -> SAMLError? {
    if let validUntil, now >= validUntil { return .expired(validUntil, now: now) }
    if let sessionEnd, now >= sessionEnd { return .expired(sessionEnd, now: now) }
    // Providers set it to their own "now", which may be ahead of ours.
    if let validFrom, validFrom > now + 60 { return .notYetValid(validFrom, now: now) }
    return nil
  }
}

/// Finds its way in a `<Response>`.
private struct SAMLReader {
  let root: XMLElement
  private static let success = ByteText("urn:oasis:names:tc:SAML:2.0:status:Success")
  private static let attributes = "https://aws.amazon.com/SAML/Attributes/"

  init(_ root: XMLElement) throws(SAMLError) {
    guard root.isNamed("Response") else {
      throw root.isNamed("Assertion") ? .bareAssertion : .otherDocument(root.name)
    }
    self.root = root
  }

  func response(encoded: Secret) throws(SAMLError) -> SAMLResponse {
    guard let status = root.child("Status")?.child("StatusCode")?.attribute("Value") else { throw .missing("Status") }
    guard status == SAMLReader.success else { throw .unsuccessful(status) }
    let assertions = root.children.filter { $0.isNamed("Assertion") || $0.isNamed("EncryptedAssertion") }
    guard let assertion = assertions.first else { throw .missing("Assertion") }
    guard assertions.count == 1 else { throw .severalAssertions }

    let confirmations = (assertion.child("Subject")?.children ?? []).filter { $0.isNamed("SubjectConfirmation") }
      .compactMap { $0.child("SubjectConfirmationData") }
    let conditions = [assertion.child("Conditions")].compactMap(\.self)
    // One of several confirmations is enough; the conditions hold in any case.
    let ends = [
      try times("NotOnOrAfter", of: conditions).min(), try times("NotOnOrAfter", of: confirmations).max(),
    ]
    let statements = assertion.children.filter { $0.isNamed("AuthnStatement") }
    let audiences = (assertion.child("Conditions")?.children ?? []).filter { $0.isNamed("AudienceRestriction") }
      .flatMap(\.children).filter { $0.isNamed("Audience") }
    return SAMLResponse(
      encoded: encoded, unverifiedIssuer: text(assertion.child("Issuer")) ?? text(root.child("Issuer")),
      unverifiedSubject: text(assertion.child("Subject")?.child("NameID")),
      audiences: audiences.compactMap(text), unverifiedRoles: values("Role", of: assertion).compactMap(pair),
      unverifiedSessionName: values("RoleSessionName", of: assertion).first,
      validFrom: try times("NotBefore", of: conditions).max(), validUntil: ends.compactMap(\.self).min(),
      sessionEnd: try times("SessionNotOnOrAfter", of: statements).min())
  }

  private func text(_ element: XMLElement?) -> ByteText? {
    element.map { Reply.trimmed($0.text) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private func times(_ name: String, of elements: [XMLElement]) throws(SAMLError) -> [WallTime] {
    var times: [WallTime] = []
    for element in elements {
      guard let text = element.attribute(name) else { continue }
      guard let time = RFC3339.parse(text.utf8) else { throw .malformedTime(name) }
      times.append(time)
    }
    return times
  }

  private func values(_ name: String, of assertion: XMLElement) -> [ByteText] {
    let wanted = ByteText(SAMLReader.attributes + name)
    return assertion.children.filter { $0.isNamed("AttributeStatement") }.flatMap(\.children)
      .filter { $0.isNamed("Attribute") && $0.attribute("Name") == wanted }.flatMap(\.children).compactMap(text)
  }

  /// Role and provider, in either order, with a comma between.
  private func pair(_ value: ByteText) -> SAMLResponse.RolePair? {
    let parts = value.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
      Reply.trimmed(String(decoding: $0, as: UTF8.self))
    }
    guard parts.count == 2 else { return nil }
    let isProviderFirst = parts[0].string.contains(":saml-provider/")
    return SAMLResponse.RolePair(role: parts[isProviderFirst ? 1 : 0], provider: parts[isProviderFirst ? 0 : 1])
  }
}

/// Why something is no SAML response that STS could take.
public enum SAMLError: Explained, Hashable {
  case size(Int)
  /// The XML itself, not its base64.
  case notEncoded
  case notBase64
  /// As a browser shows the body of the request: `SAMLResponse=…`.
  case formField
  case percentEncoded
  case notXML(XMLError)
  case otherDocument(String)
  /// An `<Assertion>` without the `<Response>` around it.
  case bareAssertion
  case missing(String)
  case severalAssertions
  case unsuccessful(ByteText)
  case malformedTime(String)
  case expired(WallTime, now: WallTime)
  case notYetValid(WallTime, now: WallTime)

  public var kind: FailureKind { .malformed }

  public var message: String {
    switch self {
    case .size(let count): "the SAML response has \(count) characters; STS takes 4 to 100000"
    case .notEncoded: "the SAML response is XML; STS takes its base64"
    case .notBase64: "the SAML response is not base64"
    case .formField: "the SAML response begins with the name of its form's field"
    case .percentEncoded: "the SAML response is percent-encoded, as a browser sends it"
    case .notXML(let error): "the SAML response is not what it should be: \(error.message)"
    case .otherDocument(let name): "the SAML response is a \(name.printable(limit: 60)), not a Response"
    case .bareAssertion: "the SAML response is only its Assertion"
    case .missing(let name): "the SAML response has no \(name)"
    case .severalAssertions: "the SAML response has more than one assertion"
    case .unsuccessful(let status): "the SAML response says \(status.printable(limit: 120)) instead of Success"
    case .malformedTime(let name): "the SAML response's \(name) is not a time"
    case .expired(let end, let now):
      "the SAML response expired at \(RFC3339.format(end)); it is \(RFC3339.format(now)) here"
    case .notYetValid(let start, let now):
      "the SAML response is valid from \(RFC3339.format(start)); it is \(RFC3339.format(now)) here"
    }
  }

  public var hint: String? {
    switch self {
    case .size: "ask the provider for fewer attributes, groups above all"
    case .percentEncoded: "decode it: %2B is +, %2F is /, %3D is ="
    case .formField, .notEncoded, .notBase64, .notXML, .otherDocument, .bareAssertion, .missing, .malformedTime:
      "use the value of the form field SAMLResponse as the provider posts it"
    case .severalAssertions: nil
    case .unsuccessful: "sign in at the provider again"
    case .expired: "get a new one: most are good for five minutes; check this machine's clock"
    case .notYetValid: "check this machine's clock"
    }
  }
}
