internal import Glibc

/// An `errno`, kept before anything can change it.
struct SystemError: Error, Hashable {
  let code: Int32

  init(_ code: Int32) { self.code = code }

  /// In the system's words, with a small first letter as every message here.
  var reason: String {
    guard let text = strerror(code) else { return "error \(code)" }
    let words = String(cString: text)
    return words.prefix(1).lowercased() + words.dropFirst()
  }
}

/// Calls until the result is not "interrupted by a signal". Not for `close`, which has closed even then.
@discardableResult
func call<Value: FixedWidthInteger & SignedInteger>(_ body: () -> Value) throws(SystemError) -> Value {
  while true {
    let result = body()
    if result >= 0 { return result }
    let code = errno
    if code != EINTR { throw SystemError(code) }
  }
}

/// The bytes of a C string, without its zero.
func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
  Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
}
