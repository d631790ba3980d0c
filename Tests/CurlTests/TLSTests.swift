import Curl
import Glibc
import Model
import Testing

/// Against `openssl s_server`, with certificates made for each test.
@Suite struct TLSTests {
  @Test func privateAuthorityIsRefusedUntilItIsNamed() throws {
    let files = try TestAuthority()
    let server = try TLSServer(certificate: try files.certificate(for: "IP:127.0.0.1"))
    defer {
      server.stop()
      files.remove()
    }
    let request = HTTPRequest(.get, "https://127.0.0.1:\(server.port)/")
    guard case .untrusted("127.0.0.1", let reason) = failure(request) else {
      Issue.record("not refused as untrusted")
      return
    }
    #expect(reason.contains("unable to get local issuer certificate"))
    #expect(try makeTransport(caFile: files.authorityPath).send(request).status == 200)
    // Neither the environment nor its own default made libcurl write the session's secrets.
    #expect(getenv("SSLKEYLOGFILE") == nil)
    #expect(access(PlantedEnvironment.home + "/keys.log", F_OK) != 0)
  }

  @Test func certificateForAnotherHostIsRefused() throws {
    let reason = try refusal(names: "DNS:other.example")
    #expect(reason.contains("does not match") || reason.contains("no alternative certificate subject name matches"))
  }

  @Test func expiredCertificateIsRefused() throws {
    #expect(try refusal(names: "IP:127.0.0.1", end: "20200101000000Z").contains("expired"))
  }

  @Test func olderTLSIsRefused() throws {
    let reason = try refusal(names: "IP:127.0.0.1", arguments: ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
    #expect(reason.contains("protocol"))
  }

  @Test func authorityFilesThatCannotBeUsedAreNamed() throws {
    let files = try TestAuthority()
    defer { files.remove() }
    let request = HTTPRequest(.get, "https://127.0.0.1:9/")
    for (path, reason) in [
      ("/nonexistent/ca.pem", "No such file or directory"), ("/dev/null", "it is not a regular file"),
      (files.directory, "it is not a regular file"),
      (files.write("text.pem", "hello\n"), "it holds no PEM certificate"),
      (files.keyPath, "it holds no PEM certificate"),
      (files.write("cut.pem", "-----BEGIN CERTIFICATE-----\nMIIB"), "it holds no PEM certificate"),
    ] {
      let refused = failure(request, over: makeTransport(caFile: path))
      #expect(refused == .unusableCAFile(path: path, reason: reason))
    }
    let garbled = files.write("garbled.pem", "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n")
    let server = try TLSServer(certificate: try files.certificate(for: "IP:127.0.0.1"))
    defer { server.stop() }
    let refused = failure(HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"), over: makeTransport(caFile: garbled))
    guard case .unusableCAFile(garbled, _) = refused else {
      Issue.record("\(String(describing: refused))")
      return
    }
  }

  /// Why a server with that certificate is refused although its authority is trusted.
  private func refusal(names: String, end: String = "20990101000000Z", arguments: [String] = []) throws -> String {
    let files = try TestAuthority()
    let server = try TLSServer(certificate: try files.certificate(for: names, end: end), arguments: arguments)
    defer {
      server.stop()
      files.remove()
    }
    let transport = makeTransport(caFile: files.authorityPath)
    guard
      case .untrusted(_, let reason) = failure(HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"), over: transport)
    else {
      Issue.record("not refused as untrusted")
      return ""
    }
    return reason
  }
}

/// A certificate authority in a directory of its own.
struct TestAuthority {
  let directory: String
  var authorityPath: String { directory + "/ca.pem" }
  var keyPath: String { directory + "/key.pem" }

  struct ToolFailed: Error { let arguments: [String] }

  init(name: String = "Private CA") throws {
    var template = Array("/tmp/daypass-tls-XXXXXX".utf8CString)
    directory = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
    _ = write(
      "ca.cnf",
      """
      [req]
      distinguished_name = dn
      [dn]
      [ca]
      default_ca = c
      [c]
      database = \(directory)/index
      new_certs_dir = \(directory)
      rand_serial = yes
      default_md = sha256
      policy = any
      copy_extensions = copy
      [any]
      commonName = supplied
      """)
    _ = write("index", "")
    try openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", keyPath)
    try openssl(
      "req", "-x509", "-new", "-config", directory + "/ca.cnf", "-key", keyPath, "-subj", "/CN=\(name)", "-days", "2",
      "-addext", "basicConstraints=critical,CA:TRUE", "-out", authorityPath)
  }

  /// The path of a file that holds a server's certificate and key.
  func certificate(for names: String, end: String = "20990101000000Z") throws -> String {
    let request = directory + "/server.csr"
    let path = directory + "/server.pem"
    try openssl(
      "req", "-new", "-config", directory + "/ca.cnf", "-key", keyPath, "-subj", "/CN=server", "-addext",
      "subjectAltName=" + names, "-out", request)
    try openssl(
      "ca", "-batch", "-notext", "-config", directory + "/ca.cnf", "-cert", authorityPath, "-keyfile", keyPath, "-in",
      request, "-startdate", "20190101000000Z", "-enddate", end, "-out", path)
    return path
  }

  func write(_ name: String, _ text: String) -> String {
    let path = directory + "/" + name
    if let file = fopen(path, "w") {
      fputs(text, file)
      fclose(file)
    }
    return path
  }

  func remove() { _ = try? ChildProcess(["rm", "-rf", directory]).wait() }

  private func openssl(_ arguments: String...) throws {
    guard try ChildProcess(["openssl"] + arguments).wait() == 0 else { throw ToolFailed(arguments: arguments) }
  }
}

/// `openssl s_server -www` on a port of its own: answers any GET with a page about the session.
struct TLSServer {
  let port: Int
  private let process: ChildProcess

  struct DidNotStart: Error {}

  init(certificate: String, arguments: [String] = []) throws {
    let key = certificate.replacing("server.pem", with: "key.pem")
    process = try ChildProcess(
      ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www"] + arguments)
    // It says "ACCEPT 127.0.0.1:40123" once it listens.
    guard let port = process.line(after: "ACCEPT 127.0.0.1:").flatMap({ Int($0) }) else {
      process.kill()
      throw DidNotStart()
    }
    self.port = port
  }

  func stop() { process.kill() }
}

struct ChildProcess {
  private let pid: pid_t
  private let output: Int32

  struct DidNotStart: Error {}

  init(_ arguments: [String]) throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw DidNotStart() }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var strings = arguments.map { strdup($0) } + [nil]
    var pid = pid_t()
    let status = posix_spawnp(&pid, arguments[0], &actions, nil, &strings, environ)
    for string in strings { free(string) }
    posix_spawn_file_actions_destroy(&actions)
    close(ends[1])
    guard status == 0 else { throw DidNotStart() }
    self.pid = pid
    output = ends[0]
  }

  /// The rest of the first line that begins so, or nil if the output ends without one.
  func line(after prefix: String) -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(output, &byte, 1) == 1 {
      if byte != UInt8(ascii: "\n") {
        line.append(byte)
      } else if line.starts(with: prefix.utf8) {
        return String(decoding: line.dropFirst(prefix.utf8.count), as: UTF8.self)
      } else {
        line = []
      }
    }
    return nil
  }

  /// The exit code; −1 if it was killed. What it wrote must fit into a pipe.
  func wait() -> Int32 {
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    close(output)
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
  }

  func kill() {
    Glibc.kill(pid, SIGKILL)
    _ = wait()
  }
}
