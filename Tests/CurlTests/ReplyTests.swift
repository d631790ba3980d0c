import Curl
import Model
import Testing

@Suite struct ReplyTests {
  @Test(arguments: [301, 302, 303, 307, 308])
  func redirectOfAPostIsReturnedAndItsBodySeenByNoOtherServer(_ status: Int) throws {
    let other = try RawServer(always: ok("stolen"))
    let server = try RawServer(
      always: "HTTP/1.1 \(status) Moved\r\nLocation: \(other.url)/\r\nContent-Length: 0\r\n\r\n")
    defer {
      server.stop()
      other.stop()
    }
    for redirects in [HTTPRequest.Redirects.none, .sameOrigin(atMost: 3)] {
      let response = try makeTransport().send(
        HTTPRequest(.post, server.url + "/token", body: Secret("refresh_token=x"), redirects: redirects))
      #expect(response.status == status)
      #expect(response.header("location") == other.url + "/")
    }
    #expect(other.connectionCount == 0)
  }

  @Test func redirectsWithinTheOriginAreFollowedAsOftenAsAllowed() throws {
    let server = try RawServer { conversation in
      while let request = conversation.request() {
        let step = Int(request.line.split(separator: " ")[1].dropFirst()) ?? 0
        let reply = "HTTP/1.1 302 Found\r\nLocation: /\(step + 1)\r\nContent-Length: 0\r\n\r\n"
        conversation.send(step < 3 ? reply : ok("there"))
      }
    }
    defer { server.stop() }
    #expect(
      try makeTransport().send(HTTPRequest(.get, server.url + "/0", redirects: .sameOrigin(atMost: 3))).text == "there")
    let tooMany = failure(HTTPRequest(.get, server.url + "/0", redirects: .sameOrigin(atMost: 2)))
    #expect(tooMany == .redirected(host: "127.0.0.1", to: server.url + "/3"))
    #expect(try makeTransport().send(HTTPRequest(.get, server.url + "/0")).status == 302)
  }

  @Test(arguments: [
    "http://127.0.0.1:PORT/?secret", "https://example.com/", "file:///etc/passwd", "http://localhost:SAME/",
    "//127.0.0.2:SAME/",
  ])
  func redirectsToAnotherOriginAreRefused(_ location: String) throws {
    let other = try RawServer(always: ok("x"))
    let server = try RawServer { conversation in
      guard let request = conversation.request(), let host = request.values("host").first else { return }
      let own = String(host.split(separator: ":")[1])
      let target = location.replacing("PORT", with: "\(other.port)").replacing("SAME", with: own)
      conversation.send("HTTP/1.1 302 Found\r\nLocation: \(target)\r\nContent-Length: 0\r\n\r\n")
    }
    defer {
      server.stop()
      other.stop()
    }
    guard case .redirected(_, let target) = failure(HTTPRequest(.get, server.url, redirects: .sameOrigin(atMost: 3)))
    else {
      Issue.record("followed, or failed otherwise")
      return
    }
    #expect(!target.contains("secret"))
    #expect(other.connectionCount == 0)
  }

  @Test func endlessChunkedBodyStopsAtTheLimit() throws {
    let server = try RawServer { conversation in
      _ = conversation.request()
      conversation.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      let chunk = "4000\r\n" + String(repeating: "x", count: 0x4000) + "\r\n"
      while conversation.send(chunk) {}
    }
    defer { server.stop() }
    let refused = failure(HTTPRequest(.get, server.url, bodyLimit: 100_000))
    #expect(refused == .tooLarge(host: "127.0.0.1", limit: 100_000))
  }

  @Test func bodyOfExactlyTheLimitIsAccepted() throws {
    let server = try RawServer(always: ok("12345"))
    defer { server.stop() }
    #expect(try makeTransport().send(HTTPRequest(.get, server.url, bodyLimit: 5)).text == "12345")
    #expect(failure(HTTPRequest(.get, server.url, bodyLimit: 4)) == .tooLarge(host: "127.0.0.1", limit: 4))
  }

  @Test func headerFloodIsRefused() throws {
    let server = try RawServer { conversation in
      _ = conversation.request()
      conversation.send("HTTP/1.1 200 OK\r\n")
      let header = "X-Flood: " + String(repeating: "y", count: 1000) + "\r\n"
      while conversation.send(header) {}
    }
    defer { server.stop() }
    #expect(failure(HTTPRequest(.get, server.url)) == .tooLarge(host: "127.0.0.1", limit: 65536))
  }

  @Test(arguments: ["gzip", "br", "deflate, gzip", "x\u{1B}[31m"])
  func contentEncodingIsRefused(_ encoding: String) throws {
    let server = try RawServer(always: ok("{}", headers: "Content-Encoding: \(encoding)\r\n"))
    defer { server.stop() }
    #expect(failure(HTTPRequest(.get, server.url)) == .encoded(host: "127.0.0.1", encoding: encoding))
  }

  /// "chunked" around something compressed: libcurl would undo both.
  @Test(arguments: ["gzip, chunked", "GZIP,chunked", "x-gzip", "br, chunked", "deflate"])
  func compressionForTheTransferIsRefused(_ coding: String) throws {
    let server = try RawServer(always: "HTTP/1.1 200 OK\r\nTransfer-Encoding: \(coding)\r\n\r\n0\r\n\r\n")
    defer { server.stop() }
    #expect(failure(HTTPRequest(.get, server.url)) == .encoded(host: "127.0.0.1", encoding: coding))
  }

  @Test func chunksAreNoEncoding() throws {
    let server = try RawServer(
      always: "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
    defer { server.stop() }
    #expect(try makeTransport().send(HTTPRequest(.get, server.url)).text == "{}")
  }

  @Test func identityEncodingIsNone() throws {
    let server = try RawServer(always: ok("{}", headers: "Content-Encoding: Identity\r\n"))
    defer { server.stop() }
    #expect(try makeTransport().send(HTTPRequest(.get, server.url)).text == "{}")
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nshort",
    "HTTP/1.1 200", "", "hello there\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
  ])
  func repliesThatBreakOffOrAreNotHTTPAreBroken(_ reply: String) throws {
    let server = try RawServer { conversation in
      _ = conversation.request()
      conversation.send(reply)
    }
    defer { server.stop() }
    guard case .broken(let host, _) = failure(HTTPRequest(.get, server.url)) else {
      Issue.record("accepted: \(reply)")
      return
    }
    #expect(host == "127.0.0.1")
  }

  @Test func interimRepliesDoNotMixIntoTheFinalOne() throws {
    let server = try RawServer(
      always: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok("x", headers: "X-Final: yes\r\n"))
    defer { server.stop() }
    let response = try makeTransport().send(HTTPRequest(.get, server.url))
    #expect(response.status == 200)
    #expect(response.header("link") == nil)
    #expect(response.header("x-final") == "yes")
  }
}
