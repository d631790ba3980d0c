public import Model
import Formats

/// A policy that narrows the session further than the role's own: JSON of at most 2,048 characters.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
public struct SessionPolicy: Sendable, Hashable {
  /// What is sent: the document as written, or without its blanks where it would be too long with them.
  public let text: String

  public static let limit = 2048

  public static func parse(_ bytes: [UInt8]) throws(SessionPolicyError) -> SessionPolicy {
    let document: JSON
    do throws(JSONError) {
      document = try JSON.parse(bytes)
    } catch {
      throw .notJSON(error.message)
    }
    guard document.object != nil else { throw .notJSON("it is not an object") }
    for candidate in [bytes, document.serialized()] {
      guard let text = String(validating: candidate, as: UTF8.self) else { continue }
      let scalars = text.unicodeScalars
      if let stranger = scalars.first(where: { !isAllowed($0) }) { throw .character(String(stranger)) }
      if scalars.count <= limit { return SessionPolicy(text: text) }
    }
    throw .tooLong
  }

  /// U+0009, U+000A, U+000D and U+0020 to U+00FF.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\u{9}", "\u{A}", "\u{D}", "\u{20}"..."\u{FF}": true
    default: false
    }
  }
}

public enum SessionPolicyError: Explained, Hashable {
  case notJSON(String)
  case character(String)
  case tooLong

  public var kind: FailureKind { .configuration }

  public var message: String {
    switch self {
    case .notJSON(let reason): "session_policy_file is not a policy: \(reason)"
    case .character(let character):
      "session_policy_file has the character \"\(character.printable())\"; a policy has none beyond U+00FF"
    case .tooLong: "session_policy_file has more than \(SessionPolicy.limit) characters, even without blanks"
    }
  }

  public var hint: String? {
    switch self {
    case .notJSON: "it must hold one JSON object with Version and Statement"
    case .character: "write such characters as \\u escapes"
    case .tooLong: "shorten it, or attach a managed policy with policy_arns"
    }
  }
}
