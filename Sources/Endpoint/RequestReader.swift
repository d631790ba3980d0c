/// Cuts one connection's bytes into requests. Pure: bytes in, heads out; bodies are skipped unread.
struct RequestReader {
  enum Step: Equatable {
    case needsMore
    case request(RequestHead)
    case refused(RequestRefusal)
  }

  /// Of a head, the empty line at its end included.
  static let limit = 16 << 10

  private var pending: [UInt8] = []
  /// How much of `pending` is known to hold no end of a head.
  private var scanned = 0
  private var toSkip = 0

  /// Whether a request has begun and is not complete.
  var isInside: Bool { !pending.isEmpty || toSkip > 0 }

  mutating func append(_ bytes: some Sequence<UInt8>) { pending.append(contentsOf: bytes) }

  /// To be called until it needs more; nothing may be read after a refusal.
  mutating func next() -> Step {
    let skipped = min(toSkip, pending.count)
    pending.removeFirst(skipped)
    toSkip -= skipped
    guard toSkip == 0 else { return .needsMore }

    // An empty line that some clients leave behind a body (RFC 9112 §2.2).
    if scanned <= 1, pending.starts(with: [Octet.carriageReturn, Octet.lineFeed]) {
      pending.removeFirst(2)
      scanned = 0
    }

    while scanned < pending.count {
      let byte = pending[scanned]
      let isAfterReturn = scanned > 0 && pending[scanned - 1] == Octet.carriageReturn
      // Refused at once, or a client that ends lines in its own way would wait until its deadline.
      guard byte != 0, (byte == Octet.lineFeed) == isAfterReturn else { return .refused(.malformed) }
      scanned += 1
      guard scanned <= RequestReader.limit else { return .refused(.headersTooLarge) }
      if byte == Octet.lineFeed, scanned >= 4, pending[scanned - 3] == Octet.lineFeed { return take() }
    }
    return .needsMore
  }

  private mutating func take() -> Step {
    let head = pending.prefix(scanned - 4)
    do throws(RequestRefusal) {
      let request = try RequestHead(parsing: head)
      pending.removeFirst(scanned)
      scanned = 0
      toSkip = request.bodyLength
      return .request(request)
    } catch {
      return .refused(error)
    }
  }
}
