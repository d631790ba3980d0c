import Curl
import Glibc
import Model
import Synchronization
import Testing

@Suite struct ConnectionTests {
  @Test func requestsOneAfterTheOtherShareAConnection() throws {
    let server = try RawServer(always: ok("x"))
    defer { server.stop() }
    let transport = makeTransport()
    for _ in 0..<5 { _ = try transport.send(HTTPRequest(.get, server.url)) }
    #expect(server.requests.count == 5)
    #expect(server.connectionCount == 1)
  }

  /// libcurl would repeat one that breaks on a connection it had kept.
  @Test func whatMustNotBeSentTwiceHasAConnectionOfItsOwn() throws {
    let server = try RawServer { conversation in
      if conversation.request() != nil { conversation.send(ok("x")) }
      // A second one on the same connection is read and never answered.
      _ = conversation.request()
    }
    defer { server.stop() }
    let transport = makeTransport()
    for _ in 0..<3 { _ = try transport.send(HTTPRequest(.post, server.url, body: Secret("refresh_token=x"))) }
    #expect(server.requests.count == 3)
    #expect(server.connectionCount == 3)
  }

  @Test func aPostThatMayBeRepeatedGoesOnAKeptConnectionAndIsRepeatedWhereThatBreaks() throws {
    let server = try RawServer { conversation in
      for _ in 0..<3 where conversation.request() != nil { conversation.send(ok("x")) }
      // A fourth one on the same connection is read and never answered.
      _ = conversation.request()
    }
    defer { server.stop() }
    let transport = makeTransport()
    for _ in 0..<4 {
      var request = HTTPRequest(.post, server.url, body: Secret("Action=x"))
      request.mayRepeat = true
      #expect(try transport.send(request).text == "x")
    }
    #expect(server.connectionCount == 2)
    #expect(server.requests.map(\.body) == Array(repeating: Array("Action=x".utf8), count: 5))
  }

  @Test func connectionClosedWhileIdleDoesNotFailTheNextRequest() throws {
    let server = try RawServer { conversation in
      if conversation.request() != nil { conversation.send(ok("x")) }
    }
    defer { server.stop() }
    let transport = makeTransport()
    for _ in 0..<5 { _ = try transport.send(HTTPRequest(.post, server.url, body: Secret("a=b"))) }
    #expect(server.requests.map(\.body) == Array(repeating: Array("a=b".utf8), count: 5))
  }

  @Test(arguments: [false, true])
  func connectionThatDiesUnderTheNextRequestIsReplaced(_ byReset: Bool) throws {
    let server = try RawServer { conversation in
      if conversation.request() != nil { conversation.send(ok("x")) }
      // The second request on a connection is read and never answered.
      if conversation.request() != nil, byReset { conversation.resetOnClose() }
    }
    defer { server.stop() }
    let transport = makeTransport()
    for _ in 0..<2 {
      let response = try transport.send(HTTPRequest(.post, server.url, body: Secret("a=b")))
      #expect(response.text == "x")
    }
    #expect(server.connectionCount == 2)
    #expect(server.requests.allSatisfy { $0.body == Array("a=b".utf8) })
  }

  @Test func requestsSideBySideDoNotWaitForEachOther() throws {
    // The first is answered only after the second has been.
    let second = Gate()
    let server = try RawServer { conversation in
      guard let request = conversation.request() else { return }
      if request.line.contains("/first") { second.wait() }
      conversation.send(ok("x"))
      if request.line.contains("/second") { second.open() }
    }
    defer { server.stop() }
    let transport = makeTransport()
    let done = Gate()
    let url = server.url
    Detached.run {
      _ = try? transport.send(HTTPRequest(.get, url + "/first"))
      done.open()
    }
    #expect(try transport.send(HTTPRequest(.get, url + "/second")).status == 200)
    done.wait()
    #expect(server.requests.count == 2)
  }

