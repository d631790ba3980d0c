internal import Formats
public import Model

/// Proof Key for Code Exchange with the method S256 (RFC 7636 §4.1, §4.2): whoever redeems the code must be who asked
/// for it.
public struct PKCE: Sendable {
  public let verifier: Secret
  public let challenge: String

  /// - Parameter random: 32 bytes from the system's generator; the verifier is their base64url form, 43 characters.
  public init(random: [UInt8], cryptography: any Cryptography) {
    let text = Base64URL.encode(random)
    verifier = Secret(text)
    challenge = Base64URL.encode(cryptography.digest(.sha256, Array(text.utf8)))
  }
}
