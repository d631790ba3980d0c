import Model

/// `*` (any run of characters) and `?` (any one) in a pattern.
enum Wildcards {
  static func isPattern(_ text: ByteText) -> Bool { text.utf8.contains(where: isWildcard) }

  /// What every match begins with.
  static func fixedBeginning(of pattern: ByteText) -> ByteText {
    ByteText(validating: pattern.utf8.prefix { !isWildcard($0) }) ?? ""
  }

  private static func isWildcard(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") }
}
