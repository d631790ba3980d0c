import CCurl
import Glibc
import Model

extension EasyHandle {
  /// Everything that is the same for all requests. What libcurl would take from the environment or from files is set
  /// here, whether or not it would.
  func configureRules(of exchange: Exchange) throws(TransportFailure) {
    let target = exchange.target
    // Signals are the program's own business, and a name being resolved must not hold up the end of a request.
    try set(CURLOPT_NOSIGNAL, 1)
    try set(CURLOPT_QUICK_EXIT, 1)
    try set(CURLOPT_PROTOCOLS_STR, target.scheme)
    try set(CURLOPT_REDIR_PROTOCOLS_STR, target.scheme)
    try set(CURLOPT_FOLLOWLOCATION, 0)
    try set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
    try set(CURLOPT_PATH_AS_IS, 1)
    try set(CURLOPT_NETRC, DAYPASS_CURL_NETRC_IGNORED)
    try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    try set(CURLOPT_HEADEROPT, DAYPASS_CURL_HEADER_SEPARATE)
    try set(CURLOPT_CONNECTTIMEOUT_MS, min(Exchange.connectTimeout, exchange.timeout).milliseconds)
    try set(CURLOPT_TIMEOUT_MS, exchange.timeout.milliseconds)
    try set(CURLOPT_LOW_SPEED_LIMIT, 1)
    try set(CURLOPT_LOW_SPEED_TIME, Int(Exchange.stallTimeout.components.seconds))
    // A certificate that was good when the connection began is looked at again.
    try set(CURLOPT_MAXLIFETIME_CONN, 3600)
    // libcurl sends a request once more, without a word, when a connection it had kept breaks before the first byte of
    // an answer. Sent twice, a code or a rotating refresh token is worth nothing, or ends the session.
    let mayRepeat = exchange.request.method != .post || exchange.request.mayRepeat
    try set(CURLOPT_FRESH_CONNECT, mayRepeat ? 0 : 1)
    try set(CURLOPT_USERAGENT, exchange.userAgent)
    try set(CURLOPT_OPENSOCKETFUNCTION, opener: EasyHandle.openSocket)
    try set(CURLOPT_OPENSOCKETDATA, lent: socketError)
  }

  func configureTLS(of exchange: Exchange) throws(TransportFailure) {
    try set(CURLOPT_SSLVERSION, DAYPASS_CURL_SSLVERSION_TLSv1_2)
    try set(CURLOPT_PROXY_SSLVERSION, DAYPASS_CURL_SSLVERSION_TLSv1_2)
    for option in [CURLOPT_SSL_VERIFYPEER, CURLOPT_PROXY_SSL_VERIFYPEER] { try set(option, 1) }
    for option in [CURLOPT_SSL_VERIFYHOST, CURLOPT_PROXY_SSL_VERIFYHOST] { try set(option, 2) }
    if let directory = exchange.trusted?.directory {
      for option in [CURLOPT_CAPATH, CURLOPT_PROXY_CAPATH] { try set(option, directory) }
    }
    if let trusted = exchange.trusted?.certificates {
      for option in [CURLOPT_CAINFO_BLOB, CURLOPT_PROXY_CAINFO_BLOB] {
        var blob = curl_blob(
          data: trusted.storage.baseAddress, len: trusted.storage.count, flags: UInt32(CURL_BLOB_NOCOPY))
        try set(option, lent: &blob)
      }
    }
    if EasyHandle.hasHTTP2 { try set(CURLOPT_HTTP_VERSION, DAYPASS_CURL_HTTP_VERSION_2TLS) }
  }

  func configureRoute(of exchange: Exchange) throws(TransportFailure) {
    // An empty text, unlike none, keeps libcurl from reading the environment's variables.
    try set(CURLOPT_NOPROXY, exchange.excludedFromProxy)
    if let proxy = exchange.proxy {
      guard proxy.host != nil else { throw .unusableProxy(reason: "its address is not a usable URL") }
      try set(CURLOPT_PROXY, secret: proxy.url)
    } else {
      try set(CURLOPT_PROXY, "")
    }
    if let path = exchange.target.unixSocket { try set(CURLOPT_UNIX_SOCKET_PATH, path) }
    try set(CURLOPT_CURLU, lent: UnsafeRawPointer(exchange.target.handle))
  }

  /// The body is lent; it must live as long as the transfer.
  func configureMessage(
    of request: HTTPRequest, headers: HeaderList, body: UnsafeRawBufferPointer?
  ) throws(TransportFailure) {
    if request.method == .get, body == nil {
      try set(CURLOPT_HTTPGET, 1)
    } else {
      try set(CURLOPT_POST, 1)
      try set(CURLOPT_POSTFIELDSIZE_LARGE, size: body?.count ?? 0)
      // Without an address libcurl would read the body from standard input.
      try set(CURLOPT_POSTFIELDS, lent: body?.baseAddress ?? EasyHandle.nothing)
      if request.method != .post { try set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
    }
    try set(CURLOPT_HTTPHEADER, lent: headers.head)
    if let signature = request.signature {
      try set(CURLOPT_AWS_SIGV4, "aws:amz:\(signature.region):\(signature.service)")
      try set(CURLOPT_USERNAME, signature.credentials.accessKeyID)
      try set(CURLOPT_PASSWORD, secret: signature.credentials.secretAccessKey)
    }
  }

  /// An address for bodies of no bytes; never read, never freed.
  nonisolated(unsafe) private static let nothing = UnsafeRawPointer(
    UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))

  private static let hasHTTP2: Bool = {
    guard let version = daypass_curl_version() else { return false }
    return version.pointee.features & Int32(CURL_VERSION_HTTP2) != 0
  }()

  /// As libcurl opens its sockets, but closed to children from the first moment.
  private static let openSocket: curl_opensocket_callback = { reason, _, address in
    guard let address else { return -1 }
    let number = socket(
      address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
    if number < 0 { reason?.assumingMemoryBound(to: Int32.self).pointee = errno }
    return number
  }
}

extension Duration {
  /// At least one: to libcurl zero means no limit.
  fileprivate var milliseconds: Int { Int(clamping: max(1, min(saturatedNanoseconds / 1_000_000, Int64(Int32.max)))) }
}
