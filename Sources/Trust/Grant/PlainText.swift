/// Strings as HCL and YAML write them alike, between double quotes.
/// <https://developer.hashicorp.com/terraform/language/expressions/strings>, <https://yaml.org/spec/1.2.2/#57-escaped-characters>
enum PlainText {
  /// Letters, digits, marks and signs stay; what is not seen, or would end a line, is escaped.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case " "..."~": result.unicodeScalars.append(scalar)
      case _ where isSeen(scalar): result.unicodeScalars.append(scalar)
      case _ where scalar.value <= 0xFFFF: result += "\\u" + hex(scalar.value, digits: 4)
      default: result += "\\U" + hex(scalar.value, digits: 8)
      }
    }
    return result + "\""
  }

  private static func isSeen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      false
    default: scalar != "\u{FEFF}"
    }
  }

  private static func hex(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
