import Testing

@testable import Endpoint

@Suite struct RequestReaderTests {
  private func steps(_ text: String) -> [RequestReader.Step] { steps(bytes(text)) }

  private func steps(_ bytes: [UInt8]) -> [RequestReader.Step] {
    var reader = RequestReader()
    reader.append(bytes)
    var steps: [RequestReader.Step] = []
    while true {
      let step = reader.next()
      steps.append(step)
      guard case .request = step else { return steps }
    }
  }

  private func parsed(_ text: String) -> RequestHead? {
    if case .request(let head) = steps(text).first { head } else { nil }
  }

  @Test func readsARequest() throws {
    let head = try #require(
      parsed("GET /credentials?x=%2E%2E/.. HTTP/1.1\r\nHost: localhost:80\r\nAccept:\t a, b \r\nX:\r\n\r\n"))
    #expect(head.method == slice("GET"))
    #expect(head.path == slice("/credentials"))
    #expect(head.onlyValue("host") == slice("localhost:80"))
    #expect(head.onlyValue("accept") == slice("a, b"))
    #expect(head.onlyValue("x") == [])
    #expect(head.bodyLength == 0)
    #expect(head.isPersistent)
  }

  @Test func connectionsEndWhereTheClientSaysSo() throws {
    #expect(try #require(parsed("GET / HTTP/1.0\r\n\r\n")).isPersistent == false)
    #expect(try #require(parsed("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n")).isPersistent == false)
    #expect(try #require(parsed("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")).isPersistent)
  }

  @Test func absoluteTargetsMustNameTheSameHost() throws {
    #expect(try #require(parsed("GET http://a:1/p HTTP/1.1\r\nHost: a:1\r\n\r\n")).path == slice("/p"))
    #expect(steps("GET http://b:1/p HTTP/1.1\r\nHost: a:1\r\n\r\n") == [.refused(.malformed)])
    #expect(steps("GET http://a:1/p HTTP/1.0\r\n\r\n") == [.refused(.malformed)])
    #expect(steps("GET https://a:1/p HTTP/1.1\r\nHost: a:1\r\n\r\n") == [.refused(.malformed)])
  }

  @Test func onlyOneEmptyLineIsSkippedHoweverTheBytesArrive() {
    let bytes = Array("\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    for pieces in [[bytes], bytes.map { [$0] }] {
      var reader = RequestReader()
      var last = RequestReader.Step.needsMore
      for piece in pieces where last == .needsMore {
        piece.withUnsafeBytes { reader.append($0) }
        last = reader.next()
      }
      #expect(last == .refused(.malformed))
    }
  }

  @Test func anEmptyLineBeforeARequestIsSkipped() {
    #expect(parsed("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n") != nil)
  }

  @Test(arguments: [
    "\r\n\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
    "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    " GET / HTTP/1.1\r\nHost: a\r\n\r\n", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "GET / http/1.1\r\nHost: a\r\n\r\n", "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET a HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /# HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /\u{E9} HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\t HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\tfolded\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nnocolon\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX\u{7F}: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: \u{1}\r\n\r\n",
    "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\rHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1,1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n",
    "GET /.. HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a/../credentials HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /./credentials HTTP/1.1\r\nHost: a\r\n\r\n", "GET /%2e%2E/credentials HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /.%2e/credentials HTTP/1.1\r\nHost: a\r\n\r\n", "GET /%2E HTTP/1.1\r\nHost: a\r\n\r\n",
  ])
  func refusesWhatIsMalformed(_ text: String) {
    #expect(steps(text) == [.refused(.malformed)])
  }

  @Test func refusesBareLineEndsBeforeTheHeadIsComplete() {
    #expect(steps("GET / HTTP/1.1\n") == [.refused(.malformed)])
    #expect(steps("\n") == [.refused(.malformed)])
  }

  @Test func headsAreLimited() {
    let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
    let full = start + String(repeating: "x", count: RequestReader.limit - start.utf8.count - 4) + "\r\n\r\n"
    #expect(full.utf8.count == RequestReader.limit)
    #expect(parsed(full) != nil)
    #expect(steps(start + "x" + full.dropFirst(start.count)) == [.refused(.headersTooLarge)])
    #expect(steps(String(repeating: "x", count: 1 << 20)) == [.refused(.headersTooLarge)])
    let many = "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: RequestHead.headerLimit - 1)
    #expect(parsed(many + "\r\n") != nil)
    #expect(steps(many + "X: y\r\n\r\n") == [.refused(.headersTooLarge)])
  }

  @Test func whatIsMalformedAndTooLargeIsMalformed() {
    let headers = String(repeating: "X: y\r\n", count: RequestHead.headerLimit)
    let length = "Content-Length: 65537\r\n"
    for broken in [
      "GET / HTTP/1.1\r\nHost: a\r\n\(headers)X : y\r\n\r\n", "GET a HTTP/1.1\r\nHost: a\r\n\(headers)\r\n",
      "GET a HTTP/1.1\r\nHost: a\r\n\(length)\r\n", "GET / HTTP/1.1\r\n\(length)\(headers)\r\n",
    ] { #expect(steps(broken) == [.refused(.malformed)]) }
    #expect(steps("GET / HTTP/1.1\r\nHost: a\r\n\(length)\(headers)\r\n") == [.refused(.headersTooLarge)])
  }

  @Test func bodiesAreSkippedUpToTheirLimit() throws {
    let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
    for length in ["0", "5", "00005", "65536"] {
      let count = try #require(Int(length))
      let request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n"
      let found = steps(request + String(repeating: "\n", count: count) + next)
      try #require(found.count == 3)
      guard case .request(let second) = found[1] else { return #expect(Bool(false)) }
      #expect(second.path == slice("/next"))
    }
    for length in ["65537", "100000", "99999999999999999999999999"] {
      #expect(
        steps("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n") == [.refused(.bodyTooLarge)])
    }
  }

  @Test func aHeadKeepsItsBytesWhileMoreArrive() throws {
    var reader = RequestReader()
    reader.append(bytes("GET /first HTTP/1.1\r\nHost: a\r\n\r\nGET /sec"))
    guard case .request(let first) = reader.next() else { return #expect(Bool(false)) }
    #expect(reader.next() == .needsMore)
    reader.append(bytes("ond HTTP/1.1\r\nhOsT: b\r\n\r\n"))
    guard case .request(let second) = reader.next() else { return #expect(Bool(false)) }
    #expect(first.path == slice("/first") && first.onlyValue("host") == slice("a"))
    #expect(second.path == slice("/second") && second.onlyValue("host") == slice("b"))
    #expect(!reader.isInside)
  }

  @Test func headersAreFoundHoweverTheirNamesAreWritten() throws {
    let head = try #require(parsed("GET / HTTP/1.1\r\nHOST: a\r\nx-Y: 1\r\nX-y: 2\r\n\r\n"))
    #expect(head.onlyValue("host") == slice("a"))
    #expect(head.value("x-y")?.first == slice("1"))
    #expect(head.value("x-y")?.isOnly == false && head.onlyValue("x-y") == nil)
    #expect(head.value("x") == nil)
  }

  @Test func itDoesNotMatterHowTheBytesArrive() {
    let text = bytes(
      "\r\nPOST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        + "GET /b HTTP/1.1\r\nHost: a\r\n\r\nGET /c HTTP/1.1\r\n"
    )
    let whole = steps(text)
    #expect(whole.count == 3)
    for size in 1...text.count {
      var reader = RequestReader()
      var found: [RequestReader.Step] = []
      var rest = text[...]
      while !rest.isEmpty {
        reader.append(rest.prefix(size))
        rest = rest.dropFirst(size)
        while case .request(let head) = reader.next() { found.append(.request(head)) }
      }
      #expect(found + [.needsMore] == whole, "\(size) bytes at a time")
      #expect(reader.isInside)
    }
  }

  @Test func brokenRequestsReadTheSameInOnePieceAndInTwo() {
    let seed = bytes(
      "GET http://a/%2e/x HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nConnection: close\r\n\r\nGET / HTTP/1.0\r\n\r\n")
    for _ in 0..<3000 {
      var text = seed
      for _ in 0..<Int.random(in: 1...4) {
        let index = Int.random(in: text.indices)
        if Bool.random() { text[index] = .random(in: 0...255) } else { text.remove(at: index) }
      }
      var reader = RequestReader()
      var found: [RequestReader.Step] = []
      let cut = Int.random(in: 0...text.count)
      for part in [text[..<cut], text[cut...]] {
        if case .refused = found.last { break }
        if case .needsMore = found.last { found.removeLast() }
        reader.append(part)
        repeat { found.append(reader.next()) } while found.last?.isRequest == true
      }
      #expect(found == steps(text), "\(text) cut at \(cut)")
    }
  }
}

extension RequestReader.Step {
  fileprivate var isRequest: Bool {
    if case .request = self { true } else { false }
  }
}
