internal import Formats
internal import Model

/// What an OAuth endpoint answered to a POST, sorted by what it says and not by its status: providers send errors with
/// 200, 403, 404 and 428, and proxies send pages with any status.
enum EndpointReply {
  /// 2xx with a JSON object that holds no `error`.
  case success(JSONObject)
  case error(OAuthError, status: Int)
  /// 3xx. Never followed.
  case redirect(status: Int)
  /// 408, 425, 429 or 5xx without an OAuth error: the same request may succeed later.
  case unavailable(status: Int)
  /// Not an OAuth answer at all: 2xx that is not JSON, or another 4xx without `error`.
  case unintelligible(status: Int)

  /// - Parameter secrets: what the request held, so that an error that repeats it does not show it.
  init(_ response: HTTPResponse, sent secrets: [Secret] = []) {
    let status = response.status
    if (300..<400).contains(status) {
      self = .redirect(status: status)
      return
    }
    if let object = response.fields {
      switch object["error"] {
      case .string(let code)? where !code.isEmpty:
        let description = object["error_description"]?.text
        self = .error(OAuthError(code: code, description: description, sent: secrets), status: status)
        return
      case nil, .null?:
        if (200..<300).contains(status) {
          self = .success(object)
          return
        }
      default: break
      }
    }
    self = Self.isTransient(status) ? .unavailable(status: status) : .unintelligible(status: status)
  }

  /// Statuses that say "later" whatever the body says.
  static func isTransient(_ status: Int) -> Bool {
    status >= 500 || status == 408 || status == 425 || status == 429
  }
}

extension HTTPResponse {
  /// Seconds the server asks to wait (RFC 9110 §10.2.3); nil if it does not, or not in a way that makes sense.
  func retryAfter(_ now: WallTime) -> Int64? { header("retry-after").flatMap { RetryAfter.parse($0, now: now) } }

  /// The body as an object: JSON, or the form encoding of servers that ignore `Accept` (GitHub). Nil for everything
  /// else, and for what is declared as HTML.
  var fields: JSONObject? {
    let type = mediaType
    if type == "text/html" { return nil }
    if type == "application/x-www-form-urlencoded" { return formFields }
    return (try? JSON.parse(body))?.object
  }

  /// What is wrong with a body that begins as an object does; nil for what is something else altogether.
  var jsonSlip: String? {
    let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    guard mediaType != "text/html", body.first(where: { !blanks.contains($0) }) == UInt8(ascii: "{") else { return nil }
    do throws(JSONError) { _ = try JSON.parse(body) } catch { return error.message }
    return nil
  }

  private var formFields: JSONObject? {
    guard let fields = FormEncoding.decode(body), !fields.isEmpty else { return nil }
    guard Set(fields.map { ByteText($0.name) }).count == fields.count else { return nil }
    return JSONObject(fields.map { ($0.name, JSON($0.value.exposedText())) })
  }

  /// Content-Type in lower case, without parameters.
  private var mediaType: String? {
    guard let header = header("content-type") else { return nil }
    let type = header.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
    return String(decoding: type, as: UTF8.self).lowercased()
  }
}
