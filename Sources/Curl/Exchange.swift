import Model

/// One request to one address, without redirects, as decided by the transport.
struct Exchange {
  let request: HTTPRequest
  let target: Target
  let proxy: Proxy?
  let excludedFromProxy: String
  /// Nil where nobody is to be trusted, because nothing is encrypted.
  let trusted: TrustedCertificates?
  let userAgent: String
  let timeout: Duration

  /// Name resolution, connection and handshakes.
  static let connectTimeout = Duration.seconds(3)
  /// A server that sends less than a byte a second for this long is given up.
  static let stallTimeout = Duration.seconds(5)
  /// Headers accepted, all of a reply's together.
  static let headerLimit = 64 << 10

  /// For the log: no query, no body, no value that is a secret.
  var summary: String {
    let names = request.headers.map { header in
      let value = header.isSecret ? "<redacted>" : header.value.exposedText().printable(limit: 80)
      return "\(header.name.printable()): \(value)"
    }
    return "\(request.method.rawValue) \(target.address.printable()) (\(names.joined(separator: ", ")))"
  }
}
