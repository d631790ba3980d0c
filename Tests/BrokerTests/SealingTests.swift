import Crypto
import Host
import Model
import OIDC
import Testing

@testable import Broker

@Suite struct SealingTests {
  private static let credentialKey = Array(repeating: UInt8(7), count: 32)

  private func place(_ world: World, _ profile: Profile? = nil) throws -> SealingPlace? {
    try world.status(profile).key
  }

  // MARK: Which key

  @Test func `auto prefers the service manager's key, then the keyring, then a file`() throws {
    let auto = { (world: World) in world.profile { $0.store = .auto } }
    let keyring = try World()
    try keyring.login(auto(keyring))
    #expect(try place(keyring) == .keyring)

    let file = try World()
    file.keyRing.isLasting = false
    try file.login(auto(file))
    #expect(try place(file) == .file)

    let credential = try World()
    credential.setVariable("CREDENTIALS_DIRECTORY", "/run/credentials")
    credential.setFile("/run/credentials/daypass.key", bytes: SealingTests.credentialKey)
    try credential.login(auto(credential))
    #expect(try place(credential) == .credential)
    #expect(!credential.names.contains("key"))
  }

  @Test func `auto keeps to the key that an existing session names`() throws {
    let world = try World()
    try world.login()
    #expect(try place(world) == .file)
    try world.login(world.profile { $0.store = .auto })
    #expect(try place(world) == .file)
    try world.login(
      world.profile {
        $0.store = .auto; $0.session = "second"
      })
    #expect(try place(world, world.profile { $0.session = "second" }) == .file)
  }

