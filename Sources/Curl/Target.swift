import CCurl
import Glibc
import Model

/// A URL as libcurl reads it, and what it may be asked for. The same parse decides and connects: two parsers that
/// disagree about a host would let a request out to where it was never allowed to go.
final class Target {
  /// Libcurl's own handle, which the request is made with.
  let handle: OpaquePointer
  let scheme: String
  /// Lower case; IPv6 literals in brackets. For messages: the socket, where the request goes to one.
  let host: String
  let hostName: String
  let port: String
  /// The URL without its query, for messages and the log.
  let address: String
  let unixSocket: String?

  init(_ url: String, of request: HTTPRequest) throws(TransportFailure) {
    address = Target.withoutQuery(url)
    guard url.utf8.count <= 8192, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
      let handle = daypass_curl_url()
    else { throw .badURL(address) }
    // No scheme is guessed, no user is taken, and dot segments go out as they are.
    let flags = UInt32(CURLU_DISALLOW_USER | CURLU_PATH_AS_IS)
    guard daypass_curl_url_set(handle, CURLUPART_URL, url, flags) == CURLUE_OK,
      let scheme = Target.part(CURLUPART_SCHEME, of: handle), let host = Target.part(CURLUPART_HOST, of: handle),
      let port = Target.part(CURLUPART_PORT, of: handle, UInt32(CURLU_DEFAULT_PORT))
    else {
      daypass_curl_url_cleanup(handle)
      throw .badURL(address)
    }
    // The fragment is nobody's business but a browser's.
    _ = daypass_curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
    self.handle = handle
    self.scheme = scheme
    self.port = port
    hostName = host.lowercased()
    unixSocket = request.unixSocket
    self.host = request.unixSocket.map { "the socket \($0)" } ?? hostName
    guard scheme == "https" || (scheme == "http" && mayBePlain) else { throw .badURL(address) }
  }

  deinit { daypass_curl_url_cleanup(handle) }

  var isEncrypted: Bool { scheme == "https" }
  var isLoopback: Bool { hostName == "localhost" || hostName == "[::1]" || firstOctets?.0 == 127 }

  /// Loopback, link-local and the metadata services: a proxy has no business with them.
  var isNeverProxied: Bool {
    if isLoopback || isMetadata || unixSocket != nil { return true }
    if let octets = firstOctets { return octets == (169, 254) }
    return hostName.hasPrefix("[fe8") || hostName.hasPrefix("[fe9") || hostName.hasPrefix("[fea")
      || hostName.hasPrefix("[feb") || hostName.hasPrefix("[fd00:ec2:")
  }

  func isSameOrigin(as other: Target) -> Bool {
    scheme == other.scheme && hostName.utf8.elementsEqual(other.hostName.utf8) && port == other.port
  }

  /// The URL up to its query, which can hold secrets.
  static func withoutQuery(_ url: String) -> String {
    String(decoding: url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }, as: UTF8.self)
  }

  private var mayBePlain: Bool { isLoopback || isMetadata || unixSocket != nil }
  private var isMetadata: Bool { hostName == "169.254.169.254" || hostName == "metadata.google.internal" }

  /// Of an IPv4 literal; libcurl has brought it to dotted form ("127.1" is "127.0.0.1").
  private var firstOctets: (UInt8, UInt8)? {
    var address = in_addr()
    guard inet_pton(AF_INET, hostName, &address) == 1 else { return nil }
    return withUnsafeBytes(of: &address) { ($0[0], $0[1]) }
  }

  private static func part(_ part: CURLUPart, of handle: OpaquePointer, _ flags: UInt32 = 0) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard daypass_curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
    defer { daypass_curl_free(text) }
    return String(cString: text)
  }
}
