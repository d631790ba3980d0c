public import Formats
public import Model

/// `token_url`: a GET with whatever headers a platform wants, for those that have no name here.
public enum URLSource {
  /// - Parameters:
  ///   - headers: the content of `token_url_headers_file`: a header a line; empty lines and lines with `#` are passed over.
  ///   - pointer: where in a JSON answer the token is (RFC 6901); nil where the answer is the bare token.
  ///   - place: the setting, for messages.
  public static func plan(
    _ url: WebURL, headers: [UInt8], pointer: String?, audience: ByteText?, place: String
  ) throws(SourceError) -> TokenPlan {
    let request = TokenRequest(
      HTTPRequest(.get, url.text, headers: try parse(headers, place: "token_url_headers_file")),
      mend: "check token_url and token_url_headers_file"
    ) { (body) throws(SourceError) in
      if let pointer { return .token(try TokenText.token(body, at: pointer, from: place)) }
      return .token(try TokenText.token(body, from: "the reply of \(place)"))
    }
    return TokenPlan(.service(request), audience: audience, isRenewable: true, proof: .none)
  }

  private static func parse(_ text: [UInt8], place: String) throws(SourceError) -> [HTTPHeader] {
    var headers: [HTTPHeader] = []
    for (index, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let line = trimmed(line)
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
        let name = String(validating: line[..<colon], as: UTF8.self)
      else { throw .unusableHeaders(place: place, line: index + 1) }
      headers.append(HTTPHeader(name, secret: Secret(trimmed(line[(colon + 1)...]))))
    }
    return headers
  }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
    var line = line.drop(while: isBlank)
    while let last = line.last, isBlank(last) { line.removeLast() }
    return line
  }
}
