/// One outgoing request, complete: adapters add nothing of their own but framing.
public struct HTTPRequest: Sendable {
  public enum Method: String, Sendable { case get = "GET", post = "POST", put = "PUT" }

  public enum Redirects: Hashable, Sendable {
    /// Any 3xx is returned as it is. For everything that carries a token or a code.
    case none
    /// At most this many, only to the same scheme, host and port. For discovery and key sets.
    case sameOrigin(atMost: Int)
  }

  public var method: Method
  /// Absolute; only URLs that `Formats.WebURL` accepted.
  public var url: String
  public var headers: [HTTPHeader]
  public var body: Secret?
  public var redirects: Redirects
  /// Bytes of body accepted; one more is `TransportFailure.tooLarge`.
  public var bodyLimit: Int
  /// For the whole exchange, name resolution to last byte.
  public var timeout: Duration
  public var signature: SigV4?
  /// Connect to this UNIX socket instead of the URL's host.
  public var unixSocket: String?

  public init(
    _ method: Method, _ url: String, headers: [HTTPHeader] = [], body: Secret? = nil, redirects: Redirects = .none,
    bodyLimit: Int = 1 << 20, timeout: Duration = .seconds(10), signature: SigV4? = nil, unixSocket: String? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.redirects = redirects
    self.bodyLimit = bodyLimit
    self.timeout = timeout
    self.signature = signature
    self.unixSocket = unixSocket
  }
}

public struct HTTPHeader: Sendable {
  public var name: String
  public var value: Secret
  /// Whether a trace log may show the value.
  public var isSecret: Bool

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = Secret(value)
    isSecret = false
  }

  public init(_ name: String, secret value: Secret) {
    self.name = name
    self.value = value
    isSecret = true
  }
}

/// What AWS Signature Version 4 needs beside the request.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>
public struct SigV4: Sendable {
  public var credentials: AWSCredentials
  public var region: String
  public var service: String

  public init(credentials: AWSCredentials, region: String, service: String) {
    self.credentials = credentials
    self.region = region
    self.service = service
  }
}

public struct HTTPResponse: Sendable {
  public var status: Int
  /// In the order received; names in lower case, values without surrounding blanks.
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]

  public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first header of that name (lower case).
  public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

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
  case interrupted(Interrupted)

  /// Whether the same request may succeed a moment later.
  public var isTransient: Bool {
    switch self {
    case .unresolved, .unconnected, .timedOut, .broken: true
    case .badURL, .badHeader, .untrusted, .tooLarge, .encoded, .redirected, .unusableCAFile, .unusableProxy, .exhausted,
      .interrupted:
      false
    }
  }

  public var kind: FailureKind {
    switch self {
    case .unresolved, .unconnected, .untrusted, .timedOut, .broken, .exhausted: .unreachable
    case .tooLarge, .encoded, .redirected: .malformed
    case .badURL, .badHeader, .unusableCAFile, .unusableProxy: .configuration
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
    case .interrupted(let signal): signal.message
    }
  }

  public var hint: String? {
    switch self {
    case .unresolved, .unconnected, .timedOut: "check the network, the proxy settings and the spelling of the host"
    case .untrusted: "for a private CA set ca_file (DAYPASS_CA_FILE); check this machine's clock"
    case .unusableCAFile: "ca_file must name a readable file of PEM certificates"
    case .redirected: "use the address it redirects to, if you trust it"
    case .unusableProxy: "check HTTPS_PROXY and NO_PROXY"
    case .badHeader: "look for a line break in the file or variable it comes from"
    case .badURL, .broken, .tooLarge, .encoded, .exhausted, .interrupted: nil
    }
  }
}
