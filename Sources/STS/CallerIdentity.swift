public import Model
import Formats

/// GetCallerIdentity: whose credentials these are. Needs no permission.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
public struct CallerIdentity: Sendable, Hashable {
  /// Not every server has accounts.
  public let account: ByteText?
  public let arn: ByteText
  public let userID: ByteText?

  public static func httpRequest(
    to endpoint: STSEndpoint, with credentials: AWSCredentials, timeout: Duration = .seconds(10)
  ) -> HTTPRequest {
    .query(
      "GetCallerIdentity", [], to: endpoint, timeout: timeout,
      signature: SigV4(credentials: credentials, region: endpoint.region, service: "sts"))
  }

  public static func parse(_ response: HTTPResponse, now: WallTime) throws(STSError) -> CallerIdentity {
    let result = try Reply.result(of: "GetCallerIdentity", in: response, now: now)
    return CallerIdentity(
      account: try Reply.optional("Account", in: result.element), arn: try Reply.required("Arn", in: result.element),
      userID: try Reply.optional("UserId", in: result.element))
  }
}
