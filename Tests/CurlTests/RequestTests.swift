import Curl
import Model
import Testing

@Suite struct RequestTests {
  @Test func methodHeadersAndBodyGoOutAsMadeAndNothingElse() throws {
    let server = try RawServer(always: ok("hello", headers: "X-One: a \r\nX-One:b\r\n"))
    defer { server.stop() }
    let response = try makeTransport().send(
      HTTPRequest(
        .post, server.url + "/a/../token?x=%2F",
        headers: [HTTPHeader("X-Empty", ""), HTTPHeader("Authorization", secret: Secret("Bearer abc"))],
        body: Secret("a=1&b=%00")))
    #expect(response.status == 200)
    #expect(response.text == "hello")
    #expect(response.headers.filter { $0.name == "x-one" }.map(\.value) == ["a", "b"])
    let sent = try #require(server.requests.first)
    #expect(sent.line == "POST /a/../token?x=%2F HTTP/1.1")
    #expect(sent.body == Array("a=1&b=%00".utf8))
    let lines = sent.head.split(separator: "\r\n").dropFirst().map { $0.lowercased() }.sorted()
    #expect(
      lines == [
        "authorization: bearer abc", "content-length: 9", "host: 127.0.0.1:\(server.port)", "user-agent: daypass/test",
        "x-empty:",
      ])
  }

  @Test(arguments: [HTTPRequest.Method.get, .post, .put])
  func everyMethodWorksWithoutABody(_ method: HTTPRequest.Method) throws {
    let server = try RawServer(always: ok(""))
    defer { server.stop() }
    #expect(try makeTransport().send(HTTPRequest(method, server.url + "/m")).status == 200)
    let sent = try #require(server.requests.first)
    #expect(sent.line == "\(method.rawValue) /m HTTP/1.1")
    #expect(sent.values("content-length") == (method == .get ? [] : ["0"]))
  }

  @Test func bodyMayHoldEveryByte() throws {
    let server = try RawServer(always: ok(""))
    defer { server.stop() }
    let bytes = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0) }
    _ = try makeTransport().send(HTTPRequest(.put, server.url, body: Secret(bytes)))
    let isWhole = server.requests.first?.body == bytes
    #expect(isWhole)
  }

  @Test func neitherNetrcNorProxyVariablesNorCookiesHaveAnEffect() throws {
    let server = try RawServer(always: ok("x", headers: "Set-Cookie: a=b; Path=/\r\n"))
    defer { server.stop() }
    let transport = makeTransport(
      proxies: ProxyPolicy(environment: ["https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"]))
    for host in ["127.0.0.1", "localhost", "127.1"] {
      _ = try transport.send(HTTPRequest(.get, "http://\(host):\(server.port)/"))
    }
    #expect(server.requests.count == 3)
    for sent in server.requests {
      #expect(sent.line == "GET / HTTP/1.1")
      #expect(sent.values("authorization").isEmpty)
      #expect(sent.values("cookie").isEmpty)
      #expect(sent.values("accept-encoding").isEmpty)
    }
  }

  @Test(arguments: [
    "http://example.com/", "http://localhost.example/", "http://128.0.0.1/", "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "ldap://127.0.0.1/", "http://user:pass@127.0.0.1/", "127.0.0.1/", "", "http://", "https://exa mple/",
    "http://127.0.0.1:99999/",
    "https://a.example\\@b.example/", "https://ex\u{E4}mple/", "http://169.254.169.253/",
  ])
  func urlsThatMayNotBeAskedAreRefusedBeforeAnythingIsSent(_ url: String) {
    guard case .badURL = failure(HTTPRequest(.get, url)) else {
      Issue.record("\(url) was not refused")
      return
    }
  }

  @Test(arguments: [
    ("X-Ok", "a\r\nInjected: 1"), ("X-Ok", "a\nb"), ("X Bad", "a"), ("", "a"), ("X:", "a"), ("X-Ok", "a\u{0}b"),
  ])
  func headersThatWouldForgeOthersAreRefused(_ name: String, _ value: String) throws {
    let server = try RawServer(always: ok(""))
    defer { server.stop() }
    #expect(failure(HTTPRequest(.get, server.url, headers: [HTTPHeader(name, value)])) == .badHeader(name: name))
    #expect(server.connectionCount == 0)
  }

  @Test func signedRequestCoversTheSessionTokenAndNamesItsScope() throws {
    let server = try RawServer(always: ok(""))
    defer { server.stop() }
    let credentials = AWSCredentials(
      accessKeyID: "ASIAEXAMPLE", secretAccessKey: Secret("secret/key"), sessionToken: Secret("session+token=="),
      expiration: WallTime(seconds: .max))
    _ = try makeTransport().send(
      HTTPRequest(
        .post, server.url + "/",
        headers: [
          HTTPHeader("Accept", "application/xml"), HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
        ],
        body: Secret("Action=GetCallerIdentity&Version=2011-06-15"),
        signature: SigV4(credentials: credentials, region: "eu-central-1", service: "sts")))
    let sent = try #require(server.requests.first)
    #expect(sent.values("x-amz-security-token") == ["session+token=="])
    let authorization = try #require(sent.values("authorization").first)
    #expect(authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/"))
    #expect(authorization.contains("/eu-central-1/sts/aws4_request, "))
    #expect(authorization.contains("SignedHeaders=accept;content-type;host;x-amz-date;x-amz-security-token, "))
    #expect(!sent.head.contains("secret/key"))
  }

  @Test func traceShowsMethodAddressAndStatusButNoSecret() throws {
    let server = try RawServer(always: ok("reply-secret"))
    defer { server.stop() }
    let log = CollectedLog()
    _ = try makeTransport(log: log).send(
      HTTPRequest(
        .post, server.url + "/token?code=query-secret",
        headers: [HTTPHeader("Authorization", secret: Secret("header-secret")), HTTPHeader("Accept", "text/plain")],
        body: Secret("body-secret")))
    let text = log.lines.joined(separator: "\n")
    #expect(log.lines.count == 2)
    #expect(log.lines.allSatisfy { $0.hasPrefix("trace ") })
    #expect(text.contains("POST \(server.url)/token (Authorization: <redacted>, Accept: text/plain)"))
    #expect(text.contains("200"))
    #expect(!text.contains("-secret"))
  }
}
