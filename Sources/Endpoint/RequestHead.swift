/// A request's line and headers, well-formed and framed without doubt. Bytes, because they decide what is handed out;
/// slices of what was received, because a copy of each would cost more than everything that is decided by them.
struct RequestHead: Equatable {
  struct Header: Equatable {
    /// As it was sent: to be compared without regard to case.
    let name: RequestBytes
    /// Without surrounding blanks.
    let value: RequestBytes
  }

  let method: RequestBytes
  /// Without the query; begins with `/`.
  let path: RequestBytes
  let headers: [Header]
  /// Bytes of body that follow.
  let bodyLength: Int
  /// Whether the client wants to send more requests on this connection (RFC 9112 §9.3).
  let isPersistent: Bool

  var isHEAD: Bool { method.equals("HEAD") }

  /// The value of the first header of that name (in lower case), and whether there are more.
  func value(_ name: StaticString) -> (first: RequestBytes, isOnly: Bool)? {
    var first: RequestBytes?
    for header in headers where header.name.equalsIgnoringCase(name) {
      if let first { return (first, false) }
      first = header.value
    }
    return first.map { ($0, true) }
  }

  /// The value of a header that is there once.
  func onlyValue(_ name: StaticString) -> RequestBytes? {
    guard let (value, isOnly) = value(name), isOnly else { return nil }
    return value
  }
}
