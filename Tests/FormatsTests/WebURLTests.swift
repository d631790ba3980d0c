import Formats
import Testing

struct WebURLTests {
  @Test func takesAURLApart() throws {
    let url = try WebURL.parse("HTTPS://Login.Example.COM:8443/A/b%2Fc;d?x=1&y=%20?/")
    #expect(url.text == "HTTPS://Login.Example.COM:8443/A/b%2Fc;d?x=1&y=%20?/")
    #expect(url.scheme == .https)
    #expect(url.host == "login.example.com")
    #expect(url.port == 8443)
    #expect(url.effectivePort == 8443)
    #expect(url.path == "/A/b%2Fc;d")
    #expect(url.query == "x=1&y=%20?/")
    #expect(url.origin == "https://login.example.com:8443")
  }

  @Test func keepsWhatIsEmpty() throws {
    let bare = try WebURL.parse("http://a.example")
    #expect(bare.path.isEmpty && bare.query == nil && bare.port == nil && bare.effectivePort == 80)
    #expect(try WebURL.parse("https://a.example?").query == "")
    #expect(try WebURL.parse("https://a.example?x").path == "")
    #expect(try WebURL.parse("https://a.example/?").path == "/")
    #expect(try WebURL.parse("https://a.example//b//").path == "//b//")
    #expect(try WebURL.parse("https://a.example/../b").path == "/../b")
    #expect(try WebURL.parse("https://a.example/b/").text == "https://a.example/b/")
  }

  @Test(arguments: [
    "https://a", "https://a-b.c_d.example", "https://xn--bcher-kva.example", "https://1a.example", "https://a.1b",
    "https://127.0.0.1:8080/x", "https://0.0.0.0", "https://255.255.255.255", "https://1.2.3.example",
    "https://[::]", "https://[::1]:9", "https://[2001:db8::8a2e:370:7334]", "https://[1:2:3:4:5:6:7:8]/",
    "https://[::ffff:192.0.2.1]", "https://[1::]", "https://[1:2:3:4:5:6:7::]", "https://[::2:3:4:5:6:7:8]",
    "https://[1:2:3:4:5:6:1.2.3.4]", "https://[FE80::ABCD]", "https://a:1", "https://a:65535",
    "https://a/!$&'()*+,;=:@-._~%41", "https://a/?!$&'()*+,;=:@/?-._~%41", "https://a/@", "https://a?@",
  ])
  func accepts(text: String) {
    #expect(throws: Never.self) { try WebURL.parse(text) }
  }

