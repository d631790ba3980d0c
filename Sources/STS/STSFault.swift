import Formats
import Model

/// An STS's refusal in its own words: `<ErrorResponse><Error>…`, S3's bare `<Error>`, or whatever else came under a
/// status that says no.
public struct STSFault: Sendable, Hashable {
  public let code: STSErrorCode
  public let status: Int
  /// As the server spells it; nil where it gave none.
  public let wireCode: String?
  /// Safe to show. Empty where the server gave none.
  public let text: String
  public let requestID: String?
  /// Seconds.
  public let retryAfter: Int64?
  /// The token that was refused.
  public var claims: TokenClaims?

  init(_ response: HTTPResponse, now: WallTime) {
    let root = try? XMLElement.parse(response.body)
    // S3 answers a bare <Error>; a page of HTML has neither.
    let error = root.flatMap { $0.name == "Error" ? $0 : $0.child("Error") }
    let code = Reply.trimmed(error?.child("Code")?.text ?? "").string
    let message = Reply.trimmed(error?.child("Message")?.text ?? "").string
    status = response.status
    wireCode = code.isEmpty ? nil : code.printable(limit: 60)
    text = STSFault.withoutTokens(message).printable(limit: 300)
    self.code = STSErrorCode(wire: code.isEmpty ? nil : code, message: message, status: response.status)
    requestID = root.flatMap { Reply.requestID(in: $0) } ?? error.flatMap { Reply.requestID(in: $0) }
    retryAfter = response.header("retry-after").flatMap { RetryAfter.parse($0, now: now) }
  }

  /// A server may repeat the token that it did not like.
  private static func withoutTokens(_ text: String) -> String {
    var result: [UInt8] = []
    for run in text.utf8.split(omittingEmptySubsequences: false, whereSeparator: { !isTokenByte($0) }) {
      let isToken = run.count > 40 && (run.starts(with: "eyJ".utf8) || run.count > 128)
      result += isToken ? Array("<redacted>".utf8) : Array(run)
      if run.endIndex < text.utf8.endIndex { result.append(text.utf8[run.endIndex]) }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Base64, base64url and the dots of a JWT.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-_.+/=".utf8.contains(byte)
    }
  }
}

/// What a token says about itself, for the message about its refusal. Nobody here vouches for it.
public struct TokenClaims: Sendable, Hashable {
  public var issuer: String?
  public var audience: [String]
  public var subject: String?

  public init(issuer: String?, audience: [String], subject: String?) {
    self.issuer = issuer
    self.audience = audience
    self.subject = subject
  }

  var summary: String {
    func shown(_ name: String, _ value: String?) -> String { "\(name) \(value.map { $0.printable() } ?? "missing")" }
    let audience = audience.isEmpty ? nil : audience.joined(separator: " and ")
    return [shown("iss", issuer), shown("aud", audience), shown("sub", subject)].joined(separator: ", ")
  }
}
