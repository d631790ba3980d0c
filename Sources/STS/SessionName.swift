public import Model

/// RoleSessionName: what CloudTrail and the assumed role's ARN call this session, `[\w+=,.@-]{2,64}`.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
public struct SessionName: Sendable, Hashable {
  public let text: String

  /// A name that somebody chose: taken as it is, or refused.
  public init(_ text: String) throws(SessionNameError) {
    guard (2...64).contains(text.utf8.count) else { throw .length(text.unicodeScalars.count) }
    if let stranger = text.unicodeScalars.first(where: { !SessionName.isAllowed($0) }) {
      throw .character(String(stranger))
    }
    self.text = text
  }

  /// A name made of whatever identifies a person or a job: every character that may not be there becomes `-`, so that
  /// the name can still be recognized. What is too long keeps its beginning, and gets a digest of the whole at its
  /// end, so that two that differ late stay apart. The same identity always gets the same name.
  public init(identity: String) {
    let mapped = String(String.UnicodeScalarView(identity.unicodeScalars.map { SessionName.isAllowed($0) ? $0 : "-" }))
    switch mapped.utf8.count {
    case 0: text = "daypass"
    case 1: text = mapped + "-"
    case 2...64: text = mapped
    default:
      let digest = String(SessionName.fnv1a(identity), radix: 16)
      let padding = String(repeating: "0", count: 16 - digest.utf8.count)
      text = mapped.prefix(47) + "-" + padding + digest
    }
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "+", "=", ",", ".", "@", "-": true
    default: false
    }
  }

  /// FNV-1a, 64 bits: it only has to tell names apart. <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>
  private static func fnv1a(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }
}

public enum SessionNameError: Explained, Hashable {
  case length(Int)
  case character(String)

  public var kind: FailureKind { .configuration }

  public var message: String {
    switch self {
    case .length(let count): "session_name has \(count) characters; 2 to 64 are allowed"
    case .character(let character): "session_name has the character \"\(character.printable())\", which is not allowed"
    }
  }

  public var hint: String? { "use letters, digits and _+=,.@- only, or leave session_name out" }
}