  @Test(arguments: [
    "", "a", "a.example", "//a.example", "/path", "https:", "https:/", "https:a", "https:/a.example", "https//a",
    "https:///a", "https://", "https://?", "https:///", "://a", " https://a", "https ://a",
    // Schemes
    "ftp://a", "file:///etc/passwd", "javascript:alert(1)", "httpss://a", "http+unix://a", "wss://a", "gopher://a",
    "data:,x", "mailto:a@b", "view-source:https://a", "httpſ://a",
    // Who is the host? Readers differ.
    "https://user@a.example", "https://user:pw@a.example", "https://@a.example", "https://a.example@b.example",
    "https://a.example\\@b.example", "https://a.example\\b", "https://a.example%40b.example/",
    "https://a.example#@b.example", "https://a.example/#", "https://a.example#x", "https://a.example?x#y",
    "https://a.example:80@b.example", "https://a.example;b.example", "https://a,b", "https://a&b", "https://a!b",
    // Characters
    "https://a.example/ b", "https://a.example/\t", "https://a.example/\n", "https://a.example/\r\nX: y",
    "https://a.example/\u{0}", "https://a.example/\u{1B}[31m", "https://a.example/\u{7F}", "https://a.example/é",
    "https://a.example/\u{202E}", "https://a.example/\"", "https://a.example/<", "https://a.example/>",
    "https://a.example/`", "https://a.example/{", "https://a.example/}", "https://a.example/|", "https://a.example/^",
    "https://a.example/[", "https://a.example/?a[]=1", "https://a.example\n", "https://a.example\t/",
    // Escapes
    "https://a.example/%", "https://a.example/%4", "https://a.example/%4g", "https://a.example/?%",
    "https://a%2e.example",
    "https://%61.example", "https://a.example/%%41",
    // Names
    "https://.", "https://..", "https://.a", "https://a.", "https://a..b", "https://-a", "https://a-", "https://a.-b",
    "https://a*b", "https://*.a", "https://a~b", "https://a+b", "https://bücher.example", "https://\u{212A}.example",
    "https://a\u{3002}b", "https://ａ.example", "https://a\u{AD}b.example", "https://localhost.",
    // Numbers that some readers take for addresses
    "https://127.1", "https://127.0.1", "https://2130706433", "https://0x7f.0.0.1", "https://0x7f.1",
    "https://0x7f000001",
    "https://0177.0.0.1", "https://127.0.0.01", "https://127.0.0.1.", "https://127.0.0.1.1", "https://256.0.0.1",
    "https://1.2.3.999", "https://1", "https://0", "https://a.1", "https://a.0x1", "https://0x", "https://a.0x",
    "https://1.2.3", "https://1.2.3.4.5", "https://١٢٧.0.0.1", "https://00.0.0.0", "https://1.2.3.-4",
    // IPv6
    "https://[]", "https://[", "https://]", "https://[::1", "https://::1", "https://[::1]x", "https://[::1]:",
    "https://x[::1]", "https://[:::]", "https://[:]", "https://[1]", "https://[1:2]", "https://[1:2:3:4:5:6:7]",
    "https://[1:2:3:4:5:6:7:8:9]", "https://[1::2::3]", "https://[1:2:3:4:5:6:7:8::]", "https://[::1:2:3:4:5:6:7:8]",
    "https://[1:2:3:4::5:6:7:8]", "https://[12345::]", "https://[g::]", "https://[::1%25eth0]", "https://[::1%eth0]",
    "https://[::1.2.3]", "https://[::1.2.3.4.5]", "https://[::256.1.1.1]", "https://[1.2.3.4]", "https://[1.2.3.4::]",
    "https://[::1.2.3.4:5]", "https://[1:2:3:4:5:6:7:1.2.3.4]", "https://[v1.x]", "https://[1:]", "https://[:1]",
    "https://[::1]]", "https://[[::1]]", "https://[:1::]", "https://[1::2:]",
    // Ports
    "https://a:", "https://a:/", "https://a:0", "https://a:00", "https://a:0443", "https://a:65536", "https://a:99999",
    "https://a:443443", "https://a:-1", "https://a:+1", "https://a: 1", "https://a:1x", "https://a:0x1",
    "https://a:1:2",
    "https://a:99999999999999999999", "https://a:٤", "https://:443", "https://a::1",
  ])
  func refuses(text: String) {
    #expect(throws: WebURLError.self) { try WebURL.parse(text) }
  }

  @Test func saysWhatIsWrong() {
    #expect(throws: WebURLError.notAbsolute) { try WebURL.parse("login.example.com") }
    #expect(throws: WebURLError.unsupportedScheme) { try WebURL.parse("ftp://a") }
    #expect(throws: WebURLError.userInfo) { try WebURL.parse("https://a@b") }
    #expect(throws: WebURLError.fragment) { try WebURL.parse("https://a#b") }
    #expect(throws: WebURLError.unexpectedByte(0x5C, at: 9)) { try WebURL.parse("https://a\\@b") }
    #expect(throws: WebURLError.notASCII) { try WebURL.parse("https://bücher.example") }
    #expect(throws: WebURLError.malformedHost) { try WebURL.parse("https://127.1") }
    #expect(throws: WebURLError.malformedPort) { try WebURL.parse("https://a:99999") }
    #expect(throws: WebURLError.malformedPercentEncoding(at: 10)) { try WebURL.parse("https://a/%") }
  }

