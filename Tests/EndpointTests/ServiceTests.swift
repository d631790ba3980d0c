import Model
import Testing

@testable import Endpoint

/// Several profiles, probes and the limit of failed authentications.
@Suite struct ServiceTests {
  let clocks = ManualClocks()
  let table: ProfileTable
  let boards = [CredentialBoard(.fresh(credentials)), CredentialBoard()]
  let tokens = [Secret(String(repeating: "a", count: 43)), Secret(String(repeating: "b", count: 43))]
  let now = WallTime(seconds: 1_800_000_000)

  init() {
    table = ProfileTable([
      .init(name: "a", token: tokens[0], board: boards[0]), .init(name: "b", token: tokens[1], board: boards[1]),
    ])
  }

  private func status(_ path: String, _ token: Secret?, _ router: Router? = nil) -> Int {
    var headers = [RequestHead.Header(name: slice("host"), value: slice("localhost"))]
    if let token { headers.append(.init(name: slice("authorization"), value: token.exposedBytes()[...])) }
    let head = RequestHead(
      method: slice("GET"), path: slice(path), headers: headers, bodyLength: 0, isPersistent: true)
    let standard = Router(policy: RequestPolicy(port: 1), access: .profiles(table))
    return (router ?? standard).response(to: head, now: now).status.rawValue
  }

  @Test func eachTokenOpensItsOwnProfile() {
    #expect(status("/credentials", tokens[0]) == 200)
    #expect(status("/credentials/a", tokens[0]) == 200)
    #expect(status("/credentials/b", tokens[0]) == 401)
    #expect(status("/credentials", tokens[1]) == 503)
    #expect(status("/credentials/a", tokens[1]) == 401)
    #expect(status("/credentials/c", tokens[0]) == 404)
    #expect(status("/credentials/", tokens[0]) == 404)
    #expect(status("/credentials/a/", tokens[0]) == 404)
    #expect(status("/credentialsa", tokens[0]) == 404)
    #expect(status("/credentials", nil) == 401)
  }

  @Test func aReplacedTableCountsAtOnce() {
    table.entries = [.init(name: "c", token: tokens[0], board: boards[0])]
    #expect(status("/credentials/c", tokens[0]) == 200)
    #expect(status("/credentials/a", tokens[0]) == 404)
    #expect(status("/credentials", tokens[1]) == 401)
  }

  @Test func limitsFailedAuthenticationsAndNothingElse() {
    let count = FailedAuthentications()
    func router(_ address: String) -> Router {
      Router(policy: RequestPolicy(port: 1), access: .profiles(table), failures: (count, address, clocks))
    }
    let statuses = (0..<12).map { _ in status("/credentials", Secret("x"), router("127.0.0.1")) }
    #expect(statuses == Array(repeating: 401, count: 10) + [429, 429])
    #expect(status("/credentials", tokens[0], router("127.0.0.1")) == 200)
    #expect(status("/credentials", Secret("x"), router("127.0.0.2")) == 429, "one machine has all of 127.0.0.0/8")
    #expect(status("/credentials", Secret("x"), router("::1")) == 401)
    clocks.advance(by: 1)
    #expect(status("/credentials", Secret("x"), router("127.0.0.1")) == 401)
  }

  @Test func probesNeedNoTokenAndSayNoMessage() {
    boards[1].current = .unavailable(.loginRequired, message: "the private part", retryAfter: 5)
    let probes = Probes(table: table, requests: RequestCount(), version: "1")
    func answer(_ path: String) -> Response? { probes.probe(slice(path))?.response(now: now) }
    #expect(answer("/healthz")?.status == .ok)
    #expect(answer("/readyz")?.status == .unavailable)
    #expect(answer("/readyz/a")?.status == .ok)
    #expect(answer("/readyz/b")?.status == .unavailable)
    #expect(answer("/readyz/c")?.status == .notFound)
    #expect(answer("/credentials") == nil)
    let text = ["/readyz", "/readyz/b", "/metrics"].compactMap { answer($0) }.map {
      String(decoding: $0.body, as: UTF8.self)
    }
    for text in text { #expect(!text.contains("private") && !text.contains("ASIA")) }
    #expect(text[0].contains("\"code\":\"LoginRequired\""))
  }
}
