internal import COpenSSL
internal import Model

/// libcrypto's error queue, one a thread (ERR_get_error(3)). A failed call leaves entries behind that would be taken
/// for another call's later, also by libcurl, so every call here begins and ends with an empty one.
enum ErrorQueue {
  /// The first entry of the queue as an error; empties the queue.
  static func failure(_ call: String) -> CryptographyFailure {
    let code = ERR_get_error()
    ERR_clear_error()
    guard code != 0, let reason = ERR_reason_error_string(code) else { return .library(call) }
    return .library("\(call): \(String(cString: reason))")
  }
}
