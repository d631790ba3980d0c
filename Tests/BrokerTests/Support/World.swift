import Crypto
import Formats
import Glibc
import Host
import Model
import OIDC
import Synchronization
import Testing

@testable import Broker

/// One machine with one provider, and a state directory of its own that goes with it.
final class World: Sendable {
  static let role = "arn:aws:iam::111122223333:role/dev"

  let directory: String
  let clocks = ManualClocks()
  let provider: SmallProvider
  let keyRing = MemoryKeyRing()
  let lines = Lines()
  let programs = PrintingPrograms()
  let disk: Disk
  private let files = Mutex<[String: [UInt8]]>([:])
  private let environment = Mutex<[String: String]>([:])
  private let machine = Mutex("machine-1")
  private let boot = Mutex<String?>("boot-1")

  init() throws {
    var template = Array("/tmp/daypass-broker-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    directory = try #require(made)
    provider = SmallProvider(clocks, OpenSSL())
    disk = Disk(directory, clocks)
  }

  deinit {
    for name in names { unlink("\(directory)/\(name)") }
    rmdir(directory)
  }

  func setFile(_ path: String, _ text: String?) { files.withLock { $0[path] = text.map { Array($0.utf8) } } }
  func setFile(_ path: String, bytes: [UInt8]) { files.withLock { $0[path] = bytes } }
  func setVariable(_ name: String, _ value: String?) { environment.withLock { $0[name] = value } }
  func move(to machine: String) { self.machine.withLock { $0 = machine } }

  /// Whether anything tells one boot of the machine from another.
  var knowsBoot: Bool {
    get { boot.withLock { $0 != nil } }
    set { boot.withLock { $0 = newValue ? "boot-1" : nil } }
  }

  /// A new process on that machine.
  func surroundings(state hasState: Bool = true) -> Surroundings {
    Surroundings(
      transport: provider, clocks: clocks, cryptography: OpenSSL(), state: hasState ? disk : nil, keyRing: keyRing,
      diagnostics: lines, environment: environment.withLock { $0 }, machineID: machine.withLock { $0 },
      bootID: boot.withLock { $0 }, programs: programs,
      pathExists: { [self] path in files.withLock { $0[path] != nil } },
      readFile: { [self] (path, limit) throws(InputFailure) in
        guard let content = files.withLock({ $0[path] }) else {
          throw InputFailure(.absent, reason: "there is no such file")
        }
        guard content.count <= limit else { throw InputFailure(.tooLarge, reason: "it is larger than \(limit) bytes") }
        return Secret(content)
      },
      readInput: { [self] (limit) throws(InputFailure) in
        guard let content = files.withLock({ $0["-"] }) else { throw InputFailure(reason: "it is a terminal") }
        return Secret(content)
      })
  }

  /// A person's profile.
  func profile(_ change: (inout Profile) -> Void = { _ in }) -> Profile {
    var profile = Profile(name: "default")
    profile.issuer = ByteText(SmallProvider.issuer)
    profile.clientID = "daypass"
    profile.roleARN = World.role
    profile.stsEndpoint = try? .parse(SmallProvider.sts)
    profile.store = .file
    change(&profile)
    return profile
  }

  /// A job's profile, whose token is in a file.
  func job(_ path: String = "/token", _ change: (inout Profile) -> Void = { _ in }) -> Profile {
    var profile = Profile(name: "job")
    profile.tokenFile = path
    profile.roleARN = World.role
    profile.stsEndpoint = try? .parse(SmallProvider.sts)
    profile.store = .file
    change(&profile)
    return profile
  }

  @discardableResult
  func login(_ profile: Profile? = nil) throws -> LoginFlow.Outcome {
    try LoginFlow(surroundings(), profile: profile ?? self.profile(), presenter: Audience()) {
      () throws(CallbackFailure) in throw .unbound(reason: "no browser here")
    }.run()
  }

  func lease(
    _ profile: Profile? = nil, _ demand: CredentialBroker.Demand = .atLeast(0), state hasState: Bool = true
  ) throws(Failure) -> Lease {
    try CredentialBroker(surroundings(state: hasState), profile: profile ?? self.profile()).lease(
      demand, until: clocks.boot() + .seconds(25))
  }

  func token(_ profile: Profile? = nil, _ minimumTTL: Int64 = 60) throws(Failure) -> Identity {
    try CredentialBroker(surroundings(), profile: profile ?? self.profile()).token(
      minimumTTL: minimumTTL, until: clocks.boot() + .seconds(25))
  }

  func status(_ profile: Profile? = nil) throws -> ProfileStatus {
    try CredentialBroker(surroundings(), profile: profile ?? self.profile()).status()
  }

  func logout(_ profile: Profile? = nil) throws -> Logout.Outcome {
    try Logout(surroundings(), profile: profile ?? self.profile()).run()
  }

  func record(_ profile: Profile? = nil) throws -> SessionRecord {
    try SessionKeeper(surroundings(), profile: profile ?? self.profile()).current().record
  }

  /// Removes what keeps others from trying again.
  func forgetFailures() { for name in names where name.hasSuffix(".failed") { unlink("\(directory)/\(name)") } }

  // MARK: The directory

  var names: [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Data whose name begins so.
  func files(_ prefix: String) -> [String] { names.filter { $0.hasPrefix(prefix) && !$0.hasSuffix(".lock") } }

  func content(_ name: String) -> [UInt8] {
    if case .present(let bytes)? = try? disk.real.read(name) { bytes } else { [] }
  }

  func overwrite(_ name: String, _ bytes: [UInt8]) throws { try disk.real.write(bytes, to: name) }
}

/// Sees the events of a login.
final class Audience: LoginPresenter {
  var events: [String] = []

  func present(_ event: LoginEvent) {
    switch event {
    case .code(let code): events.append("code \(code.userCode) \(code.verificationURI)")
    case .browser: events.append("browser")
    case .joined(let login): events.append("joined \(login.processID ?? 0)")
    case .ownTurn: events.append("ownTurn")
    case .pending: events.append("pending")
    case .slowDown: events.append("slowDown")
    case .retrying: events.append("retrying")
    case .authorized(let identity): events.append("authorized \(identity.subject)")
    case .credentials(let lease): events.append("credentials \(lease.account ?? "")")
    }
  }
  func waiting(_ left: Duration) {}
}

/// What a call fails with.
func failure<Value>(_ body: () throws -> Value) -> Failure? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? Failure
  }
}
