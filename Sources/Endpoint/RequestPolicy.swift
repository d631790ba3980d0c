internal import Model

/// Who may ask at all, before anything is looked up: the checks that keep web pages and proxies out.
struct RequestPolicy: Sendable {
  /// The bound port, which a Host header may name or leave out (the CRT-based AWS SDKs do).
  let port: Int
  /// Names under which this service is reached, in lower case. A page whose own name was pointed at a loopback address
  /// (DNS rebinding) sends that name.
  var hosts = ["127.0.0.1", "[::1]", "localhost"]

  /// Nil if the request comes from a program on this machine as far as its headers tell.
  func refusal(of head: RequestHead) -> Response? {
    guard let host = head.values("host").first, isOwn(host) else {
      return Response(.forbidden, code: "Forbidden", message: "the Host header does not name this service")
    }
    // Browsers add these by themselves and let no script remove them; proxies say by these whom they ask for.
    let foreign = ["origin", "x-forwarded-for", "forwarded", "via"]
    let telltale = head.headers.first { header in
      header.name.starts(with: "sec-fetch-".utf8) || foreign.contains { header.name.elementsEqual($0.utf8) }
    }
    guard telltale == nil else {
      return Response(
        .forbidden, code: "Forbidden", message: "requests of browsers and through proxies are not answered")
    }
    return nil
  }

  private func isOwn(_ host: [UInt8]) -> Bool {
    let host = host.map(Octet.lowercased)
    return hosts.contains { name in host.elementsEqual(name.utf8) || host.elementsEqual("\(name):\(port)".utf8) }
  }
}
