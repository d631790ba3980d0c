/// What an STS can say instead of credentials, as far as it makes a difference. Servers spell codes with and without
/// `Exception` at the end.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>,
/// <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>
public enum STSErrorCode: Hashable, Sendable, CaseIterable {
  case accessDenied
  case expiredToken
  case invalidIdentityToken
  /// InvalidIdentityToken too, but for keys that AWS could not fetch just then.
  case keysUnavailable
  case idpCommunicationError
  case idpRejectedClaim
  case malformedPolicyDocument
  case packedPolicyTooLarge
  case validationError
  /// Other servers' word for a parameter, the token included, that they do not accept.
  case invalidParameter
  case regionDisabled
  case throttled
  /// The signature, not the token: unknown key, wrong signature, clock.
  case credentialsRejected
  case unavailable
  /// Not an STS, or one that lacks the action.
  case unsupported
  /// No fault at all under a status that says no: something else answers there.
  case unreadable
  case other

  init(wire code: String?, message: String, status: Int) {
    self = code.flatMap { STSErrorCode(wire: $0, message: message) } ?? STSErrorCode(status: status)
    // 401 and 403 say what they mean without words.
    if code == nil, self == .other, status != 401, status != 403 { self = .unreadable }
  }

  private init?(wire code: String, message: String) {
    let suffix = "Exception"
    let name = code.hasSuffix(suffix) ? String(code.dropLast(suffix.count)) : code
    switch name {
    case "AccessDenied": self = .accessDenied
    case "ExpiredToken": self = .expiredToken
    case "InvalidIdentityToken":
      self = message.hasPrefix("Couldn't retrieve verification key") ? .keysUnavailable : .invalidIdentityToken
    case "IDPCommunicationError": self = .idpCommunicationError
    case "IDPRejectedClaim": self = .idpRejectedClaim
    case "MalformedPolicyDocument": self = .malformedPolicyDocument
    case "PackedPolicyTooLarge": self = .packedPolicyTooLarge
    case "ValidationError", "Validation", "MissingParameter", "InvalidParameterCombination": self = .validationError
    case "InvalidParameterValue": self = .invalidParameter
    case "RegionDisabled": self = .regionDisabled
    case "Throttling", "Throttled", "RequestThrottled", "TooManyRequests", "RequestLimitExceeded", "SlowDown",
      "BandwidthLimitExceeded", "ProvisionedThroughputExceeded", "PriorRequestNotComplete":
      self = .throttled
    case "InvalidClientTokenId", "InvalidAccessKeyId", "SignatureDoesNotMatch", "IncompleteSignature", "RequestExpired",
      "RequestTimeTooSkewed", "UnrecognizedClient":
      self = .credentialsRejected
    case "InternalError", "InternalFailure", "ServiceUnavailable", "STSNotInitialized", "STSIAMNotInitialized":
      self = .unavailable
    case "InvalidAction", "MissingAction", "NotImplemented", "MethodNotAllowed", "UnknownOperation",
      "UnsupportedOperation":
      self = .unsupported
    default: return nil
    }
  }

  /// What an unknown code, or none, comes down to.
  private init(status: Int) {
    switch status {
    case 429: self = .throttled
    case 404, 405, 501: self = .unsupported
    case 408, 500...599: self = .unavailable
    default: self = .other
    }
  }
}
