import Glibc
import Model
import Testing

@testable import Endpoint

@Suite struct CredentialServerTests {
  let clocks = ManualClocks()
  let board = CredentialBoard(.fresh(credentials))

  private func withServer(
    _ limits: ConnectionLimits = .patient, _ body: (CredentialServer) throws -> Void
  ) throws {
    let server = try CredentialServer.start(token: token, board: board, clocks: clocks, limits: limits)
    defer { server.stop() }
    try body(server)
  }

  private func request(
    _ line: String = "GET /credentials HTTP/1.1", _ headers: [String] = ["Host: 127.0.0.1"]
  ) -> String {
    ([line] + headers + ["Authorization: Bearer \(token.exposedText())", "", ""]).joined(separator: "\r\n")
  }

  @Test func answersAnSDK() throws {
    try withServer { server in
      #expect(server.url == "http://127.0.0.1:\(server.port)/credentials")
      let client = RawClient(port: server.port)
      client.send(request("GET /credentials HTTP/1.1", ["Host: 127.0.0.1:\(server.port)", "Accept: application/json"]))
      let reply = try #require(client.reply())
      #expect(reply.status == 200)
      #expect(reply.body == document)
      #expect(reply.header("Content-Type") == "application/json")
      #expect(reply.header("Cache-Control") == "no-store")
      #expect(reply.header("Connection") == nil)
    }
  }

