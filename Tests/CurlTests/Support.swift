import Curl
import Glibc
import Model
import Synchronization

/// What a hostile or merely full environment holds. Planted in the process before libcurl is readied, for all tests: a
/// transport that took notice of any of it would fail most of them.
enum PlantedEnvironment {
  static let home: String = {
    var template = Array("/tmp/daypass-curl-XXXXXX".utf8CString)
    let path = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
    let netrc = "default login netrc-user password netrc-password\n"
    if let file = fopen(path + "/.netrc", "w") {
      fputs(netrc, file)
      fclose(file)
    }
    setenv("HOME", path, 1)
    setenv("SSLKEYLOGFILE", path + "/keys.log", 1)
    for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
      setenv(name, "http://user:proxy-password@127.0.0.1:9", 1)
    }
    atexit {
      unlink(PlantedEnvironment.home + "/.netrc")
      unlink(PlantedEnvironment.home + "/keys.log")
      rmdir(PlantedEnvironment.home)
    }
    return path
  }()
}

func makeTransport(
  caFile: String? = nil, proxies: ProxyPolicy = .none, interruptDescriptor: Int32 = -1,
  pendingSignal: @escaping @Sendable () -> Int32? = { nil }, log: CollectedLog = CollectedLog()
) -> CurlTransport {
  _ = PlantedEnvironment.home
  return CurlTransport(
    caFile: caFile, proxies: proxies, interruptDescriptor: interruptDescriptor, pendingSignal: pendingSignal,
    trace: log,
    userAgent: "daypass/test")
}

final class CollectedLog: Diagnostics {
  private let collected = Mutex<[String]>([])
  var lines: [String] { collected.withLock { $0 } }
  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    let line = message()
    collected.withLock { $0.append("\(level) \(line)") }
  }
}

func ok(_ body: String, headers: String = "") -> String {
  "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
}

func failure(_ request: HTTPRequest, over transport: CurlTransport = makeTransport()) -> TransportFailure? {
  do throws(TransportFailure) {
    _ = try transport.send(request)
    return nil
  } catch {
    return error
  }
}

extension HTTPResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
}
