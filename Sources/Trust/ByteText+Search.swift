import Model

/// Bytes are looked for, not characters: a `String` does not find a `$` that a format character stands before, nor a `/`
/// that a combining one follows.
extension ByteText {
  func hasPrefix(_ text: String) -> Bool { utf8.starts(with: text.utf8) }

  func hasSuffix(_ text: String) -> Bool { utf8.reversed().starts(with: text.utf8.reversed()) }

  func contains(_ text: String) -> Bool { range(of: text) != nil }

  /// Where it stands first, as indices of `utf8`.
  func range(of text: String) -> Range<Int>? { utf8.firstRange(of: Array(text.utf8)) }

  /// Up to where `text` stands first; nil if it does not.
  func before(_ text: String) -> ByteText? { range(of: text).map { cut(utf8[..<$0.lowerBound]) } }

  /// From where `text` ends first; nil if it does not stand there.
  func after(_ text: String) -> ByteText? { range(of: text).map { cut(utf8[$0.upperBound...]) } }

  /// - Parameter separator: ASCII, so that what is between is text as well.
  func split(_ separator: Unicode.Scalar, maxSplits: Int = .max) -> [ByteText] {
    utf8.split(separator: UInt8(ascii: separator), maxSplits: maxSplits, omittingEmptySubsequences: false).map(cut)
  }

  /// Without the other cases of A to Z, as names of keys, operators and actions are compared.
  var asciiLowercased: ByteText {
    cut(utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }[...])
  }

  private func cut(_ bytes: ArraySlice<UInt8>) -> ByteText { ByteText(String(decoding: bytes, as: UTF8.self)) }
}
