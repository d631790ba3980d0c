import CCurl
import Glibc
import Model

/// A pool of connections and the one handle that uses it.
///
/// `@unchecked Sendable`: it belongs to whoever has taken it out of the transport's list of idle ones, and to nobody
/// else until it is put back; libcurl binds neither handle to a thread.
final class Connections: @unchecked Sendable {
  private let multi: UnsafeMutableRawPointer
  let easy: EasyHandle
  /// Whether the last transfer ended for what may be want of an authority, and before its request was sent.
  private(set) var mayLackAuthorities = false

  static func make() throws(TransportFailure) -> Connections {
    guard let easy = EasyHandle(), let multi = daypass_curl_multi_init() else { throw .exhausted(reason: "no memory") }
    return Connections(multi: multi, easy: easy)
  }

  private init(multi: UnsafeMutableRawPointer, easy: EasyHandle) {
    self.multi = multi
    self.easy = easy
  }

  deinit { daypass_curl_multi_cleanup(multi) }

  /// The reply, and the absolute URL it redirects to, if it does.
  func perform(
    _ exchange: Exchange, interruption: Interruption, meanwhile errand: Errand
  ) throws(TransportFailure) -> (response: HTTPResponse, location: String?) {
    guard let body = exchange.request.body else { return try perform(exchange, body: nil, interruption, errand) }
    return try body.withBytes { (bytes) throws(TransportFailure) in
      try perform(exchange, body: bytes, interruption, errand)
    }
  }

  private func perform(
    _ exchange: Exchange, body: UnsafeRawBufferPointer?, _ interruption: Interruption, _ errand: Errand
  ) throws(TransportFailure) -> (response: HTTPResponse, location: String?) {
    mayLackAuthorities = false
    let receiver = ReplyReceiver(bodyLimit: exchange.request.bodyLimit)
    let headers = try HeaderList(for: exchange.request)
    let localhost = try LocalhostPin(for: exchange.target)
    easy.reset()
    // Lent pointers go before what they point to does.
    defer {
      withExtendedLifetime((receiver, headers, localhost, exchange)) { easy.reset() }
    }
    try easy.configureRules(of: exchange)
    try easy.configureTLS(of: exchange)
    try easy.configureRoute(of: exchange)
    try easy.configureMessage(of: exchange.request, headers: headers, body: body)
    try easy.set(CURLOPT_RESOLVE, lent: localhost.list)
    try easy.set(CURLOPT_WRITEFUNCTION, ReplyReceiver.onBody)
    try easy.set(CURLOPT_WRITEDATA, lent: Unmanaged.passUnretained(receiver).toOpaque())
    try easy.set(CURLOPT_HEADERFUNCTION, ReplyReceiver.onHeader)
    try easy.set(CURLOPT_HEADERDATA, lent: Unmanaged.passUnretained(receiver).toOpaque())

    let start = ContinuousClock.now
    let code = try run(interruption, meanwhile: errand)
    if code != CURLE_OK || receiver.refusal != nil {
      throw Diagnosis(code: code, easy: easy, exchange: exchange, elapsed: ContinuousClock.now - start)
        .failure(refusal: receiver.refusal)
    }
    let response = HTTPResponse(
      status: easy.number(CURLINFO_RESPONSE_CODE), headers: receiver.headers, body: receiver.body)
    return (response, easy.text(CURLINFO_REDIRECT_URL))
  }

  /// Drives the transfer to its end, or until a signal asks to stop, whatever it is waiting for.
  func run(_ interruption: Interruption, meanwhile errand: Errand? = nil) throws(TransportFailure) -> CURLcode {
    mayLackAuthorities = false
    try interruption.check()
    guard daypass_curl_multi_add_handle(multi, easy.pointer) == CURLM_OK else { throw .exhausted(reason: "no memory") }
    defer { daypass_curl_multi_remove_handle(multi, easy.pointer) }
    // A descriptor that is readable without a signal being pending is left out of the next wait, which is short then: it
    // must not make this loop spin.
    var isPausing = false
    while true {
      var running: Int32 = 0
      guard daypass_curl_multi_perform(multi, &running) == CURLM_OK else { throw .exhausted(reason: "libcurl gave up") }
      if let code = result() {
        mayLackAuthorities =
          Connections.namesAuthorities(code) && easy.microseconds(CURLINFO_PRETRANSFER_TIME_T) == 0
        return code
      }
      if running == 0 { return CURLE_FAILED_INIT }
      try interruption.check()
      // Once the request is on its way.
      if let errand, easy.microseconds(CURLINFO_PRETRANSFER_TIME_T) > 0 { errand.run() }
      let isReadable = try wait(
        watching: isPausing ? -1 : interruption.descriptor, atMost: isPausing ? .milliseconds(50) : .seconds(1))
      try interruption.check()
      isPausing = isReadable
    }
  }

  /// Not only where libcurl says that a certificate was not verified: another authority of the same name makes OpenSSL 3
  /// speak of its encoding alone, and what libcurl was given in its bundle's place may be no certificate.
  private static func namesAuthorities(_ code: CURLcode) -> Bool {
    code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SSL_CACERT_BADFILE
  }

  /// Until there is something to do; whether the descriptor is what woke it.
  private func wait(watching descriptor: Int32, atMost limit: Duration) throws(TransportFailure) -> Bool {
    var watched = curl_waitfd(fd: descriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0)
    let milliseconds = Int32(clamping: limit.saturatedNanoseconds / 1_000_000)
    guard daypass_curl_multi_poll(multi, &watched, descriptor >= 0 ? 1 : 0, milliseconds) == CURLM_OK else {
      throw .exhausted(reason: "libcurl cannot wait")
    }
    return watched.revents != 0
  }

  private func result() -> CURLcode? {
    var left: Int32 = 0
    while let message = daypass_curl_multi_info_read(multi, &left) {
      if message.pointee.msg == CURLMSG_DONE { return message.pointee.data.result }
    }
    return nil
  }
}

/// `localhost` held to this machine's own addresses, whatever a resolver says; both are tried.
final class LocalhostPin {
  let list: UnsafeMutablePointer<curl_slist>?

  init(for target: Target) throws(TransportFailure) {
    guard target.hostName == "localhost" else {
      list = nil
      return
    }
    list = daypass_curl_slist_append(nil, "localhost:\(target.port):127.0.0.1,[::1]")
    if list == nil { throw .exhausted(reason: "no memory") }
  }

  deinit { daypass_curl_slist_free_all(list) }
}
