import CCurl
import Model

/// The header lines of one request in the form libcurl borrows; wiped when the request is over.
final class HeaderList {
  private(set) var head: UnsafeMutablePointer<curl_slist>?

  init(for request: HTTPRequest) throws(TransportFailure) {
    for header in request.headers { try append(header.name, header.value) }
    guard let signature = request.signature else {
      // libcurl's own additions, taken away: a request goes out as it was made.
      for name in ["Accept", "Content-Type", "Expect"] where !request.hasHeader(name) { try append(line: name + ":") }
      return
    }
    // libcurl 7.88 would sign the lines that take a header away, although they are never sent. The token must be among
    // the headers it is told of, because those are what it signs.
    try append("X-Amz-Security-Token", signature.credentials.sessionToken)
  }

  deinit {
    var node = head
    while let current = node {
      if let data = current.pointee.data { Wiping.wipe(data) }
      node = current.pointee.next
    }
    daypass_curl_slist_free_all(head)
  }

  private func append(_ name: String, _ value: Secret) throws(TransportFailure) {
    let isName = !name.isEmpty && name.utf8.allSatisfy { isTokenByte($0) }
    // libcurl sends what it is given, line breaks included.
    let isValue = value.withBytes { $0.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } }
    guard isName, isValue else { throw .badHeader(name: name) }
    // "Name;" is how libcurl spells a header without a value; "Name:" would take it away.
    try value.withBytes { (bytes) throws(TransportFailure) in
      let start = Array((bytes.isEmpty ? name + ";" : name + ": ").utf8)
      var line = [UInt8](unsafeUninitializedCapacity: start.count + bytes.count + 1) { buffer, count in
        for (index, byte) in start.enumerated() { buffer[index] = byte }
        for (index, byte) in bytes.enumerated() { buffer[start.count + index] = byte }
        buffer[start.count + bytes.count] = 0
        count = start.count + bytes.count + 1
      }
      defer { Wiping.wipe(&line) }
      try append(terminated: line)
    }
  }

  private func append(line: String) throws(TransportFailure) { try append(terminated: Array(line.utf8) + [0]) }

  private func append(terminated line: borrowing [UInt8]) throws(TransportFailure) {
    let longer = line.withUnsafeBytes { bytes in
      daypass_curl_slist_append(head, bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
    }
    guard let longer else { throw .exhausted(reason: "no memory") }
    head = longer
  }
}

/// RFC 9110 §5.6.2.
private func isTokenByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"):
    true
  default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }
}

extension HTTPRequest {
  fileprivate func hasHeader(_ name: String) -> Bool {
    headers.contains { $0.name.lowercased() == name.lowercased() }
  }
}
