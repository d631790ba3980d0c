/// The textual encoding of certificates (RFC 7468 §3).
public enum PEM {
  /// What is inside the first `CERTIFICATE` block; nil where there is none or it is not base64.
  public static func certificate(_ text: String) -> [UInt8]? {
    guard let start = text.firstRange(of: "-----BEGIN CERTIFICATE-----"),
      let end = text[start.upperBound...].firstRange(of: "-----END CERTIFICATE-----")
    else { return nil }
    let digits = text[start.upperBound..<end.lowerBound].utf8.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let padding = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard digits.count % 4 == 0, padding <= 2, digits.count > padding else { return nil }
    return Base64URL.decode(
      digits.dropLast(padding).map { digit in
        switch digit {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        // Of the other alphabet, and so of none here.
        case UInt8(ascii: "-"), UInt8(ascii: "_"): UInt8(ascii: "=")
        default: digit
        }
      })
  }
}
