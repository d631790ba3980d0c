import Crypto
import Glibc
import Model
import STS
import Testing

@testable import Broker

/// `duration = "max"`: what a role was found to grant belongs to the role.
@Suite struct LongestDurationTests {
  private let world: World

  init() throws {
    world = try World()
    world.provider.set { $0.longestDuration = 14_400 }
  }

  /// A job of its own each time: another token, so nothing that was bought before is found.
  private func asked(_ change: (inout Profile) -> Void = { _ in }) throws -> [String] {
    world.setFile("/token", world.provider.issue("robot"))
    let before = world.provider.requestedDurations.count
    _ = try world.lease(
      world.job {
        $0.duration = .maximum
        change(&$0)
      })
    return Array(world.provider.requestedDurations[before...])
  }

  private static let ladder = ["43200", "28800", "14400"]
  private var file: String { world.files("duration-").first ?? "" }

  @Test func `max finds the longest duration that the role grants, and remembers it`() throws {
    let profile = world.profile { $0.duration = .maximum }
    try world.login(profile)
    #expect(world.provider.requestedDurations == Self.ladder)
    _ = try world.lease(profile, .anew)
    #expect(world.provider.requestedDurations == Self.ladder + ["14400"])
  }

  @Test func `it belongs to the role: whatever else is bought begins with it`() throws {
    #expect(try asked() == Self.ladder)
    #expect(try asked() == ["14400"])
    #expect(try asked { $0.policyARNs = ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } == ["14400"])
    #expect(try asked { $0.region = "eu-west-1" } == ["14400"])
    let person = world.profile { $0.duration = .maximum }
    try world.login(person)
    #expect(world.provider.requestedDurations.last == "14400" && world.provider.counts.exchanges == 7)
    #expect(try asked { $0.roleARN = "arn:aws:iam::111122223333:role/ops" } == Self.ladder)
    // Who says how long is not concerned.
    #expect(try asked { $0.duration = .seconds(7200) } == ["7200"])
    #expect(world.files("duration-").count == 2)
  }

  @Test func `what a command's token buys is not kept, what the role grants is`() throws {
    let token = world.provider.issue("robot")
    world.programs.set { _ in .success(token) }
    let minted: (inout Profile) -> Void = {
      $0.tokenFile = nil
      $0.tokenCommand = ["mint"]
    }
    #expect(try asked(minted) == Self.ladder)
    #expect(world.files("credentials-").isEmpty)
    #expect(try asked(minted) == ["14400"])
  }

  @Test func `AWS's endpoints share it, every other server has its own`() throws {
    let role = try RoleARN.parse(World.role)
    func name(_ region: String?, _ override: String? = nil) throws -> String {
      LongestDuration.name(role, try STSEndpoint.choose(role: role, region: region, override: override), OpenSSL())
    }
    #expect(try name(nil) == name("eu-west-1"))
    #expect(try name("eu-west-1", "https://one.example/") == name("eu-west-2", "https://one.example/"))
    #expect(try name(nil) != name(nil, "https://one.example/"))
    #expect(try name(nil, "https://other.example/") != name(nil, "https://one.example/"))
  }

  @Test func `a role that was lowered is found out step by step, once`() throws {
    _ = try asked()
    world.provider.set { $0.longestDuration = 3600 }
    #expect(try asked() == ["14400", "7200", "3600"])
    #expect(try asked() == ["3600"])
  }

  @Test func `a role that was raised is found out after a day`() throws {
    _ = try asked()
    world.provider.set { $0.longestDuration = 43_200 }
    world.clocks.advance(seconds: 86_399)
    #expect(try asked() == ["14400"])
    world.clocks.advance(seconds: 1)
    #expect(try asked() == ["43200"])
    // There is no more to be found.
    #expect(world.files("duration-").isEmpty)
    #expect(try asked() == ["43200"])
  }

  @Test func `one that was not raised is asked for more once a day`() throws {
    _ = try asked()
    world.clocks.advance(seconds: 86_400)
    #expect(try asked() == Self.ladder)
    #expect(try asked() == ["14400"])
  }

  @Test func `a clock that was set back does not make it last`() throws {
    _ = try asked()
    world.clocks.step(-10)
    #expect(try asked() == Self.ladder)
  }

  @Test(arguments: ["", "{}", #"{"granted":14400}"#, #"{"granted":5,"refused_at":1800000000}"#, "\u{0}"])
  func `a damaged file is said once and counts as absent`(_ content: String) throws {
    _ = try asked()
    try world.overwrite(file, Array(content.utf8))
    #expect(try asked() == Self.ladder)
    #expect(world.lines.warnings == ["\(world.directory)/\(file) is damaged and not used"])
    #expect(try asked() == ["14400"])
  }

  @Test func `a file that is open to others counts as absent, is said once and left alone`() throws {
    _ = try asked()
    let path = "\(world.directory)/\(file)"
    chmod(path, 0o644)
    #expect(failure { try Logout.forgetCredentials(world.surroundings(), like: world.job()) } == nil)
    #expect(world.files("duration-").count == 1)
    #expect(world.lines.warnings == ["\(path) is not read: it is open to others (mode 0644)"])
    #expect(try asked() == Self.ladder)
  }

  @Test func `where nothing can be written it is remembered for the run`() throws {
    world.disk.fail(.unwritable)
    defer { world.disk.fail(nil) }
    world.setFile("/token", world.provider.issue("robot"))
    let broker = CredentialBroker(world.surroundings(), profile: world.job { $0.duration = .maximum })
    for _ in 1...2 { _ = try broker.lease(.anew, until: world.clocks.boot() + .seconds(25)) }
    #expect(world.provider.requestedDurations == Self.ladder + ["14400"])
    #expect(world.files("duration-").isEmpty)
    #expect(try asked() == Self.ladder)
  }

  @Test func `a try whose result nobody keeps leaves nothing`() throws {
    world.setFile("/token", world.provider.issue("robot"))
    let profile = world.job { $0.duration = .maximum }
    let surroundings = world.surroundings()
    let renewal = try Renewal(
      surroundings, profile, try IdentitySource.select(profile, surroundings),
      until: world.clocks.boot() + .seconds(25))
    _ = try renewal.tried()
    #expect(world.files("duration-").isEmpty)
  }

  @Test func `logout --all forgets it`() throws {
    _ = try asked()
    _ = try Logout.forgetCredentials(world.surroundings(), like: world.job())
    #expect(world.files("duration-").isEmpty)
  }
}
