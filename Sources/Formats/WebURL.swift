/// An absolute http or https URL (RFC 3986) that every reader takes apart in the same way, kept exactly as it was
/// given.
///
/// An issuer is compared by `text`; nothing is normalized there, and `https://a.example` is not `https://a.example/`.
public struct WebURL: Sendable, Hashable {
  public enum Scheme: String, Hashable, Sendable { case http, https }

  /// As given, byte for byte.
  public let text: String
  public let scheme: Scheme
  /// In lower case; an IPv6 literal without its brackets.
  public let host: String
  /// As given; nil where the scheme's default is meant.
  public let port: Int?
  /// As given; empty if there is none.
  public let path: String
  /// As given, without the `?`.
  public let query: String?

  /// At most 2,048 bytes of ASCII with a scheme and a host. Refused, because readers differ about them or because they
  /// hide where the URL leads: user information, fragments, control characters, blanks, backslashes, and hosts that are
  /// neither a plain name nor an IP address in its ordinary form.
  public static func parse(_ text: String) throws(WebURLError) -> WebURL {
    try WebURLParser(text).url()
  }

  public var effectivePort: Int { port ?? scheme.defaultPort }

  /// `https://host`, with the port unless it is the scheme's own.
  public var origin: String {
    let address = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    return "\(scheme.rawValue)://\(address)" + (effectivePort == scheme.defaultPort ? "" : ":\(effectivePort)")
  }

  public func isSameOrigin(as other: WebURL) -> Bool { origin.utf8.elementsEqual(other.origin.utf8) }

  /// Whether the host is 127.0.0.0/8, ::1 or `localhost`: what needs no network and no TLS.
  public var isLoopback: Bool {
    if host.utf8.elementsEqual("localhost".utf8) { return true }
    if let address = IPAddress.v4(host.utf8) { return address.first == 127 }
    return IPAddress.v6(host.utf8) == Array(repeating: 0, count: 15) + [1]
  }

  /// Whether the host is an address of this link alone, where clouds keep their credential services: 169.254.0.0/16,
  /// fe80::/10 and EC2's fd00:ec2::/32, however they are spelled. An IPv4 address inside an IPv6 one counts as what it
  /// leads to; one in the mapped form (::ffff:0:0/96), which has no place in a URL, always counts.
  public var isLinkLocal: Bool {
    if let address = IPAddress.v4(host.utf8) { return address.starts(with: [169, 254]) }
    guard let address = IPAddress.v6(host.utf8) else { return false }
    let isWrapped = address.starts(with: Array(repeating: 0, count: 12)) || address.starts(with: IPAddress.nat64Prefix)
    return address[0] == 0xFE && address[1] & 0xC0 == 0x80
      || address.starts(with: [0xFD, 0x00, 0x0E, 0xC2])
      || address.starts(with: Array(repeating: 0, count: 10) + [0xFF, 0xFF])
      || isWrapped && address.suffix(4).starts(with: [169, 254])
  }

  public var isSecureOrLoopback: Bool { scheme == .https || isLoopback }

  /// The same URL with these items, percent-encoded, after its query. Its length is not limited.
  public func appending(query items: [(String, String)]) -> WebURL {
    guard !items.isEmpty else { return self }
    let added = items.map {
      FormEncoding.percentEncode($0.0.utf8) + "=" + FormEncoding.percentEncode($0.1.utf8)
    }.joined(separator: "&")
    guard let query else {
      return WebURL(
        text: text + "?" + added, scheme: scheme, host: host, port: port, path: path, query: added)
    }
    let separator = query.isEmpty ? "" : "&"
    return WebURL(
      text: text + separator + added, scheme: scheme, host: host, port: port, path: path,
      query: query + separator + added)
  }
}

extension WebURL.Scheme {
  var defaultPort: Int { self == .https ? 443 : 80 }
}
