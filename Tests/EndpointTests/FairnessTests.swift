import Glibc
import Model
import Testing

@testable import Endpoint

/// Clients that send more than their share, before anybody knows who they are.
@Suite struct FairnessTests {
  private let clocks = ManualClocks()
  private let requests = RequestCount()

  /// A server whose metrics are some 100 KB.
  private func server() throws -> CredentialServer {
    let table = ProfileTable()
    table.entries = (0..<300).map { number in
      .init(name: "profile-\(number)", token: Secret("t\(number)"), board: CredentialBoard())
    }.sorted { $0.name < $1.name }
    let probes = Probes(table: table, requests: requests, version: "1")
    let listener = Listener(
      .address(EndpointAddress(host: "127.0.0.1", port: 0)), .credentials(table, probes: probes))
    let limits = ConnectionLimits(request: .seconds(60), idle: .seconds(60), connections: 100)
    return try CredentialServer.start([listener], clocks: clocks, requests: requests, limits: limits)
  }

  private var answered: Int { requests.counts.reduce(0) { $0 + $1.count } }

  @Test func `what a client does not take is not made, and all of it comes when it does`() throws {
    let server = try server()
    defer { server.stop() }
    let client = RawClient(port: server.port)
    let count = 1000
    client.send(String(repeating: "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", count: count))
    var before = -1
    while answered != before || before <= 0 {
      before = answered
      usleep(300_000)
    }
    #expect(answered < count / 2, "100 MB for nobody")
    let other = RawClient(port: server.port)
    other.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(other.reply()?.status == 200)
    for _ in 0..<count { #expect(client.reply()?.status == 200) }
    #expect(answered == count + 1)
  }
}

@Suite struct TooLargeHeadTests {
  private let filler = "X: " + String(repeating: "x", count: 20_000)

  private func refusal(_ beginning: String) -> RequestRefusal? {
    var reader = RequestReader()
    Array((beginning + filler).utf8).withUnsafeBytes { reader.append($0) }
    guard case .refused(let refusal) = reader.next() else { return nil }
    return refusal
  }

  @Test(arguments: [
    "GET  / HTTP/1.1\r\n", "GET / HTTP/9\r\n", "GET / HTTP/1.1\r\nBad Header: x\r\n", "GET / HTTP/1.1\r\nHost : a\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n",
    "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", "GET /../ HTTP/1.1\r\nHost: a\r\n",
    "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n",
  ])
  func `what is malformed is called so, however large the rest is`(_ beginning: String) {
    #expect(refusal(beginning) == .malformed)
  }

  @Test(arguments: [
    "", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.0\r\n", "GET / HTTP/1.1\r\nA: b\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\n",
  ])
  func `what is not is too large`(_ beginning: String) {
    #expect(refusal(beginning) == .headersTooLarge)
  }
}
