internal import Formats
internal import Model

/// An answer before it is framed.
struct Response: Equatable {
  let status: Status
  var headers: [(name: String, value: String)] = []
  let body: [UInt8]

  enum Status: Int {
    case ok = 200
    case badRequest = 400
    case unauthorized = 401
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case contentTooLarge = 413
    case headersTooLarge = 431
    case unavailable = 503
  }

  init(_ status: Status, _ body: JSON, headers: [(name: String, value: String)] = []) {
    self.status = status
    self.headers = headers
    self.body = body.serialized()
  }

  /// An error as AWS SDKs read it: they decode `code` and `message` of whatever is not 200.
  init(_ status: Status, code: String, message: String, headers: [(name: String, value: String)] = []) {
    self.init(status, ["code": .string(.init(code)), "message": .string(.init(message))], headers: headers)
  }

  /// On the wire. `Cache-Control`, because nothing here may be kept by anything in between.
  ///
  /// - Parameter omitsBody: for HEAD, to which a client expects none: it would read it as the next answer's beginning.
  func serialized(closing: Bool, omitsBody: Bool = false) -> [UInt8] {
    var head = "HTTP/1.1 \(status.rawValue) \(status.phrase)\r\n"
    head += "Content-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: \(body.count)\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if closing { head += "Connection: close\r\n" }
    return Array((head + "\r\n").utf8) + (omitsBody ? [] : body)
  }

  static func == (left: Response, right: Response) -> Bool {
    left.status == right.status && left.body == right.body
      && left.headers.elementsEqual(right.headers) { $0.name == $1.name && $0.value == $1.value }
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
    case .headersTooLarge: "Request Header Fields Too Large"
    case .unavailable: "Service Unavailable"
    }
  }
}
