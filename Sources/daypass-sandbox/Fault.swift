import Formats
import Model

/// A failure of the network or the server, ordered for the next requests to an endpoint.
struct Fault: Sendable {
  enum Mode: String, CaseIterable, Sendable {
    /// An error status with a JSON body, or an HTML one, or an empty one.
    case status, html, empty
    /// A body of the orderer's choice.
    case body
    /// RST, silence, FIN, without the request having had any effect.
    case reset, hang, close
    /// The request is served, then the connection is reset instead of the answer.
    case lost
    /// The true answer, cut in half or one byte a second.
    case truncate, trickle
    /// The port refuses connections for `seconds`.
    case refuse
  }

  var endpoint: String
  var mode: Mode
  var status: Int
  var retryAfter: JSON?
  var body: [UInt8]
  var contentType: String
  /// Requests left through before the first failure.
  var skip: Int64
  /// Nil: no limit.
  var requests: Int64?
  var seconds: Double?
  var ends: Duration?

  /// `{"endpoint": "token.device_code", "mode": "status", "status": 503, "retry_after": 5, "requests": 3, "skip": 1}`
  init(_ json: JSON, now: Duration) throws(SandboxError) {
    guard let object = json.object else { throw .badOption(option: "fault", expected: "an object") }
    let known = ["endpoint", "mode", "status", "retry_after", "body", "content_type", "skip", "requests", "seconds"]
    for member in object.members where !known.contains(where: { member.key == $0 }) {
      throw .unknownKey("fault.\(member.key.string)", known: known)
    }
    guard let mode = object["mode"]?.text.flatMap({ Mode(rawValue: $0.string) }) else {
      let names = Mode.allCases.map(\.rawValue).joined(separator: ", ")
      throw .badOption(option: "fault.mode", expected: names)
    }
    self.mode = mode
    endpoint = object["endpoint"]?.text?.string ?? "*"
    let usual: Int64 = mode == .empty ? 400 : mode == .html ? 500 : mode == .body ? 200 : 503
    status = Int(min(max(object["status"]?.integer ?? usual, 200), 599))
    retryAfter = object["retry_after"]
    body = object["body"]?.text?.utf8 ?? []
    contentType = object["content_type"]?.text?.string ?? "application/json"
    skip = object["skip"]?.integer ?? 0
    requests = object["requests"]?.integer
    if case .number(let number)? = object["seconds"] { seconds = number.double.map { min(max($0, 0), 86_400) } }
    if mode != .refuse, let seconds { ends = now + .seconds(seconds) }
    if mode == .refuse, seconds == nil { throw .badOption(option: "fault.seconds", expected: "how long to refuse") }
  }

  /// `token` concerns `token.refresh_token` too; `*` everything.
  func concerns(_ kind: String) -> Bool {
    endpoint == "*" || kind.utf8.elementsEqual(endpoint.utf8) || kind.utf8.starts(with: "\(endpoint).".utf8)
  }

  /// Whether the request has any effect.
  var isServed: Bool { mode == .lost || mode == .truncate || mode == .trickle }

  func damage(_ reply: Reply?, wall: WallTime) -> Reply {
    var result = reply ?? Reply(status: status)
    switch mode {
    case .status:
      result = .json(status, ["message": "unavailable on demand"])
    case .html:
      result = .html(status, "<!DOCTYPE html><title>Error</title><h1>Something went wrong</h1>")
    case .empty: break
    case .body:
      result.headers = [("content-type", contentType)]
      result.body = body
    case .reset, .lost: result.delivery = .reset
    case .hang: result.delivery = .hang
    case .close: result.delivery = .close
    case .truncate: result.delivery = .truncated
    case .trickle: result.delivery = .trickled
    case .refuse:
      result.delivery = .reset
      result.refusal = .seconds(seconds ?? 0)
    }
    switch retryAfter {
    case .number(let number)?: result.headers.append(("retry-after", number.literal))
    case .string(let text)?: result.headers.append(("retry-after", Self.retryDate(text.string, wall: wall)))
    default: break
    }
    result.outcome = nil
    return result
  }

  /// `date+5` is an HTTP date five seconds ahead; anything else is sent as it is.
  private static func retryDate(_ text: String, wall: WallTime) -> String {
    guard text.hasPrefix("date+"), let seconds = Int64(text.dropFirst(5)) else { return text }
    return CivilTime(wall + seconds).httpDate
  }
}

struct Faults: Sendable {
  private(set) var pending: [Fault] = []

  mutating func add(_ fault: Fault) { pending.append(fault) }
  mutating func clear() { pending = [] }

  /// The first fault that concerns this request, counted down.
  mutating func take(_ kind: String, now: Duration) -> Fault? {
    pending.removeAll { fault in fault.ends.map { $0 <= now } ?? false || fault.requests.map { $0 <= 0 } ?? false }
    for index in pending.indices where pending[index].concerns(kind) {
      if pending[index].skip > 0 {
        pending[index].skip -= 1
        continue
      }
      pending[index].requests = pending[index].requests.map { $0 - 1 }
      let fault = pending[index]
      if fault.mode == .refuse { pending.remove(at: index) }
      return fault
    }
    return nil
  }
}
