import Curl
import Model
import Testing

@Suite struct ProxyTests {
  @Test func proxyIsAskedForATunnelAndToldNothingElse() throws {
    let proxy = try RawServer(always: "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    defer { proxy.stop() }
    let transport = makeTransport(
      proxies: ProxyPolicy(environment: ["HTTPS_PROXY": "http://bob:proxy-password@127.0.0.1:\(proxy.port)"]))
    let refused = failure(
      HTTPRequest(
        .post, "https://sts.example/", headers: [HTTPHeader("Authorization", secret: Secret("Bearer header-secret"))],
        body: Secret("body-secret")), over: transport)
    #expect(refused == .unusableProxy(reason: "127.0.0.1 answered CONNECT with status 407"))
    let sent = try #require(proxy.requests.first)
    #expect(sent.line == "CONNECT sts.example:443 HTTP/1.1")
    #expect(sent.values("authorization").isEmpty)
    #expect(sent.values("proxy-authorization").count == 1)
    #expect(!sent.head.contains("header-secret"))
  }

  @Test func hostsExcludedFromTheProxyAreNotAskedThroughIt() throws {
    let proxy = try RawServer(always: "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
    defer { proxy.stop() }
    let transport = makeTransport(
      proxies: ProxyPolicy(environment: [
        "https_proxy": "127.0.0.1:\(proxy.port)", "no_proxy": ".internal.invalid,other",
      ]))
    #expect(failure(HTTPRequest(.get, "https://a.internal.invalid/"), over: transport) != nil)
    #expect(proxy.connectionCount == 0)
    #expect(failure(HTTPRequest(.get, "https://a.external.invalid/"), over: transport) != nil)
    #expect(proxy.connectionCount == 1)
  }

  @Test func unreachableProxyIsNamedWithoutItsPassword() throws {
    let port = try RawServer.unusedPort()
    let transport = makeTransport(
      proxies: ProxyPolicy(environment: ["all_proxy": "http://bob:proxy-password@127.0.0.1:\(port)/"]))
    let unreachable = failure(HTTPRequest(.get, "https://sts.example/"), over: transport)
    #expect(unreachable == .unconnected(host: "the proxy 127.0.0.1", reason: "Connection refused"))
  }

  @Test(arguments: ["gopher://127.0.0.1", "http://", "://", "http://127.0.0.1:99999", "ht tp://a"])
  func proxyThatCannotBeOneIsAConfigurationError(_ proxy: String) {
    let transport = makeTransport(proxies: ProxyPolicy(environment: ["https_proxy": proxy]))
    let refused = failure(HTTPRequest(.get, "https://sts.example/"), over: transport)
    #expect(refused == .unusableProxy(reason: "its address is not a usable URL"))
  }
}
