/// A request's line and headers, well-formed and framed without doubt. Bytes, because they decide what is handed out.
struct RequestHead: Equatable {
  struct Header: Equatable {
    /// In lower case.
    let name: [UInt8]
    /// Without surrounding blanks.
    let value: [UInt8]
  }

  let method: [UInt8]
  /// Without the query; begins with `/`.
  let path: [UInt8]
  let headers: [Header]
  /// Bytes of body that follow.
  let bodyLength: Int
  /// Whether the client wants to send more requests on this connection (RFC 9112 §9.3).
  let isPersistent: Bool

  var isHEAD: Bool { method.elementsEqual("HEAD".utf8) }

  func values(_ name: String) -> [[UInt8]] {
    headers.filter { $0.name.elementsEqual(name.utf8) }.map(\.value)
  }
}
