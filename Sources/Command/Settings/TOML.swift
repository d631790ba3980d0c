import Model

/// A parsed TOML 1.0 document, as far as a configuration needs it.
///
/// Read here, not by a library: an error in a setting must name its line. TOMLKit does not pass on where a value
/// stands, and takes a NUL byte, or `\u0000` in a key or value, for the end of the text without a word.
/// <https://toml.io/en/v1.0.0>
struct TOMLTable: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    var key: ByteText
    /// Counted from 1; of the key, or of the header that first named the table.
    var line: Int
    var value: TOMLValue
  }

  /// In the order of the document; no key twice.
  var entries: [Entry] = []

  subscript(_ key: String) -> Entry? { entries.first { $0.key == key } }
}

enum TOMLValue: Sendable, Equatable {
  case string(String)
  case integer(Int64)
  case boolean(Bool)
  /// Recognized so that an error can name it; no setting takes one, so the number is not kept.
  case float
  /// As with `float`.
  case dateTime
  case array([TOMLValue])
  case table(TOMLTable)

  /// What it is, with its article, for messages.
  var kind: String {
    switch self {
    case .string: "a string"
    case .integer: "an integer"
    case .boolean: "a boolean"
    case .float: "a float"
    case .dateTime: "a date or time"
    case .array: "an array"
    case .table: "a table"
    }
  }
}

/// Where the text stops being TOML, and why.
struct TOMLError: Error, Equatable {
  /// Counted from 1.
  var line: Int
  /// In characters (Unicode scalars), counted from 1.
  var column: Int
  var reason: String
}
