/// Takes a URL apart. The host is found first and by one rule only: it ends at the first `/` or `?`.
struct WebURLParser {
  private static let limit = 2048

  private let text: String
  private let bytes: [UInt8]

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  func url() throws(WebURLError) -> WebURL {
    guard bytes.count <= WebURLParser.limit else { throw .tooLong(limit: WebURLParser.limit) }
    try refuseForeignBytes()
    let (scheme, rest) = try split()
    let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
    guard !authority.contains(UInt8(ascii: "@")) else { throw .userInfo }
    let (host, port) = try hostAndPort(authority)

    let tail = rest[authority.endIndex...]
    try checkPercentEncoding(tail)
    let path = tail.prefix { $0 != UInt8(ascii: "?") }
    return WebURL(
      text: text, scheme: scheme, host: host, port: port, path: String(decoding: path, as: UTF8.self),
      query: path.endIndex < tail.endIndex ? String(decoding: tail[path.endIndex...].dropFirst(), as: UTF8.self) : nil)
  }

  /// Only what RFC 3986 §2 knows, less the fragment: no controls, blanks, quotes, backslashes, braces, and no byte that
  /// is not ASCII.
  private func refuseForeignBytes() throws(WebURLError) {
    for (offset, byte) in bytes.enumerated() where !isUnreserved(byte) {
      switch byte {
      case UInt8(ascii: "%"), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "["),
        UInt8(ascii: "]"), UInt8(ascii: "@"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"),
        UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"),
        UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
        break
      case UInt8(ascii: "#"): throw .fragment
      case 0x80...: throw .notASCII
      default: throw .unexpectedByte(byte, at: offset)
      }
    }
  }

  private func split() throws(WebURLError) -> (WebURL.Scheme, ArraySlice<UInt8>) {
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
      throw .notAbsolute
    }
    let name = String(decoding: bytes[..<colon].map(lowercased), as: UTF8.self)
    guard let scheme = WebURL.Scheme(rawValue: name) else { throw .unsupportedScheme }
    return (scheme, bytes[colon...].dropFirst(3))
  }

  private func hostAndPort(_ authority: ArraySlice<UInt8>) throws(WebURLError) -> (String, Int?) {
    let host: [UInt8]
    var rest: ArraySlice<UInt8>
    if authority.first == UInt8(ascii: "[") {
      guard let bracket = authority.firstIndex(of: UInt8(ascii: "]")) else { throw .malformedHost }
      host = authority[..<bracket].dropFirst().map(lowercased)
      rest = authority[bracket...].dropFirst()
      guard IPAddress.v6(host) != nil else { throw .malformedHost }
    } else {
      rest = authority.drop { $0 != UInt8(ascii: ":") }
      host = authority[..<rest.startIndex].map(lowercased)
      guard HostName.isValid(host) else { throw .malformedHost }
    }

    guard let colon = rest.popFirst() else { return (String(decoding: host, as: UTF8.self), nil) }
    guard colon == UInt8(ascii: ":") else { throw .malformedHost }
    guard rest.first != UInt8(ascii: "0"), let port = decimal(rest, atMost: 5), port <= 65_535 else {
      throw .malformedPort
    }
    return (String(decoding: host, as: UTF8.self), port)
  }

  private func checkPercentEncoding(_ tail: ArraySlice<UInt8>) throws(WebURLError) {
    for (index, byte) in zip(tail.indices, tail) {
      if byte == UInt8(ascii: "%") {
        let digits = tail[index...].dropFirst().prefix(2)
        guard digits.count == 2, digits.allSatisfy({ hexDigit($0) != nil }) else {
          throw .malformedPercentEncoding(at: index)
        }
      } else if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") {
        // Reserved for the host (RFC 3986 §3.2.2).
        throw .unexpectedByte(byte, at: index)
      }
    }
  }
}
