internal import Formats
public import Model

/// An error answer of an OAuth endpoint (RFC 6749 §5.2).
public struct OAuthError: Error, Sendable, Hashable {
  public let code: ByteText
  public let description: ByteText?

  /// - Parameter secrets: what the request held; it is taken out, should the server have repeated it.
  public init(code: ByteText, description: ByteText?, sent secrets: [Secret] = []) {
    func redacted(_ text: ByteText) -> ByteText { ByteText(Redaction.withoutTokens(text.string, sent: secrets)) }
    self.code = redacted(code)
    self.description = description.map(redacted)
  }

  /// `code: description`, safe to show.
  public var text: String {
    guard let description, !description.isEmpty else { return code.printable(limit: 80) }
    return code.printable(limit: 80) + ": " + description.printable(limit: 300)
  }

  /// The one of these scopes that the description names, if it names exactly one.
  func scope(among scopes: [String]) -> String? {
    guard let description else { return nil }
    let words = Set(
      description.utf8.split { !$0.isScopeCharacter }.map { String(decoding: $0, as: UTF8.self) })
    let named = scopes.filter(words.contains)
    return named.count == 1 ? named.first : nil
  }

  /// What to try, for the codes that a change of settings mends.
  var hint: String? {
    switch code {
    case "invalid_client", "incorrect_client_credentials":
      "check client_id, and client_secret_file if this client has a secret"
    case "unauthorized_client", "device_flow_disabled", "unsupported_grant_type":
      "allow this grant for the client at the provider"
    case "invalid_scope": "set scopes (DAYPASS_SCOPES) to what this client may ask for"
    case "server_error", "temporarily_unavailable", "slow_down", "too_many_requests": Advice.outage
    default: "check client_id and scopes; the provider's documentation or log may say more"
    }
  }
}

extension UInt8 {
  /// Characters of scope names that occur in practice; quotes, commas and full stops end a name in prose.
  fileprivate var isScopeCharacter: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
