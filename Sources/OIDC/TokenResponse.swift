internal import Formats
public import Model

/// What a token endpoint delivered (RFC 6749 §5.1, OIDC Core §3.1.3.3). Nothing in it is verified.
public struct TokenSet: Sendable, Equatable {
  /// Absent from some providers' first answer, and from many refreshes.
  public var idToken: UnverifiedToken?
  /// Only used to check `at_hash`.
  public var accessToken: Secret?
  public var refreshToken: Secret?
  /// Seconds the access token lasts.
  public var expiresIn: Int64?
  /// Seconds the refresh token lasts, where the provider says so (`refresh_expires_in` of Keycloak,
  /// `refresh_token_expires_in` of others). Nil also for "does not end".
  public var refreshExpiresIn: Int64?
  /// Blank-separated, if it differs from what was asked.
  public var scope: ByteText?

  public init(
    idToken: UnverifiedToken?, accessToken: Secret? = nil, refreshToken: Secret?, expiresIn: Int64? = nil,
    refreshExpiresIn: Int64? = nil, scope: ByteText? = nil
  ) {
    self.idToken = idToken
    self.accessToken = accessToken
    self.refreshToken = refreshToken
    self.expiresIn = expiresIn
    self.refreshExpiresIn = refreshExpiresIn
    self.scope = scope
  }

  /// - Throws: what is malformed. Lifetimes are hints here and only dropped when they make no sense: the ID token
  ///   states its own end, and the provider judges the refresh token.
  init(_ object: JSONObject) throws(TokenResponseError) {
    // RFC 6749 §7.1: the client must not use a token whose type it does not understand; the type is case insensitive.
    guard let type = try object.tokenText("token_type") else { throw .missing("token_type") }
    guard type.utf8.map(\.lowercasedASCII) == Array("bearer".utf8) else { throw .tokenType(type) }
    idToken = try object.tokenText("id_token").map { UnverifiedToken(Secret($0.utf8)) }
    accessToken = try object.tokenText("access_token").map { Secret($0.utf8) }
    refreshToken = try object.tokenText("refresh_token").map { Secret($0.utf8) }
    if idToken == nil && accessToken == nil && refreshToken == nil { throw .missing("access_token") }
    expiresIn = object.lifetime("expires_in")
    refreshExpiresIn = object.lifetime("refresh_expires_in") ?? object.lifetime("refresh_token_expires_in")
    scope = object["scope"]?.text
  }
}

public enum TokenResponseError: Explained, Hashable {
  case missing(String)
  case wrongType(String)
  case tooLong(String)
  case tokenType(ByteText)

  public var kind: FailureKind { .malformed }

  public var message: String {
    switch self {
    case .missing(let name): "the token answer has no \(name)"
    case .wrongType(let name): "\(name) in the token answer is not a text, or empty"
    case .tooLong(let name): "\(name) in the token answer is too long"
    case .tokenType(let type): "the token answer has token_type \(type.printable(limit: 40)) instead of Bearer"
    }
  }

  public var hint: String? { Advice.settings }
}

extension JSONObject {
  fileprivate func tokenText(_ name: String) throws(TokenResponseError) -> ByteText? {
    switch self[name] {
    case nil, .null?: return nil
    case .string(let text)? where !text.isEmpty:
      // What STS accepts; longer ones would be refused there, and headers and files have limits of their own.
      guard text.utf8.count <= 20_000 else { throw .tooLong(name) }
      return text
    default: throw .wrongType(name)
    }
  }

  /// A positive number of seconds, at most ten years; nil otherwise. Keycloak says 0 for offline sessions.
  fileprivate func lifetime(_ name: String) -> Int64? {
    guard case .seconds(let seconds)? = self[name].map(StatedSeconds.init), seconds > 0 else { return nil }
    return min(seconds, 315_360_000)
  }
}

extension UInt8 {
  var lowercasedASCII: UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
  }
}