  @Test func givesEachRefusalItsStatus() throws {
    try withServer { server in
      let cases: [(Int, String)] = [
        (400, "GET / HTTP/9\r\n\r\n"),
        (400, "\n"),
        (431, "GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 20_000)),
        (413, request("POST /credentials HTTP/1.1", ["Host: localhost", "Content-Length: 65537"])),
        (403, request("GET /credentials HTTP/1.1", ["Host: evil.example"])),
        (403, request("GET /credentials HTTP/1.1", ["Host: 127.0.0.1:1"])),
        (403, request("GET /credentials HTTP/1.1", ["Host: localhost", "Origin: null"])),
        (405, request("POST /credentials HTTP/1.1", ["Host: localhost", "Content-Length: 0"])),
        (404, request("GET /other HTTP/1.1")),
        (401, "GET /credentials HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        (200, request()),
      ]
      for (status, text) in cases {
        let client = RawClient(port: server.port)
        client.send(text)
        let reply = try #require(client.reply(), "\(status)")
        #expect(reply.status == status)
        #expect(reply.header("Content-Type") == "application/json")
        if status != 200 { #expect(!reply.body.contains("ASIA") && reply.body.contains("\"message\":")) }
        if [400, 413, 431].contains(status) {
          #expect(reply.header("Connection") == "close")
          #expect(client.isEndedByServer())
        }
      }
    }
  }

  @Test func followsTheBoardAndTheClock() throws {
    try withServer { server in
      let client = RawClient(port: server.port)
      func status() -> Int? {
        client.send(request())
        return client.reply()?.status
      }
      #expect(status() == 200)
      clocks.advance(by: 3600)
      client.send(request())
      let expired = try #require(client.reply())
      #expect(expired.status == 503)
      #expect(expired.header("Retry-After") == "1")
      var renewed = credentials
      renewed.expiration = WallTime(seconds: 1_800_007_200)
      board.current = .fresh(renewed)
      #expect(status() == 200)
      board.current = .unavailable(.loginRequired, message: "log in", retryAfter: 30)
      #expect(status() == 503)
    }
  }

  @Test func answersPipelinedRequestsInOrder() throws {
    try withServer { server in
      let client = RawClient(port: server.port)
      client.send(request() + request("GET /x HTTP/1.1") + request() + request("PUT /credentials HTTP/1.1"))
      #expect((0..<4).map { _ in client.reply()?.status } == [200, 404, 200, 405])
    }
  }

  /// A body after it would be taken for the beginning of the next answer.
  @Test func answersHEADWithoutABody() throws {
    try withServer { server in
      let client = RawClient(port: server.port)
      client.send(request("HEAD /credentials HTTP/1.1", ["Host: localhost", "Connection: close"]))
      let reply = client.everything()
      #expect(reply.hasPrefix("HTTP/1.1 405 "))
      #expect(reply.hasSuffix("\r\n\r\n"))
    }
  }

  @Test func answersAClientThatHasStoppedSending() throws {
    try withServer { server in
      let client = RawClient(port: server.port)
      client.send(request())
      client.finishSending()
      #expect(client.reply()?.status == 200)
      #expect(client.isEndedByServer())
    }
  }

  @Test func endsTheConnectionWhereTheClientWantsThat() throws {
    try withServer { server in
      for text in [
        request("GET /credentials HTTP/1.0"),
        request("GET /credentials HTTP/1.1", ["Host: localhost", "Connection: close"]),
      ] {
        let client = RawClient(port: server.port)
        client.send(text)
        let reply = try #require(client.reply())
        #expect(reply.status == 200)
        #expect(reply.header("Connection") == "close")
        #expect(client.isEndedByServer())
      }
    }
  }

  /// A refusal must arrive although the client is still sending.
  @Test func aRefusalIsNotLostInWhatTheClientStillSends() throws {
    try withServer { server in
      let client = RawClient(port: server.port)
      client.send(request("POST /credentials HTTP/1.1", ["Host: localhost", "Content-Length: 3000000"]))
      client.send([UInt8](repeating: 0x61, count: 3_000_000))
      #expect(client.reply()?.status == 413)
    }
  }

  @Test func closesWhoSendsTooSlowly() throws {
    let limits = ConnectionLimits(request: .milliseconds(100), idle: .seconds(60), connections: 100)
    try withServer(limits) { server in
      #expect(RawClient(port: server.port).isEndedByServer())
      for start in ["GET", "GET /credentials HTTP/1.1\r\nHost: localhost\r\n"] {
        let client = RawClient(port: server.port)
        client.send(start)
        #expect(client.isEndedByServer())
      }
      let second = RawClient(port: server.port)
      second.send(request() + "GET")
      #expect(second.reply()?.status == 200)
      #expect(second.isEndedByServer())
      let body = RawClient(port: server.port)
      body.send(request("POST / HTTP/1.1", ["Host: localhost", "Content-Length: 10"]) + "abc")
      #expect(body.reply()?.status == 405)
      #expect(body.isEndedByServer())
    }
  }

  @Test func closesIdleConnections() throws {
    let limits = ConnectionLimits(request: .milliseconds(50), idle: .milliseconds(100), connections: 100)
    try withServer(limits) { server in
      let client = RawClient(port: server.port)
      client.send(request())
      #expect(client.reply()?.status == 200)
      #expect(client.isEndedByServer())
    }
  }

  /// 40 MB of answers that nobody takes: the server stops reading, and ends the connection.
  @Test func isNotFilledByAClientThatNeverReads() throws {
    let limits = ConnectionLimits(request: .milliseconds(200), idle: .seconds(60), connections: 100)
    try withServer(limits) { server in
      let client = RawClient(port: server.port)
      let text = Array(String(repeating: request(), count: 1000).utf8)
      var isOpen = true
      for _ in 0..<100 where isOpen { isOpen = client.send(text) }
      #expect(!isOpen)
      let other = RawClient(port: server.port)
      other.send(request())
      #expect(other.reply()?.status == 200)
    }
  }

  @Test func closesConnectionsBeyondItsLimitAndRecovers() throws {
    let limits = ConnectionLimits(request: .seconds(60), idle: .seconds(60), connections: 3)
    try withServer(limits) { server in
      func isServed(_ client: RawClient) -> Bool {
        client.send(request())
        return client.reply()?.status == 200
      }
      var clients = (0..<3).map { _ in RawClient(port: server.port) }
      #expect(clients.allSatisfy(isServed))
      #expect(!isServed(RawClient(port: server.port)))
      #expect(clients.allSatisfy(isServed))
      // The server learns of the end from the kernel, in its own time: one that was asked to close says so by its EOF.
      clients[0].send(request("GET /credentials HTTP/1.1", ["Host: localhost", "Connection: close"]))
      _ = clients[0].reply()
      clients.removeFirst()
      var attempts = 0
      while !isServed(RawClient(port: server.port)), attempts < 1000 { attempts += 1 }
      #expect(attempts < 1000)
    }
  }

  @Test(arguments: [(0, 0), (64, 32), (300, 150), (1024, 768), (20_000, 19_744), (Int.max, Int.max - 256)])
  func connectionsLeaveDescriptorsForARefresh(_ openFiles: Int, _ connections: Int) {
    #expect(ConnectionLimits.affordable(openFiles: openFiles) == connections)
  }

  /// In a process of its own, because the limit is the process's.
  @Test func withoutDescriptorsItRestsAndComesBack() async {
    await #expect(processExitsWith: .success) {
      let server = try CredentialServer.start(
        token: token, board: CredentialBoard(.fresh(credentials)), clocks: ManualClocks())
      let first = RawClient(port: server.port)
      first.send("GET /credentials HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      #expect(first.reply()?.status == 401)
      let client = RawClient()
      let spent = try withoutFurtherDescriptors {
        client.connect(port: server.port)
        #expect(client.isConnected)
        client.send("GET /credentials HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let start = processorTime()
        // Time for a hundred thousand failing accepts.
        usleep(500_000)
        return processorTime() - start
      }
      #expect(spent < .milliseconds(100), "\(spent)")
      #expect(client.reply()?.status == 401)
      server.stop()
    }
  }

  @Test func stopClosesThePortAndEveryConnection() throws {
    let server = try CredentialServer.start(token: token, board: board, clocks: clocks, limits: .patient)
    let clients = (0..<5).map { _ in RawClient(port: server.port) }
    for client in clients {
      client.send(request())
      #expect(client.reply()?.status == 200)
    }
    server.stop()
    for client in clients { #expect(client.isEndedByServer()) }
    // Between the fork and the exec of a program that some other test runs, a copy of the port accepts connections, but
    // nobody answers them.
    let late = RawClient(port: server.port)
    late.send(request())
    #expect(late.reply() == nil)
    server.stop()
  }

  /// A program that is run while a client is connected must not hold its connection, nor the port.
  @Test func noSocketIsLeftToPrograms() throws {
    try withServer { server in
      let client = RawClient(port: server.port)
      client.send(request())
      #expect(client.reply()?.status == 200)
      let sockets = (3..<1024).filter { descriptor in
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isNamed = withUnsafeMutablePointer(to: &address) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(Int32(descriptor), $0, &length) == 0 }
        }
        return isNamed && Int(in_port_t(bigEndian: address.sin_port)) == server.port
      }
      #expect(sockets.count == 2)
      #expect(sockets.allSatisfy { fcntl(Int32($0), F_GETFD) == FD_CLOEXEC })
    }
  }

  @Test func serversDoNotKnowEachOther() throws {
    try withServer { first in
      let other = CredentialBoard()
      let second = try CredentialServer.start(token: Secret("another"), board: other, clocks: clocks)
      defer { second.stop() }
      #expect(first.port != second.port)
      let client = RawClient(port: second.port)
      client.send(request())
      #expect(client.reply()?.status == 401)
      client.send("GET /credentials HTTP/1.1\r\nHost: localhost\r\nAuthorization: another\r\n\r\n")
      let reply = try #require(client.reply())
      #expect(reply.status == 503)
      #expect(reply.body.contains("NotReady"))
    }
  }

  @Test func answersManyClientsAtOnce() throws {
    try withServer { server in
      let clients = (0..<200).map { _ in RawClient(port: server.port) }
      for _ in 0..<5 {
        for client in clients { client.send(request()) }
        for client in clients { #expect(client.reply()?.body == document) }
      }
    }
  }
}

extension ConnectionLimits {
  /// For clients that a busy machine lets wait.
  fileprivate static let patient = ConnectionLimits(request: .seconds(600), idle: .seconds(600), connections: 1000)
}

private func processorTime() -> Duration {
  var usage = rusage()
  getrusage(__rusage_who_t(0), &usage)
  return [usage.ru_utime, usage.ru_stime].reduce(.zero) { $0 + .seconds($1.tv_sec) + .microseconds($1.tv_usec) }
}

/// Runs `body` while this process cannot open anything.
private func withoutFurtherDescriptors<Result>(_ body: () throws -> Result) throws -> Result {
  let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  var given = rlimit()
  getrlimit(files, &given)
  let lowestFree = open("/dev/null", O_RDONLY)
  close(lowestFree)
  var none = rlimit(rlim_cur: rlim_t(lowestFree), rlim_max: given.rlim_max)
  try #require(setrlimit(files, &none) == 0)
  defer { setrlimit(files, &given) }
  return try body()
}
