import Formats
import Model

/// An error reply on its way out of a helper.
struct Refusal: Error {
  var reply: Reply

  init(_ status: Int, _ code: String, _ description: String) { reply = .error(status, code, description) }
}

/// RFC 6749 §2.3: `none` for public clients, `client_secret_basic` or `client_secret_post` for the others.
extension State {
  func authenticate(_ request: Request, _ parameters: Parameters) -> Result<Cast.Client, Refusal> {
    var id = parameters["client_id"]
    var secret = parameters["client_secret"]
    let header = request.header("authorization")
    if let header {
      guard let (name, value) = Self.basic(header), secret == nil, id == nil || id == name else {
        return .failure(Refusal(401, "invalid_client", "the Authorization header is not usable"))
      }
      id = name
      secret = value
    }
    guard let id else { return .failure(Refusal(400, "invalid_request", "client_id is missing")) }
    guard let client = cast.client(id) else { return .failure(Refusal(401, "invalid_client", "no such client")) }
    if let expected = client.secret {
      guard let secret, Digests.areEqual(secret.utf8, expected.utf8) else {
        return .failure(Refusal(401, "invalid_client", "the client secret is missing or wrong"))
      }
    } else if secret != nil {
      return .failure(Refusal(401, "invalid_client", "a public client has no secret"))
    }
    return .success(client)
  }

  /// Name and password are form-encoded inside the base64 (RFC 6749 §2.3.1).
  private static func basic(_ header: String) -> (ByteText, ByteText)? {
    let parts = header.split(separator: " ")
    guard parts.count == 2, parts[0].lowercased() == "basic" else { return nil }
    let urlSafe = parts[1].utf8.compactMap { byte -> UInt8? in
      switch byte {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      case UInt8(ascii: "="): nil
      default: byte
      }
    }
    guard let bytes = Base64URL.decode(urlSafe), let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let fields = Array("n=".utf8) + bytes[..<colon] + Array("&p=".utf8) + bytes[(colon + 1)...]
    let decoded = Parameters(fields)
    guard let name = decoded["n"] else { return nil }
    return (name, decoded["p"] ?? "")
  }
}
