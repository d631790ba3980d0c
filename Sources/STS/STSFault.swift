import Formats
public import Model

/// An STS's refusal in its own words: `<ErrorResponse><Error>…`, S3's bare `<Error>`, or whatever else came under a
/// status that says no.
public struct STSFault: Sendable, Hashable {
  public let code: STSErrorCode
  public let status: Int
  /// As the server spells it; nil where it gave none.
  public let wireCode: String?
  /// Safe to show. Empty where the server gave none.
  public internal(set) var text: String
  public let requestID: String?
  /// Seconds.
  public let retryAfter: Int64?
  /// What was refused.
  public var proof: RefusedProof?

  init(_ response: HTTPResponse, now: WallTime) {
    let root = try? XMLElement.parse(response.body)
    // S3 answers a bare <Error>; a page of HTML has neither.
    let error = root.flatMap { $0.name == "Error" ? $0 : $0.child("Error") }
    let code = Reply.trimmed(error?.child("Code")?.text ?? "").string
    let message = Reply.trimmed(error?.child("Message")?.text ?? "").string
    status = response.status
    wireCode = code.isEmpty ? nil : code.printable(limit: 60)
    text = Redaction.withoutTokens(message).printable(limit: 300)
    self.code = STSErrorCode(wire: code.isEmpty ? nil : code, message: message, status: response.status)
    requestID = root.flatMap { Reply.requestID(in: $0) } ?? error.flatMap { Reply.requestID(in: $0) }
    retryAfter = response.header("retry-after").flatMap { RetryAfter.parse($0, now: now) }
  }
}

/// What an STS was shown and refused, for the message about its refusal.
public enum RefusedProof: Sendable, Hashable {
  case token(TokenClaims)
  case response(issuer: ByteText?, roles: [SAMLResponse.RolePair])
  case chained(ChainedCall)
}

/// An AssumeRole that was refused: who asked, and for what that a trust policy must allow apart.
public struct ChainedCall: Sendable, Hashable {
  /// The ARN of the role whose credentials signed.
  public var caller: String
  public var hasExternalID: Bool
  public var hasTags: Bool
  public var hasSourceIdentity: Bool

  public init(caller: RoleARN, for step: ChainedRole) {
    self.caller = caller.text.string
    hasExternalID = step.externalID != nil
    hasTags = !step.tags.isEmpty || !step.transitiveTagKeys.isEmpty
    hasSourceIdentity = step.sourceIdentity != nil
  }
}

/// What a token says about itself, for the message about its refusal. Nobody here vouches for it.
public struct TokenClaims: Sendable, Hashable {
  public var issuer: String?
  public var audience: [String]
  public var subject: String?
  public var expiration: WallTime?

  public init(issuer: String?, audience: [String], subject: String?, expiration: WallTime? = nil) {
    self.issuer = issuer
    self.audience = audience
    self.subject = subject
    self.expiration = expiration
  }

  var summary: String {
    func shown(_ name: String, _ value: String?) -> String { "\(name) \(value.map { $0.printable() } ?? "missing")" }
    let audience = audience.isEmpty ? nil : audience.joined(separator: " and ")
    return [
      shown("iss", issuer), shown("aud", audience), shown("sub", subject),
      shown("exp", expiration.map { RFC3339.format($0) }),
    ].joined(separator: ", ")
  }

  /// What a trust policy would have to hold: keys are the issuer without its scheme, a colon, and the claim.
  /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html>
  var conditions: String? {
    guard let issuer, issuer.hasPrefix("https://") || issuer.hasPrefix("http://") else { return nil }
    let provider = issuer.drop { $0 != "/" }.dropFirst(2)
    let keys = [("aud", audience.first), ("sub", subject)].compactMap { claim, value in
      value.map { "\"\(provider):\(claim)\": \"\($0)\"".printable(limit: 400) }
    }
    return keys.isEmpty ? nil : keys.joined(separator: " and ")
  }
}