  @Test func `everything in one directory shares one key of the keyring`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("robot"))
    for index in 0..<5 {
      _ = try world.lease(
        world.job {
          $0.store = .auto; $0.duration = .seconds(900 + index)
        })
      try world.login(
        world.profile {
          $0.store = .keyring; $0.session = "s\(index)"
        })
    }
    #expect(world.keyRing.count == 1)
  }

  // MARK: Many in one run

  /// Buys for as many jobs in one process.
  private func buy(_ count: Int, from first: Int, _ world: World, _ surroundings: Surroundings) throws {
    for index in first..<(first + count) {
      let job = world.job {
        $0.store = .auto; $0.sessionName = "job\(index)"
      }
      _ = try CredentialBroker(surroundings, profile: job).lease(
        .atLeast(0), until: world.clocks.boot() + .seconds(25))
    }
  }

  private func keys(_ world: World) -> Set<KeyReference> {
    Set(
      world.files("credentials-").compactMap { name in
        if case .sealed(let file) = SealedFile.read(world.content(name), kind: .credentials) { file.key } else { nil }
      })
  }

  @Test(arguments: [true, false])
  func `one run chooses its key once, however much it buys`(hasKeyring: Bool) throws {
    let world = try World()
    world.keyRing.isLasting = hasKeyring
    world.setFile("/token", world.provider.issue("robot"))
    let surroundings = world.surroundings()
    try buy(1, from: 0, world, surroundings)
    #expect(world.disk.takeLists() > 0)
    try buy(20, from: 1, world, surroundings)
    #expect(world.disk.takeLists() == 0)
    #expect(keys(world).count == 1)
    #expect(world.keyRing.count == (hasKeyring ? 1 : 0))
  }

  @Test func `a login elsewhere brings its key within a minute`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("robot"))
    let surroundings = world.surroundings()
    try buy(1, from: 0, world, surroundings)
    #expect(keys(world).map(\.place) == [.keyring])
    try world.login(
      world.profile {
        $0.store = .file; $0.roleARN = nil
      })
    world.clocks.advance(ChosenKeys.lifetime)
    try buy(1, from: 1, world, surroundings)
    #expect(Set(keys(world).map(\.place)) == [.keyring, .file])
  }

  @Test func `a chosen key that is gone is not waited for`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("robot"))
    let surroundings = world.surroundings()
    try buy(1, from: 0, world, surroundings)
    world.keyRing.restart()
    try buy(1, from: 1, world, surroundings)
    #expect(world.keyRing.count == 1)
    #expect(keys(world).count == 2)
  }

  @Test func `what a restart has locked is replaced without looking through the directory for each`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("robot"))
    try buy(10, from: 0, world, world.surroundings())
    world.keyRing.restart()
    let surroundings = world.surroundings()
    try buy(1, from: 0, world, surroundings)
    _ = world.disk.takeLists()
    try buy(9, from: 1, world, surroundings)
    #expect(world.disk.takeLists() == 0)
    #expect(keys(world).count == 1)
  }

  @Test func `a refresh leaves a session under the key that opened it`() throws {
    let world = try World()
    try world.login()
    world.setVariable("CREDENTIALS_DIRECTORY", "/run/credentials")
    world.setFile("/run/credentials/daypass.key", bytes: SealingTests.credentialKey)
    world.clocks.advance(seconds: 4000)
    _ = try world.lease(world.profile { $0.store = .auto })
    #expect(try place(world) == .file)
  }

  @Test func `a broken key of the service manager is an error, never a weaker place`() throws {
    let world = try World()
    world.setVariable("CREDENTIALS_DIRECTORY", "/run/credentials")
    world.setFile("/run/credentials/daypass.key", "short")
    let broken = failure { try world.login(world.profile { $0.store = .auto }) }
    #expect(broken?.kind == .configuration)
    #expect(broken?.message.contains("/run/credentials/daypass.key") == true)
    world.setFile("/run/credentials/daypass.key", nil)
    #expect(failure { try world.login(world.profile { $0.store = .credential }) }?.kind == .configuration)
    #expect(world.provider.counts.device == 0)
  }

  @Test func `a key file that cannot be used is not replaced`() throws {
    let world = try World()
    try world.login()
    try world.overwrite("key", [1, 2, 3])
    let refused = failure { try world.login() }
    #expect(refused?.kind == .configuration)
    #expect(refused?.message.contains("\(world.directory)/key") == true)
    #expect(world.content("key") == [1, 2, 3])
  }

  // MARK: Locked

  private func expectLocked(
    _ world: World, _ reason: String, _ profile: Profile? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let name = try #require(world.files("session-").first)
    let before = world.content(name)
    let locked = failure { try world.lease(profile) }
    #expect(locked?.kind == .loginRequired, sourceLocation: sourceLocation)
    #expect(locked?.message.contains("locked") == true, sourceLocation: sourceLocation)
    #expect(locked?.message.contains(reason) == true, "\(locked?.message ?? "")", sourceLocation: sourceLocation)
    let status = try world.status(profile)
    #expect(status.state == .locked, sourceLocation: sourceLocation)
    #expect(world.content(name) == before, sourceLocation: sourceLocation)
  }

  @Test func `a session whose key is gone is locked, and a login replaces it`() throws {
    let world = try World()
    let profile = world.profile { $0.store = .keyring }
    try world.login(profile)
    world.keyRing.restart()
    try expectLocked(world, "a restart")
    try world.login(profile)
    #expect(try world.lease(profile).account == "111122223333")
  }

  @Test func `a session of another machine's keyring is locked`() throws {
    let world = try World()
    try world.login(world.profile { $0.store = .keyring })
    world.move(to: "machine-2")
    try expectLocked(world, "another machine")
  }

  @Test func `a session of another key file is locked`() throws {
    let world = try World()
    try world.login()
    try world.overwrite("key", Array(repeating: 9, count: 32))
    try expectLocked(world, "not the one that sealed it")
    try world.disk.real.remove("key")
    try expectLocked(world, "missing")
  }

  @Test func `a session of a newer version is locked`() throws {
    let world = try World()
    try world.login()
    let name = try #require(world.files("session-").first)
    try world.overwrite(name, Array("daypass session 2 something:new\n".utf8) + [1, 2, 3])
    try expectLocked(world, "a newer daypass")
    #expect(try world.logout().hadSession)
    #expect(world.files("session-") == [])
  }

  // MARK: Damaged

  @Test func `a damaged session is as if absent, with one warning, and stays`() throws {
    let world = try World()
    try world.login(world.profile { $0.roleARN = nil })
    let name = try #require(world.files("session-").first)
    var bytes = world.content(name)
    bytes[bytes.count - 1] ^= 1
    try world.overwrite(name, bytes)
    let surroundings = world.surroundings()
    for _ in 0..<3 {
      let broker = CredentialBroker(surroundings, profile: world.profile())
      #expect(
        failure { try broker.lease(.atLeast(0), until: world.clocks.boot()) }?.message.contains("no session") == true)
    }
    #expect(world.lines.warnings.count == 1)
    #expect(world.lines.warnings.first?.contains("\(world.directory)/\(name)") == true)
    #expect(world.content(name) == bytes)
  }

  @Test func `a file under another's name does not open`() throws {
    let world = try World()
    try world.login()
    _ = try world.lease(world.profile { $0.roleARN = "arn:aws:iam::111122223333:role/ops" })
    let names = world.files("credentials-")
    #expect(names.count == 2)
    let contents = names.map(world.content)
    try world.overwrite(names[0], contents[1])
    try world.overwrite(names[1], contents[0])
    world.provider.resetCounts()
    _ = try world.lease()
    #expect(world.provider.counts.exchanges == 1)
  }

  @Test(arguments: ["session-", "credentials-"])
  func `300 mutations neither crash nor are believed`(prefix: String) throws {
    let world = try World()
    let original = try #require(try world.login().lease)
    let name = try #require(world.files(prefix).first)
    let whole = world.content(name)
    var random = SplitMix(state: 42)
    for round in 0..<300 {
      let mutated = mutation(of: whole, round, &random)
      guard mutated != whole else { continue }
      try world.overwrite(name, mutated)
      if prefix == "session-" {
        let refused = failure { try world.lease() }
        #expect(refused?.kind == .loginRequired, "round \(round)")
        #expect(world.content(name) == mutated, "round \(round)")
      } else {
        let lease = try world.lease()
        #expect(lease.credentials.accessKeyID != original.credentials.accessKeyID, "round \(round)")
      }
    }
    try world.overwrite(name, whole)
    #expect(try world.lease() == original)
  }

  private func mutation(of whole: [UInt8], _ round: Int, _ random: inout SplitMix) -> [UInt8] {
    var bytes = whole
    let place = Int.random(in: 0..<bytes.count, using: &random)
    switch round % 6 {
    case 0: bytes[place] ^= UInt8.random(in: 1...255, using: &random)
    case 1: bytes.removeLast(bytes.count - place)
    case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
    case 3: bytes.remove(at: place)
    case 4: bytes.append(contentsOf: bytes.prefix(place + 1))
    default: bytes[Int.random(in: 0..<60, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
    }
    return bytes
  }

  // MARK: Secrecy

  @Test func `nothing secret can be read in the directory without the key`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("robot"))
    try world.login(world.profile { $0.store = .keyring })
    _ = try world.lease(world.job { $0.store = .keyring })
    world.clocks.advance(seconds: 4000)
    world.provider.set { $0.stsIsDown = true }
    _ = try? world.lease(world.profile { $0.store = .keyring })
    let secrets = world.provider.secrets.map { Array($0.utf8) }
    #expect(secrets.count > 8)
    #expect(world.names.count >= 4)
    for name in world.names {
      let content = world.content(name)
      for secret in secrets {
        #expect(!content.contains(secret), "\(name)")
        #expect(!content.contains(secret.prefix(40)), "\(name)")
      }
    }
  }

  @Test func `no line of the log holds a secret`() throws {
    let world = try World()
    world.setFile("/token", world.provider.issue("robot"))
    try world.login()
    for change in [
      { $0.stsError = "InvalidIdentityToken" },
      {
        $0.stsError = nil; $0.stsIsDown = true
      }, { $0.isDown = true },
      {
        $0.isDown = false; $0.stsIsDown = false; $0.losesAnswers = 2
      },
    ] as [(inout SmallProvider.Behaviour) -> Void] {
      world.provider.set(change)
      world.clocks.advance(seconds: 3700)
      world.forgetFailures()
      var failures = [failure { try world.lease() }, failure { try world.lease(world.job()) }]
      failures.append(failure { try world.token() })
      for case let problem? in failures { world.lines.log(.error, "\(problem.message) \(problem.hint ?? "")") }
    }
    _ = try world.logout()
    let lines = world.lines.all
    #expect(lines.count > 10)
    for secret in world.provider.secrets {
      #expect(!lines.contains { $0.utf8.contains(Array(secret.utf8)) })
    }
  }
}

/// The same sequence in every run.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

extension Collection where Element == UInt8 {
  /// Whether these bytes occur in a row.
  fileprivate func contains(_ other: some Collection<UInt8>) -> Bool {
    var rest = self[...]
    while rest.count >= other.count {
      if rest.starts(with: other) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
