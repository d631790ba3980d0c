/// Why a request gets no further than its head. The first in this order, where there are several, and the connection is closed after each: where the next
/// request would begin is not certain.
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
  init(parsing head: some Collection<UInt8>) throws(RequestRefusal) {
    var lines = Array(head).lines
    guard !lines.isEmpty else { throw .malformed }
    let requestLine = lines.removeFirst().split(separator: Octet.space, omittingEmptySubsequences: false)
    guard requestLine.count == 3, requestLine[0].isToken else { throw .malformed }
    let isOld = requestLine[2].elementsEqual("HTTP/1.0".utf8)
    guard isOld || requestLine[2].elementsEqual("HTTP/1.1".utf8) else { throw .malformed }

    var headers: [Header] = []
    for line in lines { headers.append(try Header(parsing: line)) }
    func values(_ name: String) -> [[UInt8]] {
      headers.filter { $0.name.elementsEqual(name.utf8) }.map(\.value)
    }

    let hosts = values("host")
    guard hosts.count == 1 || (hosts.isEmpty && isOld), values("transfer-encoding").isEmpty else { throw .malformed }
    let lengths = values("content-length")
    guard lengths.count <= 1 else { throw .malformed }
    let bodyLength =
      try lengths.first.map { (digits) throws(RequestRefusal) in try RequestHead.bodyLength(digits) } ?? 0

    let options = values("connection").flatMap { $0.split(separator: UInt8(ascii: ",")) }
      .map { $0.trimmed.map(Octet.lowercased) }
    method = Array(requestLine[0])
    path = try RequestHead.path(of: requestLine[1], host: hosts.first)
    // Nothing is malformed: now it may be too large.
    guard headers.count <= RequestHead.headerLimit else { throw .headersTooLarge }
    guard bodyLength <= RequestHead.bodyLimit else { throw .bodyTooLarge }
    self.headers = headers
    self.bodyLength = bodyLength
    isPersistent = !isOld && !options.contains(Array("close".utf8))
  }

  /// Of a Content-Length; what is far beyond the limit is somewhere beyond it.
  private static func bodyLength(_ digits: [UInt8]) throws(RequestRefusal) -> Int {
    guard !digits.isEmpty, digits.allSatisfy(Octet.isDigit) else { throw .malformed }
    // 64 KiB has five digits: six cannot overflow.
    return digits.drop { $0 == Octet.zero }.prefix(6).reduce(0) { $0 * 10 + Int($1 - Octet.zero) }
  }

  /// The path of an origin-form target, or of an absolute-form one that names the same host (RFC 9112 §3.2).
  private static func path(of target: ArraySlice<UInt8>, host: [UInt8]?) throws(RequestRefusal) -> [UInt8] {
    var target = target
    let scheme = Array("http://".utf8)
    if target.prefix(scheme.count).map(Octet.lowercased) == scheme {
      target = target.dropFirst(scheme.count)
      let authority = target.prefix { $0 != Octet.slash && $0 != Octet.question }
      guard let host, authority.elementsEqual(host) else { throw .malformed }
      target = target.dropFirst(authority.count)
    }
    guard target.first == Octet.slash, target.allSatisfy({ (0x21...0x7E).contains($0) }),
      !target.contains(UInt8(ascii: "#"))
    else { throw .malformed }
    let path = Array(target.prefix { $0 != Octet.question })
    for segment in path.split(separator: Octet.slash) where segment.isDotSegment { throw .malformed }
    return path
  }
}

extension RequestHead.Header {
  fileprivate init(parsing line: ArraySlice<UInt8>) throws(RequestRefusal) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), line[..<colon].isToken else { throw .malformed }
    name = line[..<colon].map(Octet.lowercased)
    value = Array(line[(colon + 1)...].trimmed)
    guard value.allSatisfy({ $0 == Octet.tab || ($0 >= 0x20 && $0 != 0x7F) }) else { throw .malformed }
  }
}

enum Octet {
  static let tab = UInt8(ascii: "\t"), carriageReturn = UInt8(ascii: "\r"), lineFeed = UInt8(ascii: "\n")
  static let space = UInt8(ascii: " "), slash = UInt8(ascii: "/"), question = UInt8(ascii: "?")
  static let zero = UInt8(ascii: "0")

  static func isDigit(_ byte: UInt8) -> Bool { (zero...UInt8(ascii: "9")).contains(byte) }

  static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}

extension Array<UInt8> {
  /// Split at CR LF; a CR or LF elsewhere stays in its line and is refused there.
  fileprivate var lines: [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = startIndex
    for index in indices.dropFirst() where self[index] == Octet.lineFeed && self[index - 1] == Octet.carriageReturn {
      guard index > start else { continue }
      lines.append(self[start..<(index - 1)])
      start = index + 1
    }
    if start < endIndex { lines.append(self[start...]) }
    return lines
  }
}

extension ArraySlice<UInt8> {
  /// RFC 9110 §5.6.2.
  fileprivate var isToken: Bool {
    !isEmpty
      && allSatisfy { byte in
        Octet.isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(Octet.lowercased(byte))
          || "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
  }

  fileprivate var trimmed: ArraySlice<UInt8> {
    let isBlank = { (byte: UInt8) in byte == Octet.space || byte == Octet.tab }
    let start = drop(while: isBlank)
    guard let last = start.lastIndex(where: { !isBlank($0) }) else { return [] }
    return start[...last]
  }

  /// `.` or `..`, however they are spelled.
  fileprivate var isDotSegment: Bool {
    var dots = 0
    var rest = self
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.prefix(2).map(Octet.lowercased) == Array("2e".utf8) {
        rest = rest.dropFirst(2)
      } else if byte != UInt8(ascii: ".") {
        return false
      }
      dots += 1
    }
    return dots == 1 || dots == 2
  }
}
