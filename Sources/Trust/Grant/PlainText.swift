import Formats
import Model

/// Strings as JSON, YAML and HCL write them alike.
enum PlainText {
  /// A JSON string, which is one of YAML's double-quoted scalars too.
  static func quoted(_ text: String) -> String { String(decoding: JSON(text).serialized(), as: UTF8.self) }
}
