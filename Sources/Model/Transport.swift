/// The seam to the network. Blocks; a call ends by reply, failure, timeout or signal.
public protocol Transport: Sendable {
  func send(_ request: HTTPRequest) throws(TransportFailure) -> HTTPResponse
}

public enum TransportFailure: Explained, Hashable {
  case badURL(String)
  /// A name that is no token, or a value with a line break or another control character; nothing was sent.
  case badHeader(name: String)
  case unresolved(host: String)
  case unconnected(host: String, reason: String)
  /// Certificate and handshake; `reason` is the TLS library's.
  case untrusted(host: String, reason: String)
  case timedOut(host: String, after: Duration)
  /// The connection broke, or what came is not HTTP.
  case broken(host: String, reason: String)
  case tooLarge(host: String, limit: Int)
  /// A Content-Encoding or a compressing Transfer-Encoding although none was offered.
  case encoded(host: String, encoding: String)
  case redirected(host: String, to: String)
  case unusableCAFile(path: String, reason: String)
  case unusableProxy(reason: String)
  /// Descriptors or memory ran out on this machine.
  case exhausted(reason: String)
  /// What requests are made with cannot be loaded; `reason` is the loader's.
  case noLibrary(reason: String)
  case interrupted(Interrupted)

  /// Whether the same request may succeed a moment later.
  public var isTransient: Bool {
    switch self {
    case .unresolved, .unconnected, .timedOut, .broken: true
    case .badURL, .badHeader, .untrusted, .tooLarge, .encoded, .redirected, .unusableCAFile, .unusableProxy, .exhausted,
      .noLibrary, .interrupted:
      false
    }
  }

  public var kind: FailureKind {
    switch self {
    case .unresolved, .unconnected, .untrusted, .timedOut, .broken, .exhausted: .unreachable
    case .tooLarge, .encoded, .redirected: .malformed
    case .badURL, .badHeader, .unusableCAFile, .unusableProxy, .noLibrary: .configuration
    case .interrupted(let signal): signal.kind
    }
  }

  public var message: String {
    switch self {
    case .badURL(let url): "not a usable URL: \(url.printable())"
    case .badHeader(let name): "the value for the header \(name.printable()) holds characters that no header can have"
    case .unresolved(let host): "the name \(host.printable()) does not resolve"
    case .unconnected(let host, let reason): "no connection to \(host.printable()): \(reason.printable())"
    case .untrusted(let host, let reason): "TLS with \(host.printable()) failed: \(reason.printable())"
    case .timedOut(let host, let duration): "\(host.printable()) did not answer within \(duration.components.seconds) s"
    case .broken(let host, let reason): "the connection to \(host.printable()) broke: \(reason.printable())"
    case .tooLarge(let host, let limit): "the reply of \(host.printable()) is larger than \(limit) bytes"
    case .encoded(let host, let encoding):
      "\(host.printable()) sent the encoding \(encoding.printable()), which was not asked for"
    case .redirected(let host, let target):
      "\(host.printable()) redirects to \(target.printable()), which is not followed"
    case .unusableCAFile(let path, let reason): "ca_file \(path.printable()): \(reason.printable())"
    case .unusableProxy(let reason): "the proxy cannot be used: \(reason.printable())"
    case .exhausted(let reason): "this machine is out of resources: \(reason.printable())"
    case .noLibrary(let reason): "libcurl cannot be loaded: \(reason.printable())"
    case .interrupted(let signal): signal.message
    }
  }

  public var hint: String? {
    switch self {
    case .unresolved, .unconnected, .timedOut: "check the network, the proxy settings and the spelling of the host"
    case .untrusted: "for a private CA set ca_file (DAYPASS_CA_FILE); check this machine's clock"
    case .unusableCAFile: "ca_file must name a readable file of PEM certificates"
    case .redirected(_, let target) where target.hasPrefix("https://"):
      "use the address it redirects to, if you trust it"
    case .redirected: "check the spelling of the address; where it leads to is no https address"
    case .unusableProxy: "check HTTPS_PROXY and NO_PROXY"
    case .badHeader: "look for a line break in the file or variable it comes from"
    case .badURL: "check the spelling of the setting it comes from"
    case .broken: "try again later; if it stays so, check the network and the proxy settings"
    case .tooLarge, .encoded: "check the spelling of the address, and whether a proxy answers in its place"
    case .exhausted: "end other programs, or raise the limit on open files (`ulimit -n`)"
    case .noLibrary: "install libcurl 7.87 or newer (package libcurl4 or libcurl)"
    case .interrupted: nil
    }
  }
}

/// The seam to the certificates that servers show.
public protocol CertificateReader: Sendable {
  /// As the server sends them, its own first, over a connection of its own that is verified like every other: what is
  /// read from an unverified one says only who answered.
  ///
  /// - Parameter url: https.
  func certificates(of url: String, timeout: Duration) throws(TransportFailure) -> [ServerCertificate]
}

public struct ServerCertificate: Hashable, Sendable {
  /// RFC 7468.
  public var pem: String
  /// As the TLS library writes it.
  public var subject: String
  public var issuer: String

  public init(pem: String, subject: String, issuer: String) {
    self.pem = pem
    self.subject = subject
    self.issuer = issuer
  }
}
