public import Model

/// A JSON Web Signature in compact form (RFC 7515 §3.1), taken apart. Nothing about it is verified.
public struct CompactJWS: Sendable {
  public let header: JSONObject
  public let payload: JSONObject
  /// Never empty.
  public let signature: [UInt8]
  /// What the signature is over: the first two parts and the dot between them, byte for byte as received (§5.2 step 8).
  public let signingInput: [UInt8]

  /// `limit` is in bytes of the whole token; 20,000 is the most that STS takes as `WebIdentityToken`.
  /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
  public static func parse(_ token: [UInt8], limit: Int = 20_000) throws(JWSFormatError) -> CompactJWS {
    guard token.count <= limit else { throw .tooLong(limit: limit) }
    // Counted before anything is split: a token of nothing but dots must not cost memory.
    var dots = 0
    for byte in token where byte == UInt8(ascii: ".") { dots += 1 }
    guard dots == 2, let first = token.firstIndex(of: UInt8(ascii: ".")),
      let second = token.lastIndex(of: UInt8(ascii: "."))
    else { throw .notThreeParts }

    let header = try object(token[..<first], .header)
    let payload = try object(token[first..<second].dropFirst(), .payload)
    guard let signature = Base64URL.decode(token[second...].dropFirst()) else { throw .notBase64URL(.signature) }
    guard !signature.isEmpty else { throw .unsigned }
    return CompactJWS(
      header: header, payload: payload, signature: signature, signingInput: Array(token[..<second]))
  }

  private static func object(
    _ text: ArraySlice<UInt8>, _ part: JWSFormatError.Part
  ) throws(JWSFormatError) -> JSONObject {
    guard let bytes = Base64URL.decode(text) else { throw .notBase64URL(part) }
    let value: JSON
    do { value = try JSON.parse(bytes) } catch { throw .notJSON(part, error) }
    guard let object = value.object else { throw .notAnObject(part) }
    return object
  }
}

/// Why bytes are not a compact JWS with JSON claims. No case holds a byte of the token but the name of a repeated
/// member.
public enum JWSFormatError: Explained, Hashable {
  public enum Part: String, Hashable, Sendable { case header, payload, signature }

  case tooLong(limit: Int)
  case notThreeParts
  case notBase64URL(Part)
  case notJSON(Part, JSONError)
  case notAnObject(Part)
  case unsigned

  public var kind: FailureKind { .malformed }

  public var message: String {
    switch self {
    case .tooLong(let limit): "the token is longer than \(limit) bytes"
    case .notThreeParts: "the token is not a JWT: it does not have three parts between two dots"
    case .notBase64URL(let part): "the token's \(part.rawValue) is not base64url"
    case .notJSON(let part, let error): "the token's \(part.rawValue) is refused: \(error.message)"
    case .notAnObject(let part): "the token's \(part.rawValue) is not a JSON object"
    case .unsigned: "the token has no signature"
    }
  }

  public var hint: String? {
    switch self {
    case .notThreeParts, .notBase64URL:
      "give an ID token as it was issued: one line, not encrypted, without quotes or `Bearer`"
    case .tooLong, .notJSON, .notAnObject, .unsigned: nil
    }
  }
}
