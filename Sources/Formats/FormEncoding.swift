public import Model

/// One field of a form.
public struct FormField: Sendable, Equatable {
  public var name: String
  public var value: Secret

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = Secret(value)
  }

  public init(_ name: String, secret: Secret) {
    self.name = name
    value = secret
  }
}

/// `application/x-www-form-urlencoded` (RFC 6749 appendix B).
/// <https://url.spec.whatwg.org/#application/x-www-form-urlencoded>
public enum FormEncoding {
  /// `a=1&b=2`, all but unreserved characters percent-encoded; a blank is `%20`, which every decoder understands.
  public static func encode(_ fields: [FormField]) -> Secret {
    var body: [UInt8] = []
    // Room for the worst case at once: an array that grows leaves its old storage behind, secrets in it.
    body.reserveCapacity(fields.reduce(0) { $0 + 3 * ($1.name.utf8.count + $1.value.count) + 2 })
    for (index, field) in fields.enumerated() {
      if index > 0 { body.append(UInt8(ascii: "&")) }
      appendEncoded(field.name.utf8, to: &body)
      body.append(UInt8(ascii: "="))
      field.value.withBytes { appendEncoded($0, to: &body) }
    }
    let result = Secret(body)
    body.withUnsafeMutableBytes { Erasure.erase($0) }
    return result
  }

  /// RFC 3986 §2.1: every byte but the unreserved (letters, digits, `-`, `.`, `_`, `~`) as `%` and two upper-case
  /// digits.
  public static func percentEncode(_ bytes: some Sequence<UInt8>) -> String {
    var result: [UInt8] = []
    appendEncoded(bytes, to: &result)
    return String(decoding: result, as: UTF8.self)
  }

  /// The fields in order; nil if a `%` is not followed by two hexadecimal digits, if a name or value is not UTF-8, or
  /// if there are more than 1,000.
  public static func decode(_ body: some Collection<UInt8>) -> [FormField]? {
    let parts = Array(body).split(separator: UInt8(ascii: "&"), maxSplits: 1_000)
    guard parts.count <= 1_000 else { return nil }
    var fields: [FormField] = []
    for part in parts {
      let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = sides.first, let name = percentDecode(first) else { return nil }
      guard let value = percentDecode(sides.dropFirst().first ?? []) else { return nil }
      fields.append(FormField(name.string, secret: Secret(value.utf8)))
    }
    return fields
  }

  private static func percentDecode(_ bytes: ArraySlice<UInt8>) -> ByteText? {
    var result: [UInt8] = []
    var iterator = bytes.makeIterator()
    while let byte = iterator.next() {
      switch byte {
      case UInt8(ascii: "+"): result.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = iterator.next().flatMap(hexDigit), let low = iterator.next().flatMap(hexDigit) else {
          return nil
        }
        result.append(high << 4 | low)
      default: result.append(byte)
      }
    }
    return ByteText(validating: result)
  }

  private static func appendEncoded(_ bytes: some Sequence<UInt8>, to result: inout [UInt8]) {
    for byte in bytes {
      if isUnreserved(byte) {
        result.append(byte)
      } else {
        result.append(UInt8(ascii: "%"))
        result.append(upperHexDigit(byte >> 4))
        result.append(upperHexDigit(byte & 15))
      }
    }
  }
}
