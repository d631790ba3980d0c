import Formats
import Model

/// One request as it arrived, whole.
struct Request: Sendable {
  var method: String
  var path: String
  /// Without the question mark.
  var query: String
  /// In the order received; names in lower case.
  var headers: [(name: String, value: String)]
  var body: [UInt8]
  var isFromLoopback: Bool

  func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  func cookie(_ name: String) -> String? {
    guard let header = header("cookie") else { return nil }
    for part in header.split(separator: ";") {
      let sides = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      if sides.count == 2, sides[0].utf8.elementsEqual(name.utf8) { return String(sides[1]) }
    }
    return nil
  }
}

struct Reply: Sendable {
  enum Delivery: Sendable {
    case whole
    /// The connection ends with RST.
    case reset
    /// Nothing is ever answered.
    case hang
    /// The connection ends without an answer.
    case close
    /// Half of the body although the length says all of it.
    case truncated
    /// One byte a second.
    case trickled
  }

  var status: Int
  var headers: [(name: String, value: String)] = []
  var body: [UInt8] = []
  var delivery = Delivery.whole
  var delay = Duration.zero
  /// Afterwards the listening socket is closed for this long, every connection with it.
  var refusal: Duration?
  /// The error code inside the body, for the counters.
  var outcome: String?

  static func json(_ status: Int = 200, _ value: JSON, outcome: String? = nil) -> Reply {
    Reply(
      status: status, headers: [("content-type", "application/json"), ("cache-control", "no-store")],
      body: value.serialized(), outcome: outcome)
  }

  static func html(_ status: Int = 200, _ text: String) -> Reply {
    Reply(status: status, headers: [("content-type", "text/html; charset=utf-8")], body: Array(text.utf8))
  }

  static func xml(_ status: Int = 200, _ text: String, outcome: String? = nil) -> Reply {
    Reply(status: status, headers: [("content-type", "text/xml")], body: Array(text.utf8), outcome: outcome)
  }

  static func redirect(_ status: Int, to location: String) -> Reply {
    Reply(status: status, headers: [("location", location)])
  }

  /// RFC 6749 §5.2.
  static func error(_ status: Int, _ code: String, _ description: String) -> Reply {
    .json(status, ["error": JSON(code), "error_description": JSON(description)], outcome: code)
  }

  static func notFound() -> Reply { .error(404, "not_found", "there is nothing here") }

  static func notAllowed(_ allowed: String) -> Reply {
    var reply = Reply.error(405, "method_not_allowed", "only \(allowed)")
    reply.headers.append(("allow", allowed))
    return reply
  }
}

/// The parameters of a query or a form. A name that comes twice is refused by whoever reads (RFC 6749 §3.1, §3.2).
struct Parameters: Sendable {
  private var values: [ByteText: ByteText] = [:]
  private(set) var repeated: ByteText?
  private(set) var isMalformed = false

  init(_ encoded: some Collection<UInt8>) {
    guard let fields = FormEncoding.decode(encoded) else {
      isMalformed = true
      return
    }
    for field in fields {
      let name = ByteText(field.name)
      if values[name] != nil { repeated = name }
      values[name] = ByteText(field.value.exposedText())
    }
  }

  /// Nil for an empty value too, which means the same (RFC 6749 §3.1).
  subscript(_ name: String) -> ByteText? {
    guard let value = values[ByteText(name)], !value.isEmpty else { return nil }
    return value
  }

  func list(_ name: String) -> [ByteText] {
    (self[name]?.utf8 ?? []).split(separator: UInt8(ascii: " ")).compactMap { ByteText(validating: $0) }
  }

  /// The values of `Name.member.1`, `Name.member.2`, … of the AWS Query protocol.
  func members(_ name: String) -> [ByteText] {
    var result: [ByteText] = []
    while result.count < 100, let value = values[ByteText("\(name).member.\(result.count + 1)")] {
      result.append(value)
    }
    return result
  }
}
