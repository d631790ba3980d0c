internal import Model
internal import Synchronization

/// Names beside the standard ones under which a service may be asked for (`allow_host`); replaced on a reload.
public final class AllowedHosts: Sendable {
  private let contents: Mutex<[String]>

  public init(_ names: [String] = []) { contents = Mutex(names.map { $0.lowercased() }) }

  public var names: [String] {
    get { contents.withLock { $0 } }
    set { contents.withLock { $0 = newValue.map { $0.lowercased() } } }
  }
}

/// Who may ask at all, before anything is looked up: the checks that keep web pages and proxies out.
struct RequestPolicy: Sendable {
  /// The bound port, which a Host header may name or leave out (the CRT-based AWS SDKs do).
  let port: Int
  /// The bound address, as a URL spells it.
  var address = "127.0.0.1"
  var others = AllowedHosts()

  /// Names under which this service is always reached, in lower case. A page whose own name was pointed at a loopback
  /// address (DNS rebinding) sends that name.
  private static let standard = ["127.0.0.1", "[::1]", "localhost"]

  /// Nil if the request comes from a program on this machine as far as its headers tell.
  ///
  /// - Parameter isProbe: probes are asked under whatever name or address the machine has; they hold no secret.
  func refusal(of head: RequestHead, isProbe: Bool = false) -> Response? {
    if !isProbe {
      guard let host = head.values("host").first, isOwn(host) else {
        return .forbidden("the Host header does not name this service")
      }
    }
    // Browsers add these by themselves and let no script remove them; proxies say by these whom they ask for.
    let foreign = ["origin", "x-forwarded-for", "forwarded", "via"]
    let telltale = head.headers.first { header in
      header.name.starts(with: "sec-fetch-".utf8) || foreign.contains { header.name.elementsEqual($0.utf8) }
    }
    return telltale.map { _ in .forbidden("requests of browsers and through proxies are not answered") }
  }

  private func isOwn(_ host: [UInt8]) -> Bool {
    let host = host.map(Octet.lowercased)
    let isNamed = { (name: String) in host.elementsEqual(name.utf8) || host.elementsEqual("\(name):\(port)".utf8) }
    return Self.standard.contains(where: isNamed) || isNamed(address) || others.names.contains(where: isNamed)
  }
}
