import Formats
import Model
import OIDC
import Testing

@testable import Broker

/// Metadata and keys that are asked for again and again in one run.
@Suite struct PublicDocumentsTests {
  let issuer = ByteText("https://op.example")
  let url = "https://op.example/keys"
  let documents = PublicDocuments()

  private func time(_ seconds: Int64) -> BootTime { BootTime(nanoseconds: (1_000_000 + seconds) * 1_000_000_000) }

  private func keep(
    _ control: String, _ tag: String? = nil, status: Int = 200, _ body: String = "{}", at second: Int64 = 0
  ) -> HTTPResponse {
    let headers = [("cache-control", control)] + (tag.map { [("etag", $0)] } ?? [])
    let response = HTTPResponse(
      status: status, headers: headers.map { (name: $0.0, value: $0.1) }, body: Array(body.utf8))
    return documents.taken(response, url, of: issuer, at: time(second))
  }

  private func isFresh(at second: Int64) -> Bool { documents.fresh(url, of: issuer, at: time(second)) != nil }

  private var conditions: [String] {
    documents.conditional(HTTPRequest(.get, url), of: issuer).headers.map { $0.value.exposedText() }
  }

  @Test func `they are used for as long as their server says`() {
    _ = keep("max-age=600")
    #expect(isFresh(at: 0) && isFresh(at: 599))
    #expect(!isFresh(at: 600))
    #expect(!isFresh(at: -1), "a clock of another boot")
  }

  @Test func `never for more than an hour`() {
    _ = keep("max-age=31536000")
    #expect(isFresh(at: 3599) && !isFresh(at: 3600))
  }

  @Test func `then the server is asked whether they have changed`() {
    _ = keep("max-age=600", "\"1\"", "old")
    #expect(conditions == ["\"1\""])
    let unchanged = keep("max-age=60", status: 304, "", at: 700)
    #expect(unchanged.status == 200 && unchanged.body == Array("old".utf8))
    #expect(isFresh(at: 759) && !isFresh(at: 760))
    #expect(conditions == ["\"1\""], "a 304 need not say it again")
    #expect(keep("max-age=60", "\"2\"", "new", at: 800).body == Array("new".utf8))
    #expect(conditions == ["\"2\""])
  }

  @Test func `what may not be kept, failed or was forgotten is asked for`() {
    for control in ["no-store", "no-cache", ""] {
      _ = keep(control)
      #expect(!isFresh(at: 0) && conditions == [])
    }
    _ = keep("max-age=600", "\"1\"")
    #expect(keep("max-age=600", "\"1\"", status: 503).status == 503)
    #expect(!isFresh(at: 0) && conditions == [])
    #expect(keep("", status: 304).status == 304, "of nothing that was kept")
    _ = keep("max-age=600", "\"1\"")
    documents.forget(url, of: issuer)
    #expect(!isFresh(at: 0) && conditions == [])
  }

  @Test func `each issuer and each address has its own`() {
    _ = keep("max-age=600", "\"1\"")
    #expect(documents.fresh(url, of: "https://other.example", at: time(1)) == nil)
    #expect(documents.fresh(url + "2", of: issuer, at: time(1)) == nil)
  }

  @Test func `memory is bounded`() {
    for number in 0..<2000 {
      let response = HTTPResponse(status: 200, headers: [(name: "cache-control", value: "max-age=600")])
      _ = documents.taken(response, "\(url)\(number)", of: issuer, at: time(0))
    }
    let kept = (0..<2000).count { documents.fresh("\(url)\($0)", of: issuer, at: time(0)) != nil }
    #expect((1...256).contains(kept))
  }

  // MARK: Refreshes

  private func refreshed(_ world: World, _ surroundings: Surroundings) throws -> Identity {
    try CredentialBroker(surroundings, profile: world.profile()).token(
      minimumTTL: 86_400, until: world.clocks.boot() + .seconds(25))
  }

  @Test func `refreshes of one run fetch them once, those of two runs twice`() throws {
    let world = try World()
    world.provider.set { $0.documentHeaders = [(name: "cache-control", value: "max-age=3600")] }
    try world.login()
    let surroundings = world.surroundings()
    world.provider.resetCounts()
    for _ in 0..<3 { _ = try refreshed(world, surroundings) }
    #expect(world.provider.counts.refreshes == 3)
    #expect(world.provider.counts.keys == 1)
    #expect(world.provider.counts.all == 5, "metadata and keys once, and a token each time")
    _ = try refreshed(world, world.surroundings())
    #expect(world.provider.counts.keys == 2)
  }

  @Test(arguments: ["k2", "k1"])
  func `a rotated key is found, also under its old name`(_ kid: String) throws {
    let world = try World()
    world.provider.set { $0.documentHeaders = [(name: "cache-control", value: "max-age=3600")] }
    try world.login()
    let surroundings = world.surroundings()
    _ = try refreshed(world, surroundings)
    let signer = Signer(kid: kid, seed: 2)
    world.provider.set {
      $0.signer = signer
      $0.published = [signer]
    }
    world.provider.resetCounts()
    for _ in 0..<2 { _ = try refreshed(world, surroundings) }
    #expect(world.provider.counts.keys == 1)
  }

  @Test func `a token that is signed by nobody costs one more request and is not believed`() throws {
    let world = try World()
    world.provider.set { $0.documentHeaders = [(name: "cache-control", value: "max-age=3600")] }
    try world.login()
    let surroundings = world.surroundings()
    let before = try refreshed(world, surroundings)
    world.provider.set { $0.signer = Signer(kid: "k1", seed: 3) }
    world.provider.resetCounts()
    #expect(try refreshed(world, surroundings).token == before.token, "the one there was is still valid")
    #expect(world.provider.counts.keys == 1)
  }
}
