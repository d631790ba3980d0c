import CCurl
import Model

/// Which proxy a request goes through, by the environment's customary variables. libcurl would read the environment
/// itself, and would send requests to this machine's own loopback through `http_proxy`.
///
/// Plain http only goes to this machine and to metadata services, which are never proxied; so `http_proxy` has no use
/// here.
public struct ProxyPolicy: Sendable {
  /// A secret, because it may hold a password.
  private let url: Secret?
  /// As in NO_PROXY: hosts, domains, addresses and CIDR ranges, separated by commas; `*` for all.
  let exclusions: String

  public static let none = ProxyPolicy(environment: [:])

  /// - Parameter environment: `https_proxy`, `HTTPS_PROXY`, `all_proxy`, `ALL_PROXY` (the first that is not empty) and
  ///   `no_proxy`, `NO_PROXY` are read.
  public init(environment: [String: String]) {
    func first(_ names: String...) -> String? {
      for name in names { if let value = environment[name], !value.isEmpty { return value } }
      return nil
    }
    url = first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY").map { Secret($0) }
    exclusions = first("no_proxy", "NO_PROXY") ?? ""
  }

  /// Read by libcurl, which is not opened for what sends nothing.
  func proxy(for target: Target) -> Proxy? { target.isNeverProxied ? nil : url.map { Proxy($0) } }
}

/// One proxy as libcurl is to be given it.
struct Proxy: Sendable {
  let url: Secret
  /// For messages; nil if the URL is none that libcurl could use.
  let host: String?

  init(_ url: Secret) {
    self.url = url
    host = Proxy.host(of: url.exposedText())
  }

  private static func host(of text: String) -> String? {
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let handle = daypass_curl_url() else { return nil }
    defer { daypass_curl_url_cleanup(handle) }
    // Without a scheme a proxy is an http one.
    let absolute = text.contains("://") ? text : "http://" + text
    let scheme = absolute.prefix { $0 != ":" }.lowercased()
    guard ["http", "https", "socks4", "socks4a", "socks5", "socks5h"].contains(scheme),
      daypass_curl_url_set(handle, CURLUPART_URL, absolute, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK
    else { return nil }
    var host: UnsafeMutablePointer<CChar>?
    guard daypass_curl_url_get(handle, CURLUPART_HOST, &host, 0) == CURLUE_OK, let host else { return nil }
    defer { daypass_curl_free(host) }
    return host.pointee == 0 ? nil : String(cString: host)
  }
}
