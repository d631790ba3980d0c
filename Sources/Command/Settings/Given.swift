import Broker
import Model

/// A setting as somebody wrote it, before it has a type.
struct Given: Sendable {
  enum Content: Sendable {
    /// Once for each time the flag stands there; at least one.
    case flags([String])
    case variable(String)
    case file(TOMLValue)
  }

  var content: Content
  var origin: SettingOrigin

  /// As it may be shown: text in quotes, cut and without control characters; otherwise its kind.
  var shown: String {
    switch content {
    case .flags(let values): Given.quoted(values.last ?? "")
    case .variable(let value): Given.quoted(value)
    case .file(.string(let value)): Given.quoted(value)
    case .file(.integer(let value)): String(value)
    case .file(.boolean(let value)): String(value)
    case .file(let value): value.kind
    }
  }

  /// Without what stands before an `@` in an address: people put passwords there.
  private static func quoted(_ text: String) -> String {
    guard let scheme = text.firstRange(of: "://"), let end = text.lastIndex(of: "@"), end > scheme.upperBound else {
      return "\"\(text.printable(limit: 80))\""
    }
    return "\"\((text[..<scheme.upperBound] + "…" + text[end...]).printable(limit: 80))\""
  }
}
