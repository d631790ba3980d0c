internal import Formats
internal import Model
internal import NIOCore

/// An answer before it is framed.
struct Response: Equatable {
  let status: Status
  let contentType: ContentType
  var headers: [(name: String, value: String)] = []
  let body: [UInt8]
  /// Head and body as they go out on a connection that stays open; made once where the same is answered often.
  private var prepared: PreparedAnswer?

  enum Status: Int {
    case ok = 200
    case badRequest = 400
    case unauthorized = 401
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case contentTooLarge = 413
    case tooManyRequests = 429
    case headersTooLarge = 431
    case unavailable = 503
  }

  enum ContentType: String {
    case json = "application/json"
    case text = "text/plain; charset=utf-8"
    /// <https://prometheus.io/docs/instrumenting/exposition_formats/>
    case metrics = "text/plain; version=0.0.4; charset=utf-8"
  }

  init(_ status: Status, _ body: JSON, headers: [(name: String, value: String)] = []) {
    self.init(status, .json, body.serialized(), headers: headers)
  }

  init(
    _ status: Status, _ contentType: ContentType, _ body: [UInt8], headers: [(name: String, value: String)] = []
  ) {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    self.body = body
  }

  /// For an answer that is given many times.
  init(prepared status: Status, _ body: JSON) {
    self.init(status, body)
    prepared = PreparedAnswer(serialized(closing: false))
  }

  /// An error as AWS SDKs read it: they decode `code` and `message` of whatever is not 200.
  init(_ status: Status, code: String, message: String, headers: [(name: String, value: String)] = []) {
    self.init(status, ["code": .string(.init(code)), "message": .string(.init(message))], headers: headers)
  }

  /// The bytes that go out.
  ///
  /// - Parameter omitsBody: for HEAD, to which a client expects none: it would read it as the next answer's beginning.
  func framed(closing: Bool, omitsBody: Bool) -> ByteBuffer {
    if let prepared, !closing, !omitsBody { return prepared.bytes }
    return ByteBuffer(bytes: serialized(closing: closing, omitsBody: omitsBody))
  }

  /// On the wire. `Cache-Control`, because nothing here may be kept by anything in between.
  func serialized(closing: Bool, omitsBody: Bool = false) -> [UInt8] {
    var head = "HTTP/1.1 \(status.rawValue) \(status.phrase)\r\n"
    head += "Content-Type: \(contentType.rawValue)\r\nCache-Control: no-store\r\nContent-Length: \(body.count)\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if closing { head += "Connection: close\r\n" }
    return Array((head + "\r\n").utf8) + (omitsBody ? [] : body)
  }

  static func == (left: Response, right: Response) -> Bool {
    left.status == right.status && left.contentType == right.contentType && left.body == right.body
      && left.headers.elementsEqual(right.headers) { $0.name == $1.name && $0.value == $1.value }
  }
}

extension Response {
  static func notAllowed(_ method: String) -> Response {
    Response(
      .methodNotAllowed, code: "MethodNotAllowed", message: "only \(method) is answered", headers: [("Allow", method)])
  }

  static func notFound(_ message: String) -> Response { Response(.notFound, code: "NotFound", message: message) }

  static func forbidden(_ message: String) -> Response { Response(.forbidden, code: "Forbidden", message: message) }

  static func to(_ refusal: RequestRefusal) -> Response {
    switch refusal {
    case .malformed: Response(.badRequest, code: "BadRequest", message: "the request is malformed")
    case .headersTooLarge: Response(.headersTooLarge, code: "HeadersTooLarge", message: "the headers are too large")
    case .bodyTooLarge: Response(.contentTooLarge, code: "BodyTooLarge", message: "no body is needed here")
    }
  }
}

extension Response.Status {
  fileprivate var phrase: String {
    switch self {
    case .ok: "OK"
    case .badRequest: "Bad Request"
    case .unauthorized: "Unauthorized"
    case .forbidden: "Forbidden"
    case .notFound: "Not Found"
    case .methodNotAllowed: "Method Not Allowed"
    case .contentTooLarge: "Content Too Large"
    case .tooManyRequests: "Too Many Requests"
    case .headersTooLarge: "Request Header Fields Too Large"
    case .unavailable: "Service Unavailable"
    }
  }
}