  @Test func lengthsAreLimited() {
    #expect(throws: Never.self) { try WebURL.parse("https://a/" + String(repeating: "x", count: 2038)) }
    #expect(throws: WebURLError.tooLong(limit: 2048)) {
      try WebURL.parse("https://a/" + String(repeating: "x", count: 2039))
    }
    #expect(throws: Never.self) { try WebURL.parse("https://" + String(repeating: "x", count: 63)) }
    #expect(throws: WebURLError.malformedHost) { try WebURL.parse("https://" + String(repeating: "x", count: 64)) }
    let labels = String(repeating: "a.", count: 126) + "a"
    #expect(throws: Never.self) { try WebURL.parse("https://" + labels) }
    #expect(throws: WebURLError.malformedHost) { try WebURL.parse("https://" + labels + ".a") }
  }

  @Test(arguments: [
    ("https://a.example", "https://A.EXAMPLE:443/x?y", true), ("http://a.example:80", "http://a.example/", true),
    ("https://[::1]:443", "https://[::1]", true), ("https://a:8443/x", "https://a:8443/y", true),
    ("https://a.example", "http://a.example", false), ("https://a.example:80", "http://a.example:80", false),
    ("https://a.example", "https://a.example:8443", false), ("https://a.example", "https://b.example", false),
    ("https://a.example", "https://a.example.b", false), ("http://a:443", "https://a:443", false),
  ])
  func originsAreSchemeHostAndPort(one: String, other: String, same: Bool) throws {
    let (one, other) = (try WebURL.parse(one), try WebURL.parse(other))
    #expect(one.isSameOrigin(as: other) == same)
    #expect(other.isSameOrigin(as: one) == same)
  }

  @Test func originsAreWrittenInOneForm() throws {
    #expect(try WebURL.parse("HTTPS://A.example:443/x").origin == "https://a.example")
    #expect(try WebURL.parse("http://a.example:443").origin == "http://a.example:443")
    #expect(try WebURL.parse("http://[2001:DB8::1]:80/").origin == "http://[2001:db8::1]")
    #expect(try WebURL.parse("http://[::1]:8080/").origin == "http://[::1]:8080")
  }

  @Test(arguments: [
    "http://127.0.0.1", "http://127.0.0.1:8080/x", "http://127.255.255.254", "http://localhost", "http://LOCALHOST:1",
    "http://[::1]", "http://[0:0:0:0:0:0:0:1]", "http://[::0001]", "http://[0::1]:1", "http://[::0.0.0.1]",
  ])
  func loopback(text: String) throws {
    let url = try WebURL.parse(text)
    #expect(url.isLoopback)
    #expect(url.isSecureOrLoopback)
  }

  @Test(arguments: [
    "http://128.0.0.1", "http://126.255.255.255", "http://0.0.0.0", "http://localhost.example", "http://a.localhost",
    "http://127.0.0.1.example", "http://xlocalhost", "http://[::]", "http://[::2]", "http://[1::1]", "http://10.0.0.1",
    "http://[::ffff:127.0.0.1]", "http://169.254.169.254", "http://[::1:0]", "http://[::7f00:1]",
  ])
  func notLoopback(text: String) throws {
    let url = try WebURL.parse(text)
    #expect(!url.isLoopback)
    #expect(!url.isSecureOrLoopback)
    #expect(try WebURL.parse("https" + text.dropFirst(4)).isSecureOrLoopback)
  }

  @Test func appendsItemsThatCannotBreakOut() throws {
    let url = try WebURL.parse("https://a.example/x")
    let one = url.appending(query: [("audience", "sts.amazonaws.com+x y&z=#é")])
    #expect(one.text == "https://a.example/x?audience=sts.amazonaws.com%2Bx%20y%26z%3D%23%C3%A9")
    #expect(one.query == "audience=sts.amazonaws.com%2Bx%20y%26z%3D%23%C3%A9")
    #expect(one.appending(query: [("b", "2"), ("c", "")]).text == one.text + "&b=2&c=")
    #expect(try WebURL.parse("https://a.example?").appending(query: [("a", "1")]).text == "https://a.example?a=1")
    #expect(url.appending(query: []) == url)
    #expect(try WebURL.parse(one.text) == one)
  }

  @Test func equalityIsOfSpelling() throws {
    #expect(try WebURL.parse("https://a.example") != WebURL.parse("https://a.example/"))
    #expect(try WebURL.parse("https://a.example") != WebURL.parse("https://A.example"))
    #expect(try WebURL.parse("https://a.example") != WebURL.parse("https://a.example:443"))
  }

  @Test func mutatedURLsAreRefusedOrCanBePutTogetherAgain() {
    let seeds = [
      "https://login.example.com:8443/realms/x?user_code=ABCD-EFGH", "http://127.0.0.1:9127/credentials",
      "https://[2001:db8::1]:443/a%20b", "HTTPS://Sts.Eu-Central-1.amazonaws.com",
    ]
    var accepted = 0
    for bytes in mutations(of: seeds, alphabet: ":/?#[]@%.-_0127xXf\\ ", seed: 6) {
      guard let text = String(validating: bytes, as: UTF8.self), let url = try? WebURL.parse(text) else { continue }
      accepted += 1
      #expect(url.text.utf8.elementsEqual(bytes))
      #expect(url.text.hasSuffix(url.path + (url.query.map { "?" + $0 } ?? "")))
      let canonical = url.origin + url.path + (url.query.map { "?" + $0 } ?? "")
      guard let again = try? WebURL.parse(canonical) else {
        Issue.record("\(canonical)")
        continue
      }
      #expect(again.isSameOrigin(as: url) && again.path == url.path && again.query == url.query)
      #expect(again.isLoopback == url.isLoopback)
    }
    #expect(accepted > 50)
  }

  @Test func aMegabyteIsRefusedAtOnce() {
    for unit in [":", "/", "[", "a", "%", "é"] {
      #expect(throws: WebURLError.tooLong(limit: 2048)) {
        try WebURL.parse("https://" + String(repeating: unit, count: 1 << 20))
      }
    }
  }
}
