import Formats
public import Model

/// Why an exchange brought no credentials although the server answered.
public enum STSError: Explained, Hashable {
  case fault(STSFault)
  /// Not a reply of this protocol, or one without what it must have.
  case unexpectedReply(String)
  /// Redirects are not followed: the request holds a token.
  case redirected(status: Int)
  /// `Expiration` in the past or too far ahead; with the seconds by which the server's clock (Date) is ahead of ours,
  /// where that is much.
  case expiration(String, clockSkew: Int64?)
  /// The credentials are another role's than was asked for.
  case otherRole(requested: ByteText, received: ByteText)

  /// Of a reply whose status says that it is no success.
  init(_ response: HTTPResponse, now: WallTime) {
    switch response.status {
    case 200 where response.body.isEmpty: self = .unexpectedReply("the reply is empty")
    case 201..<300: self = .unexpectedReply("the reply has status \(response.status)")
    case 300..<400: self = .redirected(status: response.status)
    default: self = .fault(STSFault(response, now: now))
    }
  }

  /// The same, with what is known of what was refused.
  ///
  /// - Parameter secrets: what the request held: some servers repeat it.
  public func explained(with proof: RefusedProof, sent secrets: [Secret] = []) -> STSError {
    guard case .fault(var fault) = self else { return self }
    fault.proof = proof
    fault.text = Redaction.withoutTokens(fault.text, sent: secrets)
    return .fault(fault)
  }

  /// Whether the same request may succeed a moment later.
  public var isRetryable: Bool {
    guard case .fault(let fault) = self else { return false }
    switch fault.code {
    case .idpCommunicationError, .keysUnavailable, .throttled, .unavailable: return true
    case .accessDenied, .expiredToken, .invalidIdentityToken, .idpRejectedClaim, .malformedPolicyDocument,
      .packedPolicyTooLarge, .validationError, .invalidParameter, .regionDisabled, .credentialsRejected, .unsupported,
      .unreadable, .other:
      return false
    }
  }

  /// Whether it may succeed with a new token, and only with one.
  public var needsFreshToken: Bool {
    guard case .fault(let fault) = self else { return false }
    return fault.code == .expiredToken || fault.code == .invalidIdentityToken
  }

  /// Whether it was the duration that the server did not like.
  var isDurationTooLong: Bool {
    guard case .fault(let fault) = self, [.validationError, .invalidParameter].contains(fault.code) else {
      return false
    }
    let text = fault.text.lowercased()
    return text.contains("durationseconds") || text.contains("maxsessionduration")
  }

  /// Whether it was the signature, or the credentials that signed, that the server did not take.
  public var refusesSigner: Bool {
    guard case .fault(let fault) = self else { return false }
    return fault.code == .credentialsRejected || fault.code == .expiredToken
  }

  /// Seconds that the server asked to be left alone.
  public var retryAfter: Int64? {
    if case .fault(let fault) = self { fault.retryAfter } else { nil }
  }

  public var kind: FailureKind {
    guard case .fault(let fault) = self else { return .malformed }
    switch fault.code {
    case .accessDenied, .invalidIdentityToken, .keysUnavailable, .idpRejectedClaim, .invalidParameter,
      .credentialsRejected,
      .other:
      return .refused
    case .expiredToken, .unreadable: return .malformed
    case .malformedPolicyDocument, .packedPolicyTooLarge, .validationError, .regionDisabled, .unsupported:
      return .configuration
    case .idpCommunicationError, .throttled, .unavailable: return .unreachable
    }
  }

  public var message: String {
    switch self {
    case .fault(let fault):
      let code = fault.wireCode.map { "\($0) (status \(fault.status))" } ?? "status \(fault.status)"
      let text = fault.text.isEmpty ? "" : ": \(fault.text)"
      let id = fault.requestID.map { " [request id \($0)]" } ?? ""
      return "the STS answered \(code)\(text)\(id)"
    case .unexpectedReply(let reason): return "the STS's reply cannot be used: \(reason)"
    case .redirected(let status): return "the STS answered with a redirect (status \(status)), which is not followed"
    case .expiration(let reason, _): return "the STS's reply cannot be used: \(reason)"
    case .otherRole(let requested, let received):
      return "the STS gave credentials for \(received.printable()) instead of \(requested.printable())"
    }
  }

  public var hint: String? {
    switch self {
    case .fault(let fault): fault.hint
    case .unexpectedReply, .redirected: "check sts_endpoint"
    case .expiration(_, let skew?): "this machine's clock and the server's differ by \(skew.magnitude) s; set the clock"
    case .expiration: "check this machine's clock"
    case .otherRole: "do not use this server before you know why"
    }
  }
}
