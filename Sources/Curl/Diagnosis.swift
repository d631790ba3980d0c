import CCurl
import Glibc
import Model

/// Why a transfer failed, from libcurl's code to a failure of ours. Only what the TLS library says is passed on in its
/// own words; libcurl's other texts name URLs and proxies.
struct Diagnosis {
  let code: CURLcode
  let easy: EasyHandle
  let exchange: Exchange
  let elapsed: Duration

  func failure(refusal: ReplyReceiver.Refusal?) -> TransportFailure {
    switch refusal {
    case .tooLarge(let limit): return .tooLarge(host: host, limit: limit)
    case .encoded(let encoding): return .encoded(host: host, encoding: encoding)
    case nil: break
    }
    if isOutOfResources { return .exhausted(reason: systemReason ?? "no memory") }
    if let proxied = proxyFailure { return proxied }
    switch code {
    case CURLE_URL_MALFORMAT: return .badURL(Target.withoutQuery(exchange.request.url))
    case CURLE_COULDNT_RESOLVE_HOST where exchange.target.unixSocket != nil:
      return .unconnected(host: host, reason: "its path is too long")
    case CURLE_COULDNT_RESOLVE_HOST: return .unresolved(host: host)
    case CURLE_COULDNT_CONNECT: return .unconnected(host: host, reason: systemReason ?? "no address answered")
    case CURLE_OPERATION_TIMEDOUT: return .timedOut(host: host, after: wait)
    case CURLE_SSL_CONNECT_ERROR where isCutOff: return .broken(host: host, reason: "closed during the TLS handshake")
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
      return .untrusted(host: host, reason: tlsReason)
    case CURLE_SSL_CACERT_BADFILE: return .unusableCAFile(path: authorities, reason: tlsReason)
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
      return .broken(host: host, reason: "the reply is not HTTP")
    case CURLE_PARTIAL_FILE: return .broken(host: host, reason: "the reply ended early")
    case CURLE_GOT_NOTHING: return .broken(host: host, reason: "closed without a reply")
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR: return .broken(host: host, reason: systemReason ?? codeReason)
    default: return .broken(host: host, reason: codeReason)
    }
  }

  private var host: String { exchange.target.host }
  private var authorities: String { exchange.trusted?.certificates?.file ?? "of the system" }
  private var codeReason: String { String(cString: daypass_curl_easy_strerror(code)) }
  private var tlsReason: String { easy.errorReason.isEmpty ? codeReason : easy.errorReason }

  private var systemReason: String? {
    let number = systemError
    return number == 0 ? nil : String(cString: strerror(number))
  }

  private var isOutOfResources: Bool {
    if code == CURLE_OUT_OF_MEMORY { return true }
    let numbers = [EMFILE, ENFILE, ENOMEM, ENOBUFS]
    return code == CURLE_COULDNT_CONNECT && numbers.contains(systemError)
  }

  /// libcurl's number is that of connect(2).
  private var systemError: Int32 {
    let number = Int32(clamping: easy.number(CURLINFO_OS_ERRNO))
    return number == 0 ? easy.socketError.pointee : number
  }

  /// A connection that broke inside the handshake says nothing about trust and may well work a moment later. libcurl
  /// has the same code for both; the texts are those of its OpenSSL backend without an error of OpenSSL's own, of OpenSSL
  /// 3 for an end of file, and of its sockets for a reset.
  private var isCutOff: Bool {
    ["SSL_connect: ", "unexpected eof", "Recv failure: ", "Send failure: "].contains { easy.errorReason.contains($0) }
  }

  private var proxyFailure: TransportFailure? {
    guard let proxy = exchange.proxy?.host else { return nil }
    switch code {
    case CURLE_COULDNT_RESOLVE_PROXY: return .unresolved(host: proxy)
    case CURLE_PROXY: return .unusableProxy(reason: "\(proxy) refused the connection")
    case CURLE_COULDNT_CONNECT where easy.errorReason.contains(proxy):
      return .unconnected(host: "the proxy \(proxy)", reason: systemReason ?? "no address answered")
    default:
      let status = easy.number(CURLINFO_HTTP_CONNECTCODE)
      let isRefusal = status != 0 && !(200..<300).contains(status)
      return isRefusal ? .unusableProxy(reason: "\(proxy) answered CONNECT with status \(status)") : nil
    }
  }

  /// The limit that ran out. Of a stalled transfer it is the stall, not the whole.
  private var wait: Duration {
    let isConnected = easy.microseconds(CURLINFO_PRETRANSFER_TIME_T) > 0
    let limit = isConnected ? exchange.timeout : min(Exchange.connectTimeout, exchange.timeout)
    let whole = max(1, (min(elapsed, limit) + .milliseconds(500)).components.seconds)
    return .seconds(whole)
  }
}
