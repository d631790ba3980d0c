import Glibc
import Model
import Testing

@testable import Curl

/// Whom the system trusts, wherever it says so, and one file in addition.
@Suite struct AuthorityTests {
  private let files: TestAuthority
  private let system: String
  private let extra: String

  init() throws {
    _ = PlantedEnvironment.home
    files = try TestAuthority()
    system = files.write("system.pem", "-----BEGIN CERTIFICATE-----\nSYSTEM\n-----END CERTIFICATE-----\n")
    extra = files.write("extra.pem", "-----BEGIN CERTIFICATE-----\nEXTRA\n-----END CERTIFICATE-----\n")
  }

  private func authorities(
    _ extraFile: String?, own: String?, directory: String? = nil, others: [String] = []
  ) -> CertificateAuthorities {
    CertificateAuthorities(
      extraFile: extraFile, store: SystemStore(bundle: own, directory: directory), otherBundles: others)
  }

  private func text(_ extraFile: String?, own: String?, others: [String]) throws(TransportFailure) -> String? {
    try authorities(extraFile, own: own, others: others).all(for: "op.example").text
  }

  @Test func whatLibcurlFindsByItselfIsLeftToIt() throws {
    defer { files.remove() }
    #expect(try text(nil, own: system, others: [extra]) == nil)
  }

  @Test func theSystemsBundleIsFoundWhereLibcurlDoesNotLook() throws {
    defer { files.remove() }
    for own in [nil, "/nonexistent/bundle.pem"] {
      let found = try text(nil, own: own, others: ["/nonexistent/a", system, extra])
      #expect(found?.contains("SYSTEM") == true)
      #expect(found?.contains("EXTRA") == false)
    }
  }

  @Test func aFileIsAddedToTheSystemsWhereverThatIs() throws {
    defer { files.remove() }
    for (own, others) in [(system, []), ("/nonexistent/bundle.pem", [system])] {
      let found = try text(extra, own: own, others: others)
      #expect(found?.contains("SYSTEM") == true)
      #expect(found?.contains("EXTRA") == true)
    }
    #expect(try text(extra, own: nil, others: [])?.contains("EXTRA") == true)
  }

