import Formats
import Model

/// Errors of AWS STS, by their wire names.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>
struct STSError: Error {
  var code: String
  var status: Int
  var message: String

  init(_ code: String, _ status: Int, _ message: String) {
    (self.code, self.status, self.message) = (code, status, message)
  }

  init(_ code: String, _ message: String) { self.init(code, 400, message) }

  static func invalid(_ value: String?, at name: String, _ constraint: String) -> STSError {
    let value = value.map { "'\($0.printable())'" } ?? "null"
    return STSError(
      "ValidationError",
      "1 validation error detected: Value \(value) at '\(name)' failed to satisfy constraint: \(constraint)")
  }

  static func denied(_ action: String) -> STSError {
    STSError("AccessDenied", 403, "Not authorized to perform \(action)")
  }

  var reply: Reply {
    let text = """
      <ErrorResponse xmlns="\(STSReply.namespace)">
        <Error>
          <Type>\(status >= 500 ? "Receiver" : "Sender")</Type>
          <Code>\(HTML.escape(code))</Code>
          <Message>\(HTML.escape(message))</Message>
        </Error>
        <RequestId>\(STSReply.requestID())</RequestId>
      </ErrorResponse>

      """
    return .xml(status, text, outcome: code)
  }
}

/// Replies in the shape of the AWS Query protocol.
enum STSReply {
  static let namespace = "https://sts.amazonaws.com/doc/2011-06-15/"

  static func requestID() -> String {
    let text = Digests.randomText(32, from: "0123456789abcdef")
    var result = ""
    for (index, character) in text.enumerated() {
      if [8, 12, 16, 20].contains(index) { result += "-" }
      result.append(character)
    }
    return result
  }

  static func success(_ action: String, _ result: String) -> Reply {
    let text = """
      <\(action)Response xmlns="\(namespace)">
        <\(action)Result>
      \(result)
        </\(action)Result>
        <ResponseMetadata>
          <RequestId>\(requestID())</RequestId>
        </ResponseMetadata>
      </\(action)Response>

      """
    return .xml(200, text)
  }

  static func element(_ name: String, _ text: String) -> String { "    <\(name)>\(HTML.escape(text))</\(name)>" }
}

/// What the STS can be made to say although it is not so.
enum STSLie: String, CaseIterable, Sendable {
  case expirationPast = "expiration_past"
  case expirationFar = "expiration_far"
  case expirationUnparsable = "expiration_unparsable"
  case expirationNoSuchDay = "expiration_no_such_day"
  case expirationNanoseconds = "expiration_nanoseconds"
  case noExpiration = "no_expiration"
  case otherRole = "other_role"
  case otherAccount = "other_account"
  case noAssumedRoleUser = "no_assumed_role_user"
  case noSessionToken = "no_session_token"
  case emptySecret = "empty_secret"
  case duplicateField = "duplicate_field"
  case doctype
  case truncated
  case html

  func expiration(_ true: WallTime, now: WallTime) -> String? {
    switch self {
    case .expirationPast: RFC3339.format(now + -60)
    case .expirationFar: RFC3339.format(now + 400 * 86_400)
    case .expirationUnparsable: "tomorrow, about noon"
    case .expirationNoSuchDay: "\(CivilTime(now + 366 * 86_400).year)-02-30T00:00:00Z"
    case .expirationNanoseconds: String(RFC3339.format(`true`).dropLast()) + ".123456789Z"
    case .noExpiration: nil
    default: RFC3339.format(`true`)
    }
  }

  func falsify(_ reply: inout Reply) {
    switch self {
    case .truncated: reply.body.removeLast(reply.body.count / 3)
    case .html: reply = .html(200, "<!DOCTYPE html><title>Welcome</title><p>Please accept our terms.</p>")
    case .doctype:
      let declaration =
        "<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n"
      reply.body = Array(declaration.utf8) + reply.body
    default: break
    }
  }
}
