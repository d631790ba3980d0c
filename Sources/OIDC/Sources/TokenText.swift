public import Model

/// The bytes of a pre-issued token as a file, a variable or a program gives them.
enum TokenText {
  /// Without one line end at the end, which editors and `echo` add. Any other blank is left where it is, and refused
  /// when the token is inspected: it does not belong to what was issued.
  static func token(_ bytes: [UInt8], setting: String) throws(SourceError) -> UnverifiedToken {
    var text = bytes[...]
    if text.last == UInt8(ascii: "\n") {
      text = text.dropLast()
      if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
    }
    guard !text.isEmpty else { throw .empty(setting: setting) }
    guard text.count <= 20_000 else { throw .tooLong(setting: setting) }
    return UnverifiedToken(Secret(text))
  }
}

/// Why a source gave no token.
public enum SourceError: Explained, Hashable {
  /// `setting` names the key or variable with its value, for example `token_file /run/token`.
  case missing(setting: String)
  case unreadable(setting: String, reason: String)
  case empty(setting: String)
  case tooLong(setting: String)

  public var kind: FailureKind {
    switch self {
    case .missing, .unreadable, .empty: .configuration
    case .tooLong: .malformed
    }
  }

  public var message: String {
    switch self {
    case .missing(let setting): "\(setting.printable()) does not exist"
    case .unreadable(let setting, let reason): "\(setting.printable()) cannot be read: \(reason.printable())"
    case .empty(let setting): "\(setting.printable()) is empty"
    case .tooLong(let setting): "\(setting.printable()) holds more than the 20000 bytes a token may have"
    }
  }

  public var hint: String? {
    switch self {
    case .missing, .unreadable: "check the setting, and what should write the token"
    case .empty: "the token has to be there before daypass runs"
    case .tooLong: "it must hold nothing but the token"
    }
  }
}
