/// Makes text from outside safe to show: servers, tokens and files can hold escape sequences, line breaks that forge a
/// second message, and bidirectional overrides that reverse what is read.
extension String {
  /// The text with every control (C0, DEL, C1), bidi, zero-width and line-separating character written as `\u{…}`, cut after `limit`
  /// characters with `…`.
  public func printable(limit: Int = 200) -> String {
    var result = ""
    var count = 0
    for scalar in unicodeScalars {
      if count >= limit {
        result += "…"
        break
      }
      if scalar.isHarmless {
        result.unicodeScalars.append(scalar)
      } else {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
      count += 1
    }
    return result
  }
}

extension ByteText {
  public func printable(limit: Int = 200) -> String { string.printable(limit: limit) }
}

extension Unicode.Scalar {
  fileprivate var isHarmless: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
    // Letters and marks that show nothing: fillers of Hangul, joiners, variation selectors.
    default: !properties.isDefaultIgnorableCodePoint
    }
  }
}
