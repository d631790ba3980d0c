/// Why a request gets no further than its head. The first in this order, where there are several, and the connection is
/// closed after each: where the next request would begin is not certain.
enum RequestRefusal: Error, Equatable {
  /// 400
  case malformed
  /// 431
  case headersTooLarge
  /// 413
  case bodyTooLarge
}

extension RequestHead {
  static let headerLimit = 100
  static let bodyLimit = 64 << 10

  /// Reads one head: its lines, each ended by CR LF, without the empty line (RFC 9112 §2–6).
  ///
  /// What RFC 9112 lets a server be lenient about is refused, because two readers that are lenient in different ways
  /// can be told different things: bare LF, folded lines, blanks before the colon, repeated Host or Content-Length,
  /// Transfer-Encoding (no request here needs a body).
  init(parsing head: RequestBytes) throws(RequestRefusal) {
    var lines = Lines(head)
    guard let requestLine = lines.next(), let (method, target, version) = requestLine.words else { throw .malformed }
    let isOld = version.equals("HTTP/1.0")
    guard method.isToken, isOld || version.equals("HTTP/1.1") else { throw .malformed }

    var headers: [Header] = []
    headers.reserveCapacity(8)
    var framing = Framing()
    while let line = lines.next() {
      let header = try Header(parsing: line)
      try framing.take(header)
      headers.append(header)
    }
    guard framing.host != nil || isOld else { throw .malformed }
    self.method = method
    path = try RequestHead.path(of: target, host: framing.host)
    // Nothing is malformed: now it may be too large.
    guard headers.count <= RequestHead.headerLimit else { throw .headersTooLarge }
    guard framing.bodyLength ?? 0 <= RequestHead.bodyLimit else { throw .bodyTooLarge }
    self.headers = headers
    bodyLength = framing.bodyLength ?? 0
    isPersistent = !isOld && !framing.closes
  }

  /// Why a head is refused that does not end in time: 400 comes before 431, so the lines that are whole are read.
  static func refusal(ofTooLarge beginning: RequestBytes) -> RequestRefusal {
    guard let end = beginning.lastIndex(of: Octet.lineFeed), end > beginning.startIndex else { return .headersTooLarge }
    let lines = beginning[..<(end - 1)]
    // Of Host it is not known yet whether it is missing or only comes later.
    return isMalformed(lines) && isMalformed((lines + Array("\r\nHost: localhost".utf8))[...])
      ? .malformed : .headersTooLarge
  }

  private static func isMalformed(_ lines: RequestBytes) -> Bool {
    do throws(RequestRefusal) { _ = try RequestHead(parsing: lines) } catch { return error == .malformed }
    return false
  }

  /// The path of an origin-form target, or of an absolute-form one that names the same host (RFC 9112 §3.2).
  private static func path(of target: RequestBytes, host: RequestBytes?) throws(RequestRefusal) -> RequestBytes {
    var target = target
    let scheme: StaticString = "http://"
    if target.startsIgnoringCase(with: scheme) {
      target = target.dropFirst(scheme.utf8CodeUnitCount)
      let authority = target.prefix { $0 != Octet.slash && $0 != Octet.question }
      guard let host, authority.elementsEqual(host) else { throw .malformed }
      target = target.dropFirst(authority.count)
    }
    guard target.first == Octet.slash,
      target.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
    else { throw .malformed }
    let path = target.prefix { $0 != Octet.question }
    guard !path.hasDotSegment else { throw .malformed }
    return path
  }
}

/// What the headers say of the request's own limits.
private struct Framing {
  var host: RequestBytes?
  var bodyLength: Int?
  var closes = false

  mutating func take(_ header: RequestHead.Header) throws(RequestRefusal) {
    // Each name has a length of its own, so most headers are told apart by a number.
    let name = header.name
    if name.equalsIgnoringCase("host") {
      guard host == nil else { throw .malformed }
      host = header.value
    } else if name.equalsIgnoringCase("content-length") {
      guard bodyLength == nil else { throw .malformed }
      bodyLength = try Self.bodyLength(header.value)
    } else if name.equalsIgnoringCase("transfer-encoding") {
      throw .malformed
    } else if name.equalsIgnoringCase("connection") {
      closes = closes || header.value.split(separator: Octet.comma).contains { $0.trimmed.equalsIgnoringCase("close") }
    }
  }

  /// Of a Content-Length; what is far beyond the limit is somewhere beyond it.
  private static func bodyLength(_ digits: RequestBytes) throws(RequestRefusal) -> Int {
    guard !digits.isEmpty, digits.allSatisfy(Octet.isDigit) else { throw .malformed }
    // 64 KiB has five digits: six cannot overflow.
    return digits.drop { $0 == Octet.zero }.prefix(6).reduce(0) { $0 * 10 + Int($1 - Octet.zero) }
  }
}

extension RequestHead.Header {
  fileprivate init(parsing line: RequestBytes) throws(RequestRefusal) {
    guard let colon = line.firstIndex(of: Octet.colon), line[..<colon].isToken else { throw .malformed }
    name = line[..<colon]
    value = line[(colon + 1)...].trimmed
    guard value.allSatisfy(Octet.isOfValue) else { throw .malformed }
  }
}

/// A head cut at CR LF; a CR or LF elsewhere stays in its line and is refused there.
private struct Lines: IteratorProtocol {
  private var rest: RequestBytes

  init(_ head: RequestBytes) { rest = head }

  mutating func next() -> RequestBytes? {
    guard !rest.isEmpty else { return nil }
    var search = rest.startIndex
    while let end = rest[search...].firstIndex(of: Octet.lineFeed) {
      if end > rest.startIndex, rest[end - 1] == Octet.carriageReturn {
        defer { rest = rest[(end + 1)...] }
        return rest[..<(end - 1)]
      }
      search = end + 1
    }
    defer { rest = [] }
    return rest
  }
}

extension RequestBytes {
  /// Exactly three, with one blank between them.
  fileprivate var words: (RequestBytes, RequestBytes, RequestBytes)? {
    guard let first = firstIndex(of: Octet.space), let last = lastIndex(of: Octet.space), first < last,
      !self[(first + 1)..<last].contains(Octet.space)
    else { return nil }
    return (self[..<first], self[(first + 1)..<last], self[(last + 1)...])
  }

  fileprivate var isToken: Bool { !isEmpty && allSatisfy(Octet.isOfToken) }

  fileprivate var trimmed: RequestBytes {
    var (start, end) = (startIndex, endIndex)
    while start < end, Octet.isBlank(self[start]) { start += 1 }
    while start < end, Octet.isBlank(self[end - 1]) { end -= 1 }
    return self[start..<end]
  }

  /// Whether a part between slashes is `.` or `..`, however they are spelled.
  fileprivate var hasDotSegment: Bool {
    // None without a dot or a percent sign, as in every path that is answered.
    guard contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "%") }) else { return false }
    return split(separator: Octet.slash).contains { $0.isDotSegment }
  }

  private var isDotSegment: Bool {
    var dots = 0
    var rest = self
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.startsIgnoringCase(with: "2e") {
        rest = rest.dropFirst(2)
      } else if byte != UInt8(ascii: ".") {
        return false
      }
      dots += 1
    }
    return dots == 1 || dots == 2
  }
}
