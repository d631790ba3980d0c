import Glibc
import Host
import Model
import Testing

/// The end of a browser login, with more guests than the browser.
@Suite struct LoopbackListenerTests {
  private func soon() -> BootTime { SystemClocks().boot() + .seconds(20) }

  @Test func aRequestArrivesAndIsAnswered() throws {
    let listener = try LoopbackListener()
    let browser = try Guest(listener.port, says: "GET /callback?code=x&state=y HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    let request = try #require(try listener.next(until: soon()))
    #expect(request.target == Array("/callback?code=x&state=y".utf8))
    request.answer(status: 200, title: "Signed in", text: "You can close this page.")
    let page = browser.hears()
    #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(page.contains("<h1 style=\"font-size:1.5rem\">Signed in</h1>"))
  }

  @Test func aRequestInPiecesIsPutTogether() throws {
    let listener = try LoopbackListener()
    let browser = try Guest(listener.port, says: "GET /a HTT")
    #expect(try listener.next(until: SystemClocks().boot() + .milliseconds(20)) == nil)
    browser.says("P/1.1\r\nHost: x\r\n\r")
    #expect(try listener.next(until: SystemClocks().boot() + .milliseconds(20)) == nil)
    browser.says("\n")
    #expect(try listener.next(until: soon())?.target == Array("/a".utf8))
  }

  /// Browsers connect ahead; others may connect to keep the browser out.
  @Test func thoseWhoSayNothingKeepNobodyWaiting() throws {
    let listener = try LoopbackListener()
    let start = SystemClocks().boot()
    var silent: [Guest] = []
    for _ in 0..<100 {
      silent.append(try Guest(listener.port, says: silent.count.isMultiple(of: 2) ? "" : "GET /never HTTP/1.1\r\n"))
      _ = try listener.next(until: SystemClocks().boot() + .milliseconds(1))
    }
    let browser = try Guest(listener.port, says: "GET /callback HTTP/1.1\r\n\r\n")
    #expect(try listener.next(until: soon())?.target == Array("/callback".utf8))
    #expect(SystemClocks().boot() - start < .seconds(2))
    withExtendedLifetime((silent, browser)) {}
  }

  @Test(arguments: [
    "POST /callback HTTP/1.1\r\n\r\n", "GET /callback\r\n\r\n", "\n\n", "GET  /callback SSH-2.0\r\n\r\n",
    String(repeating: "a", count: 70_000),
  ])
  func whatIsNoRequestForAPageIsPassedOver(_ text: String) throws {
    let listener = try LoopbackListener()
    let other = try Guest(listener.port, says: text)
    let browser = try Guest(listener.port, says: "GET /callback HTTP/1.1\r\n\r\n")
    #expect(try listener.next(until: soon())?.target == Array("/callback".utf8))
    withExtendedLifetime((other, browser)) {}
  }

  @Test func nobodyCameIsNil() throws {
    #expect(try LoopbackListener().next(until: SystemClocks().boot() + .milliseconds(5)) == nil)
  }
}

/// A client of the listener.
private final class Guest {
  private let socket: Int32

  init(_ port: Int, says text: String) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(code == 0)
    says(text)
  }

  deinit { close(socket) }

  func says(_ text: String) {
    let bytes = Array(text.utf8)
    _ = send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  func hears() -> String { readAll(socket) }
}
