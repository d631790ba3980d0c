import CCurl
import Glibc
import Model

/// A `CURL *` with checked options. Used by one thread at a time, never by two (libcurl-thread(3)).
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  /// libcurl writes the TLS library's words for a failure here (CURLOPT_ERRORBUFFER).
  private let errorText: UnsafeMutablePointer<CChar>
  /// Why the system gave no socket, 0 while it gives them: libcurl does not keep that number.
  let socketError: UnsafeMutablePointer<Int32>

  init?() {
    guard let pointer = daypass_curl_easy_init() else { return nil }
    self.pointer = pointer
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    socketError = .allocate(capacity: 1)
    socketError.initialize(to: 0)
  }

  deinit {
    daypass_curl_easy_cleanup(pointer)
    errorText.deallocate()
    socketError.deallocate()
  }

  /// Forgets every option, and with them every pointer to what was only lent; keeps TLS sessions for resumption.
  func reset() {
    daypass_curl_easy_reset(pointer)
    errorText.pointee = 0
    socketError.pointee = 0
    daypass_curl_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText)
  }

  var errorReason: String { String(cString: errorText) }

  func set(_ option: CURLoption, _ value: Int) throws(TransportFailure) {
    try check(daypass_curl_set_long(pointer, option, value), option)
  }

  func set(_ option: CURLoption, size value: Int) throws(TransportFailure) {
    try check(daypass_curl_set_offset(pointer, option, curl_off_t(value)), option)
  }

  func set(_ option: CURLoption, _ value: String) throws(TransportFailure) {
    try check(daypass_curl_set_text(pointer, option, value), option)
  }

  func set(_ option: CURLoption, secret value: Secret) throws(TransportFailure) {
    let code = try Wiping.withText(value) { daypass_curl_set_text(pointer, option, $0) }
    try check(code, option)
  }

  func set(_ option: CURLoption, lent value: UnsafeRawPointer?) throws(TransportFailure) {
    try check(daypass_curl_set_pointer(pointer, option, value), option)
  }

  func set(_ option: CURLoption, _ value: @escaping curl_write_callback) throws(TransportFailure) {
    try check(daypass_curl_set_receiver(pointer, option, value), option)
  }

  func set(_ option: CURLoption, opener value: @escaping curl_opensocket_callback) throws(TransportFailure) {
    try check(daypass_curl_set_opener(pointer, option, value), option)
  }

  func number(_ info: CURLINFO) -> Int {
    var value = 0
    return daypass_curl_get_long(pointer, info, &value) == CURLE_OK ? value : 0
  }

  func microseconds(_ info: CURLINFO) -> Int64 {
    var value: curl_off_t = 0
    return daypass_curl_get_offset(pointer, info, &value) == CURLE_OK ? Int64(value) : 0
  }

  func text(_ info: CURLINFO) -> String? {
    var value: UnsafePointer<CChar>?
    guard daypass_curl_get_text(pointer, info, &value) == CURLE_OK, let value else { return nil }
    return String(cString: value)
  }

  /// A refused option is never passed over: most of them are here to forbid something.
  private func check(_ code: CURLcode, _ option: CURLoption) throws(TransportFailure) {
    if code == CURLE_OUT_OF_MEMORY { throw .exhausted(reason: "no memory") }
    guard code == CURLE_OK else {
      throw .exhausted(
        reason: "libcurl does not know option \(option.rawValue): \(String(cString: daypass_curl_easy_strerror(code)))")
    }
  }
}

@available(*, unavailable)
extension EasyHandle: Sendable {}