  @Test func withoutAnyNobodyIsTrusted() {
    defer { files.remove() }
    #expect(throws: CertificateAuthorities.none(for: "op.example")) {
      try text(nil, own: nil, others: ["/nonexistent/a"])
    }
  }

  // MARK: A directory to look things up in

  private func directory(_ name: String) throws -> String {
    let path = files.directory + "/" + name
    try #require(mkdir(path, 0o700) == 0)
    return path
  }

  @Test func aHashedDirectoryIsEnoughToBeginWith() throws {
    defer { files.remove() }
    let hashed = try hashedDirectory()
    let alone = try authorities(nil, own: system, directory: hashed).directoryAlone()
    #expect(alone?.directory == hashed)
    // One of the bundle's own keeps libcurl from reading all of it.
    #expect(alone?.text == "-----BEGIN CERTIFICATE-----\nSYSTEM\n-----END CERTIFICATE-----\n")
    let added = try authorities(extra, own: system, directory: hashed).directoryAlone()
    #expect(added?.directory == hashed)
    #expect(added?.text == "-----BEGIN CERTIFICATE-----\nEXTRA\n-----END CERTIFICATE-----\n")
  }

  @Test func aDirectoryInWhichNothingCanBeLookedUpIsNoBeginning() throws {
    defer { files.remove() }
    let plain = try directory("plain")
    for name in [
      "ca-certificates.crt", "Root_CA.pem", "5ad8a5d6", "5AD8A5D6.0", "5ad8a5d6.x", "5ad8a5d6.1",
      "5ad8a5d6.0.disabled",
    ] {
      _ = files.write("plain/\(name)", "")
    }
    for directory in [plain, "/nonexistent", nil] {
      #expect(try authorities(nil, own: system, directory: directory).directoryAlone() == nil)
    }
  }

  @Test func whoIsNotInTheDirectoryIsLookedForInTheBundle() throws {
    defer { files.remove() }
    let hashed = try hashedDirectory()
    let authorities = authorities(nil, own: system, directory: hashed)
    var asked: [String?] = []
    for _ in 1...2 {
      try authorities.trusting("op.example", mayLack: { asked.last == hashed }) { (trusted) throws(TransportFailure) in
        asked.append(trusted.directory)
        if trusted.directory != nil { throw .untrusted(host: "op.example", reason: "unknown") }
      }
    }
    // The second time it is known that the directory does not have this one.
    #expect(asked == [hashed, nil, nil])
    try authorities.trusting("other.example", mayLack: { true }) { (trusted) throws(TransportFailure) in
      #expect(trusted.directory == hashed)
    }
  }

  @Test func whoIsNowhereIsNotTrusted() throws {
    defer { files.remove() }
    let hashed = try hashedDirectory()
    let authorities = authorities(nil, own: system, directory: hashed)
    var count = 0
    // Nor remembered as one who is only in the bundle.
    for _ in 1...2 {
      #expect(throws: TransportFailure.untrusted(host: "op.example", reason: "unknown")) {
        try authorities.trusting("op.example", mayLack: { true }) { (_) throws(TransportFailure) in
          count += 1
          throw .untrusted(host: "op.example", reason: "unknown")
        }
      }
    }
    #expect(count == 4)
  }

  @Test func ofTwoReasonsTheSecondIsTold() throws {
    defer { files.remove() }
    let hashed = try hashedDirectory()
    var reasons = ["unknown", "expired"]
    #expect(throws: TransportFailure.untrusted(host: "op.example", reason: "expired")) {
      try authorities(nil, own: system, directory: hashed).trusting("op.example", mayLack: { true }) {
        (_) throws(TransportFailure) in
        throw .untrusted(host: "op.example", reason: reasons.removeFirst())
      }
    }
  }

  @Test func anotherFailureIsNoReasonToTryAgain() throws {
    defer { files.remove() }
    let hashed = try hashedDirectory()
    var count = 0
    #expect(throws: TransportFailure.unresolved(host: "op.example")) {
      try authorities(nil, own: system, directory: hashed).trusting("op.example", mayLack: { false }) {
        (_) throws(TransportFailure) in
        count += 1
        throw .unresolved(host: "op.example")
      }
    }
    #expect(count == 1)
  }

  /// An authority of the same name is taken for the server's until its key does not fit, which OpenSSL has other words
  /// for.
  @Test(arguments: ["Another CA", "Private CA"])
  func aServerIsTrustedByTheDirectoryOrTheBundle(_ name: String) throws {
    let server = try TLSServer(certificate: try files.certificate(for: "IP:127.0.0.1"))
    let (other, first) = (try TestAuthority(name: name), try TestAuthority(name: "First CA"))
    defer {
      server.stop()
      for each in [files, other, first] { each.remove() }
    }
    for (inBundle, inDirectory, status) in [
      (files, files, 200), (other, files, 200), (files, other, 200), (other, other, nil),
    ] {
      let directory = try hashedDirectory(with: inDirectory)
      let both = try FileContents.read(first.authorityPath) + FileContents.read(inBundle.authorityPath)
      let bundle = files.write("bundle.pem", String(decoding: both, as: UTF8.self))
      let log = CollectedLog()
      #expect((try? send("https://127.0.0.1:\(server.port)/", trusting: directory, bundle, log))?.status == status)
      #expect(log.lines.filter { $0.contains("→") }.count == (inDirectory.directory == files.directory ? 1 : 2))
      try #require(try ChildProcess(["rm", "-r", directory]).wait() == 0)
    }
  }

  /// The request may have been sent by then, and the next one need not begin with the directory.
  @Test func whatBecomesOfTheSecondAttemptIsTold() throws {
    defer { files.remove() }
    let hashed = try hashedDirectory()
    let authorities = authorities(nil, own: system, directory: hashed)
    var asked: [String?] = []
    for _ in 1...2 {
      #expect(throws: TransportFailure.broken(host: "op.example", reason: "closed")) {
        try authorities.trusting("op.example", mayLack: { asked.last == hashed }) {
          (trusted) throws(TransportFailure) in
          asked.append(trusted.directory)
          if trusted.directory != nil { throw .untrusted(host: "op.example", reason: "unknown") }
          throw .broken(host: "op.example", reason: "closed")
        }
      }
    }
    #expect(asked == [hashed, nil, nil])
  }

  @Test func withoutABundleTheDirectoryIsNoBeginning() throws {
    defer { files.remove() }
    let hashed = try hashedDirectory()
    let empty = files.write("empty.pem", "# nobody\n")
    for own in [nil, "/nonexistent/bundle.pem", empty] {
      #expect(try authorities(nil, own: own, directory: hashed).directoryAlone() == nil)
    }
  }

  /// It was not for want of an authority. After the delay there is something unread, and the connection is reset.
  @Test(arguments: [0, 200_000] as [UInt32])
  func aHandshakeThatIsCutOffIsNotTriedAgain(after delay: UInt32) throws {
    let server = try RawServer { _ in usleep(delay) }
    defer {
      server.stop()
      files.remove()
    }
    let log = CollectedLog()
    let hashed = try hashedDirectory(with: files)
    let failure = #expect(throws: TransportFailure.self) {
      try send("https://127.0.0.1:\(server.port)/", trusting: hashed, files.authorityPath, log)
    }
    guard case .broken = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(log.lines.filter { $0.contains("→") }.count == 1)
  }

  /// For whoever only looks at names.
  private func hashedDirectory() throws -> String {
    let directory = try directory("hashed")
    _ = files.write("hashed/5ad8a5d6.0", "")
    return directory
  }

  private func hashedDirectory(with authority: TestAuthority) throws -> String {
    let directory = try directory("hashed")
    try #require(try ChildProcess(["cp", authority.authorityPath, directory]).wait() == 0)
    try #require(try ChildProcess(["openssl", "rehash", directory]).wait() == 0)
    return directory
  }

  private func send(
    _ url: String, trusting directory: String, _ bundle: String, _ log: CollectedLog
  ) throws -> HTTPResponse {
    try CurlTransport(
      authorities: authorities(nil, own: nil, directory: directory, others: [bundle]), proxies: .none,
      interruption: Interruption(descriptor: -1, pendingSignal: { nil }), trace: log, userAgent: "daypass/test",
      errand: Errand({})
    ).send(HTTPRequest(.get, url))
  }
}

extension TrustedCertificates {
  fileprivate var text: String? { certificates.map { String(decoding: $0.storage, as: UTF8.self) } }
}
