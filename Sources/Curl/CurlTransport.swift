import CCurl
import Glibc
public import Model
import Synchronization

/// Outgoing requests over libcurl: TLS always verified, nothing decompressed, replies capped and timed, no netrc, no
/// cookies, no redirects but those a request asks for.
///
/// `send` blocks its caller. Any thread may call it: a connection pool is lent to one caller at a time, so that
/// requests one after the other reuse connections, and requests side by side each have a pool of their own. libcurl
/// allows a handle to move between threads as long as only one uses it at a time (libcurl-thread(3)).
public final class CurlTransport: Transport {
  private let authorities: CertificateAuthorities
  private let proxies: ProxyPolicy
  let interruption: Interruption
  private let trace: any Diagnostics
  private let userAgent: String
  private let errand: Errand
  private let idle = Mutex<[Connections]>([])

  /// - Parameters:
  ///   - caFile: PEM certificates that are trusted in addition to the system's, for every host. Read at the first https
  ///     request; a file that cannot be used fails that request with `TransportFailure.unusableCAFile`.
  ///   - interruptDescriptor: becomes readable when a signal has arrived; −1 for none. Only watched, never read.
  ///   - pendingSignal: the signal that asks the program to end, if there is one.
  ///   - meanwhile: a short piece of work that is to be done sooner or later; it is done once, while the first answer is
  ///     waited for.
  public convenience init(
    caFile: String? = nil, proxies: ProxyPolicy = .none, interruptDescriptor: Int32 = -1,
    pendingSignal: @escaping @Sendable () -> Int32? = { nil }, trace: any Diagnostics, userAgent: String,
    meanwhile: @escaping @Sendable () -> Void = {}
  ) {
    self.init(
      authorities: CertificateAuthorities(extraFile: caFile), proxies: proxies,
      interruption: Interruption(descriptor: interruptDescriptor, pendingSignal: pendingSignal), trace: trace,
      userAgent: userAgent, errand: Errand(meanwhile))
  }

  init(
    authorities: CertificateAuthorities, proxies: ProxyPolicy, interruption: Interruption, trace: any Diagnostics,
    userAgent: String, errand: Errand
  ) {
    self.errand = errand
    self.authorities = authorities
    self.proxies = proxies
    self.interruption = interruption
    self.trace = trace
    self.userAgent = userAgent
  }

  /// Loads libcurl and readies it for the process, as the first request otherwise does; to be called before the first
  /// thread starts. Later calls say the same again.
  ///
  /// SSLKEYLOGFILE is taken out of the environment first: libcurl would write every session's TLS secrets there.
  public static func prepare() throws(TransportFailure) {
    if let failure = obstacle { throw failure }
  }

  private static let obstacle: TransportFailure? = {
    unsetenv("SSLKEYLOGFILE")
    if let reason = daypass_curl_open() { return .noLibrary(reason: String(cString: reason)) }
    return daypass_curl_global_init(DAYPASS_CURL_GLOBAL_DEFAULT) == CURLE_OK
      ? nil : .exhausted(reason: "libcurl could not be initialized")
  }()

  public func send(_ request: HTTPRequest) throws(TransportFailure) -> HTTPResponse {
    try CurlTransport.prepare()
    let deadline = Deadline(after: request.timeout)
    let origin = try Target(request.url, of: request)
    var target = origin
    var redirectsLeft = 0
    if case .sameOrigin(let limit) = request.redirects, request.method == .get { redirectsLeft = max(0, limit) }
    let mayFollow = redirectsLeft > 0
    while true {
      let (response, location) = try exchange(request, with: target, until: deadline)
      guard mayFollow, let location, [301, 302, 303, 307, 308].contains(response.status) else { return response }
      guard let next = try? Target(location, of: request), next.isSameOrigin(as: origin), redirectsLeft > 0 else {
        throw .redirected(host: origin.host, to: Target.withoutQuery(location))
      }
      redirectsLeft -= 1
      target = next
    }
  }

  private func exchange(
    _ request: HTTPRequest, with target: Target, until deadline: Deadline
  ) throws(TransportFailure) -> (response: HTTPResponse, location: String?) {
    let connections = try borrow()
    defer { idle.withLock { $0.append(connections) } }
    return try trusting(target, over: connections, until: deadline) { (trusted) throws(TransportFailure) in
      let exchange = exchange(request, target, trusted, timeout: deadline.remaining)
      return try perform(exchange, over: connections, until: deadline)
    }
  }

  /// Over https an attempt may be made once more, with more authorities.
  func trusting<Value>(
    _ target: Target, over connections: Connections, until deadline: Deadline,
    _ attempt: (TrustedCertificates?) throws(TransportFailure) -> Value
  ) throws(TransportFailure) -> Value {
    guard target.isEncrypted else { return try attempt(nil) }
    let mayLack = { connections.mayLackAuthorities && deadline.remaining > .zero }
    return try authorities.trusting(target.host, mayLack: mayLack) { (trusted) throws(TransportFailure) in
      try attempt(trusted)
    }
  }

  private func perform(
    _ exchange: Exchange, over connections: Connections, until deadline: Deadline
  ) throws(TransportFailure) -> (response: HTTPResponse, location: String?) {
    let target = exchange.target
    trace.log(.trace, "→ \(exchange.summary)")
    do throws(TransportFailure) {
      let reply = try connections.perform(exchange, interruption: interruption, meanwhile: errand)
      trace.log(.trace, CurlTransport.summary(of: reply.response, from: target, after: deadline.elapsedMilliseconds))
      return reply
    } catch {
      trace.log(.trace, "✗ \(target.host.printable()) after \(deadline.elapsedMilliseconds) ms: \(error.message)")
      throw error
    }
  }

  func exchange(
    _ request: HTTPRequest, _ target: Target, _ trusted: TrustedCertificates?, timeout: Duration
  ) -> Exchange {
    Exchange(
      request: request, target: target, proxy: proxies.proxy(for: target), excludedFromProxy: proxies.exclusions,
      trusted: trusted, userAgent: userAgent, timeout: timeout)
  }

  /// Names of headers only: a cookie is a secret too.
  private static func summary(of response: HTTPResponse, from target: Target, after milliseconds: Int64) -> String {
    let names = response.headers.map { $0.name.printable() }.joined(separator: ", ")
    return "← \(response.status) from \(target.host.printable()) after \(milliseconds) ms, "
      + "\(response.body.count) bytes (\(names))"
  }

  private func borrow() throws(TransportFailure) -> Connections {
    if let connections = idle.withLock({ $0.popLast() }) { return connections }
    return try Connections.make()
  }
}

/// Where a signal shows that must end whatever is running.
struct Interruption: Sendable {
  let descriptor: Int32
  let pendingSignal: @Sendable () -> Int32?

  func check() throws(TransportFailure) {
    if let signal = pendingSignal() { throw .interrupted(Interrupted(signal: signal)) }
  }
}

/// Done once, by whoever has the time first.
final class Errand: Sendable {
  private let isBegun = Atomic(false)
  private let work: @Sendable () -> Void

  init(_ work: @escaping @Sendable () -> Void) { self.work = work }

  func run() {
    if !isBegun.exchange(true, ordering: .relaxed) { work() }
  }
}

/// The end of a request's time, redirects included.
struct Deadline {
  private let start = ContinuousClock.now
  private let allowed: Duration

  init(after allowed: Duration) { self.allowed = allowed }

  var remaining: Duration { max(.zero, allowed - (ContinuousClock.now - start)) }
  var elapsedMilliseconds: Int64 { (ContinuousClock.now - start).saturatedNanoseconds / 1_000_000 }
}
