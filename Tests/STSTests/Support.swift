import Formats
import Model
import STS

/// 2026-11-22T14:00:00Z.
let now = WallTime(seconds: 1_795_356_000)

func reply(_ body: String, status: Int = 200, headers: [(name: String, value: String)] = []) -> HTTPResponse {
  HTTPResponse(status: status, headers: headers, body: Array(body.utf8))
}

func fault(_ code: String, _ message: String = "", status: Int = 400) -> STSError {
  errorOf(
    reply(
      "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error>"
        + "<RequestId>r-1</RequestId></ErrorResponse>", status: status))
}

/// What parsing that reply as one to AssumeRoleWithWebIdentity throws.
func errorOf(_ response: HTTPResponse) -> STSError {
  do throws(STSError) {
    let role = try CallerIdentity.parse(response, now: now)
    return .unexpectedReply("no error at all: \(role)")
  } catch {
    return error
  }
}

func role(_ text: String = "arn:aws:iam::123456789012:role/team/deploy") throws -> RoleARN { try RoleARN.parse(text) }

func request(
  role text: String = "arn:aws:iam::123456789012:role/team/deploy", policy: SessionPolicy? = nil,
  policyARNs: [String] = []
) throws -> WebIdentityRequest {
  try WebIdentityRequest(
    role: try role(text), sessionName: try SessionName("me@example.com"), token: Secret("eyJ.e30.c2ln"),
    bounds: try SessionBounds(policy: policy, policyARNs: policyARNs))
}

extension HTTPRequest {
  var bodyText: String { body?.exposedText() ?? "" }
}
