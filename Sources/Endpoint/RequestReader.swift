/// Cuts one connection's bytes into requests. Pure: bytes in, heads out; bodies are skipped unread.
struct RequestReader {
  enum Step: Equatable {
    case needsMore
    case request(RequestHead)
    case refused(RequestRefusal)
  }

  /// Of a head, the empty line at its end included.
  static let limit = 16 << 10
  /// What a connection keeps between two requests.
  private static let keptCapacity = 4 << 10

  private var received: [UInt8] = []
  /// Where in `received` the present request begins: heads that were handed out share its memory.
  private var start = 0
  /// How much of the present request is known to hold no end of a head.
  private var scanned = 0
  private var toSkip = 0
  private var hasSkippedLine = false

  /// Whether a request has begun and is not complete.
  var isInside: Bool { start < received.count || toSkip > 0 }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if start > 0 {
      if start < received.count {
        received.removeFirst(start)
      } else {
        received.removeAll(keepingCapacity: received.capacity <= Self.keptCapacity)
      }
      start = 0
    }
    received.append(contentsOf: bytes)
  }

  /// To be called until it needs more; nothing may be read after a refusal.
  mutating func next() -> Step {
    let skipped = min(toSkip, received.count - start)
    start += skipped
    toSkip -= skipped
    guard toSkip == 0 else { return .needsMore }

    // An empty line that some clients leave behind a body (RFC 9112 §2.2): one, however the bytes arrive.
    if !hasSkippedLine, scanned <= 1, received[start...].starts(with: "\r\n") {
      start += 2
      scanned = 0
      hasSkippedLine = true
    }
    switch scan() {
    case .open: return .needsMore
    case .end: return take()
    case .refused(.headersTooLarge):
      return .refused(RequestHead.refusal(ofTooLarge: received[start...].prefix(RequestReader.limit)))
    case .refused(let refusal): return .refused(refusal)
    }
  }

  private enum Scan { case open, end, refused(RequestRefusal) }

  /// Looks for the end of the head from where it left off.
  private mutating func scan() -> Scan {
    let (start, known) = (start, scanned)
    let (found, seen) = received.withUnsafeBufferPointer { bytes in
      var scanned = known
      let count = bytes.count - start
      while scanned < count {
        let byte = bytes[start + scanned]
        let isAfterReturn = scanned > 0 && bytes[start + scanned - 1] == Octet.carriageReturn
        // Refused at once, or a client that ends lines in its own way would wait until its deadline.
        guard byte != 0, (byte == Octet.lineFeed) == isAfterReturn else { return (Scan.refused(.malformed), scanned) }
        scanned += 1
        guard scanned <= RequestReader.limit else { return (.refused(.headersTooLarge), scanned) }
        if byte == Octet.lineFeed, scanned >= 4, bytes[start + scanned - 3] == Octet.lineFeed {
          return (.end, scanned)
        }
      }
      return (.open, scanned)
    }
    scanned = seen
    return found
  }

  private mutating func take() -> Step {
    let head = received[start..<(start + scanned - 4)]
    do throws(RequestRefusal) {
      let request = try RequestHead(parsing: head)
      start += scanned
      scanned = 0
      hasSkippedLine = false
      toSkip = request.bodyLength
      return .request(request)
    } catch {
      return .refused(error)
    }
  }
}
