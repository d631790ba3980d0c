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
  /// Whether it does no harm that a server gets a POST twice. Only then is it sent on a connection that was kept, which
  /// may break under it.
  public var mayRepeat = false
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
