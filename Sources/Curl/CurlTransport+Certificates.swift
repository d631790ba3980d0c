import CCurl
import Glibc
public import Model

extension CurlTransport: CertificateReader {
  public func certificates(of url: String, timeout: Duration) throws(TransportFailure) -> [ServerCertificate] {
    let request = HTTPRequest(.get, url, timeout: timeout)
    try CurlTransport.prepare()
    let target = try Target(url, of: request)
    guard target.isEncrypted else { throw .badURL(Target.withoutQuery(url)) }
    let deadline = Deadline(after: timeout)
    // Never one that was kept: a resumed TLS session brings no certificates.
    let connections = try Connections.make()
    return try trusting(target, over: connections, until: deadline) { (trusted) throws(TransportFailure) in
      let exchange = exchange(request, target, trusted, timeout: deadline.remaining)
      return try connections.certificates(exchange, interruption: interruption)
    }
  }
}

extension Connections {
  /// Connects, and sends nothing.
  fileprivate func certificates(
    _ exchange: Exchange, interruption: Interruption
  ) throws(TransportFailure) -> [ServerCertificate] {
    let localhost = try LocalhostPin(for: exchange.target)
    easy.reset()
    defer {
      withExtendedLifetime((localhost, exchange)) { easy.reset() }
    }
    try easy.configureRules(of: exchange)
    try easy.configureTLS(of: exchange)
    try easy.configureRoute(of: exchange)
    try easy.set(CURLOPT_RESOLVE, lent: localhost.list)
    try easy.set(CURLOPT_CERTINFO, 1)
    try easy.set(CURLOPT_CONNECT_ONLY, 1)
    let start = ContinuousClock.now
    let code = try run(interruption)
    guard code == CURLE_OK else {
      throw Diagnosis(code: code, easy: easy, exchange: exchange, elapsed: ContinuousClock.now - start)
        .failure(refusal: nil)
    }
    return easy.certificates
  }
}

extension EasyHandle {
  /// CURLINFO_CERTINFO(3): for each certificate a list of `Name:value`.
  fileprivate var certificates: [ServerCertificate] {
    var found: UnsafePointer<curl_certinfo>?
    guard daypass_curl_get_certificates(pointer, &found) == CURLE_OK, let found = found?.pointee,
      let lists = found.certinfo
    else { return [] }
    return (0..<max(0, Int(found.num_of_certs))).map { index in
      var certificate = ServerCertificate(pem: "", subject: "", issuer: "")
      var entry = lists[index]
      while let line = entry?.pointee {
        if let data = line.data { certificate.take(String(cString: data)) }
        entry = line.next
      }
      return certificate
    }
  }
}

extension ServerCertificate {
  fileprivate mutating func take(_ line: String) {
    let parts = line.split(separator: ":", maxSplits: 1)
    guard let name = parts.first, parts.count == 2 else { return }
    switch name {
    case "Cert": pem = String(parts[1])
    case "Subject": subject = String(parts[1])
    case "Issuer": issuer = String(parts[1])
    default: return
    }
  }
}