  @Test func nobodyListening() throws {
    let port = try RawServer.unusedPort()
    let refused = failure(HTTPRequest(.get, "http://127.0.0.1:\(port)/"))
    #expect(refused == .unconnected(host: "127.0.0.1", reason: "Connection refused"))
    #expect(
      failure(HTTPRequest(.get, "http://localhost:\(port)/"))
        == .unconnected(host: "localhost", reason: "Connection refused"))
  }

  @Test func reset() throws {
    let server = try RawServer { conversation in
      _ = conversation.request()
      conversation.resetOnClose()
    }
    defer { server.stop() }
    #expect(failure(HTTPRequest(.get, server.url)) == .broken(host: "127.0.0.1", reason: "Connection reset by peer"))
  }

  @Test func silentServerEndsAtTheTimeout() throws {
    let server = try RawServer { conversation in
      _ = conversation.request()
      conversation.waitForEnd()
    }
    defer { server.stop() }
    let start = ContinuousClock.now
    guard case .timedOut("127.0.0.1", _) = failure(HTTPRequest(.get, server.url, timeout: .milliseconds(200))) else {
      Issue.record("did not time out")
      return
    }
    let elapsed = ContinuousClock.now - start
    #expect(elapsed >= .milliseconds(190) && elapsed < .seconds(3))
  }

  @Test func redirectsShareOneTimeout() throws {
    let server = try RawServer { conversation in
      _ = conversation.request()
      conversation.send("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")
      if conversation.request() != nil { conversation.waitForEnd() }
    }
    defer { server.stop() }
    let start = ContinuousClock.now
    let slow = failure(HTTPRequest(.get, server.url, redirects: .sameOrigin(atMost: 3), timeout: .milliseconds(300)))
    guard case .timedOut = slow else {
      Issue.record("did not time out: \(String(describing: slow))")
      return
    }
    #expect(ContinuousClock.now - start < .seconds(3))
  }

  @Test func signalEndsAWaitingRequestAtOnce() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let (readEnd, writeEnd) = (ends[0], ends[1])
    let state = SignalState()
    let server = try RawServer { conversation in
      _ = conversation.request()
      state.raise()
      var byte: UInt8 = 1
      write(writeEnd, &byte, 1)
      conversation.waitForEnd()
    }
    defer {
      server.stop()
      close(readEnd)
      close(writeEnd)
    }
    let transport = makeTransport(interruptDescriptor: readEnd, pendingSignal: { state.pending })
    let interrupted = failure(HTTPRequest(.get, server.url, timeout: .seconds(30)), over: transport)
    #expect(interrupted == .interrupted(Interrupted(signal: SIGTERM)))
    let delay = try #require(state.raisedAt).duration(to: .now)
    // Well below the second after which libcurl would wake up by itself.
    #expect(delay < .milliseconds(500))
    #expect(failure(HTTPRequest(.get, server.url), over: transport) == .interrupted(Interrupted(signal: SIGTERM)))
    #expect(server.requests.count == 1)
  }

  @Test func readableDescriptorWithoutASignalChangesNothing() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    var byte: UInt8 = 1
    write(ends[1], &byte, 1)
    let server = try RawServer(always: ok("x"))
    defer {
      server.stop()
      for end in ends { close(end) }
    }
    #expect(try makeTransport(interruptDescriptor: ends[0]).send(HTTPRequest(.get, server.url)).text == "x")
  }

  @Test func unixSocketIsAskedInsteadOfTheHost() throws {
    let path = PlantedEnvironment.home + "/api"
    let server = try RawServer(atSocket: path) { conversation in
      if conversation.request() != nil { conversation.send(ok("raw.jwt.text")) }
    }
    defer {
      server.stop()
      unlink(path)
    }
    let request = HTTPRequest(
      .post, "http://api.machines.example/v1/tokens/oidc", body: Secret("{}"), unixSocket: path)
    #expect(try makeTransport().send(request).text == "raw.jwt.text")
    #expect(server.requests.first?.values("host") == ["api.machines.example"])
    let missing = failure(HTTPRequest(.get, "http://localhost/v1", unixSocket: "/nonexistent/api"))
    guard case .unconnected("the socket /nonexistent/api", _) = missing else {
      Issue.record("\(String(describing: missing))")
      return
    }
  }
}

final class SignalState: Sendable {
  private let state = Mutex<ContinuousClock.Instant?>(nil)
  func raise() { state.withLock { $0 = .now } }
  var raisedAt: ContinuousClock.Instant? { state.withLock { $0 } }
  var pending: Int32? { raisedAt == nil ? nil : SIGTERM }
}

/// Closed until it is opened, once.
final class Gate: Sendable {
  private let ends: (read: Int32, write: Int32)

  init() {
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "no pipe")
    self.ends = (ends[0], ends[1])
  }

  func open() { close(ends.write) }

  func wait() {
    var byte: UInt8 = 0
    _ = read(ends.read, &byte, 1)
  }
}
