import Formats
public import Model

/// Credentials, and whose they are. What only some servers say is optional.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
public struct AssumedRole: Sendable, Equatable {
  public var credentials: AWSCredentials
  public var assumedRoleARN: ByteText?
  public var assumedRoleID: ByteText?
  /// Of `assumedRoleARN`.
  public var account: ByteText?
  /// Of `assumedRoleARN`, without a path.
  public var roleName: ByteText?
  /// Of `assumedRoleARN`.
  public var sessionName: ByteText?
  public var subject: ByteText?
  public var audience: ByteText?
  public var provider: ByteText?
  /// Percent of the space for policies and tags that is used.
  public var packedPolicySize: Int?
  public var requestID: String?

  public init(credentials: AWSCredentials) { self.credentials = credentials }
}

/// A success of one of the calls that give credentials of a role.
public enum RoleResponse {
  /// Credentials live at most this long, in seconds.
  private static let longest = DurationChoice.allowed.upperBound
  /// Seconds by which the server's clock may be ahead of ours before `longest` is thought to be exceeded.
  private static let slack: Int64 = 300

  public static func parse(
    _ response: HTTPResponse, to request: some RoleRequest, from endpoint: STSEndpoint, now: WallTime
  ) throws(STSError) -> AssumedRole {
    let (result, requestID) = try Reply.result(of: type(of: request).action, in: response, now: now)
    var assumed = AssumedRole(credentials: try credentials(in: result, of: response, now: now))
    if let user = result.child("AssumedRoleUser") {
      assumed.assumedRoleARN = try Reply.optional("Arn", in: user)
      assumed.assumedRoleID = try Reply.optional("AssumedRoleId", in: user)
    }
    if let name = assumed.assumedRoleARN.flatMap({ AssumedRoleARN($0) }) {
      assumed.account = name.account.isEmpty ? nil : name.account
      assumed.roleName = name.roleName
      assumed.sessionName = name.sessionName
    }
    let name = result.child("Subject") == nil ? "SubjectFromWebIdentityToken" : "Subject"
    assumed.subject = try Reply.optional(name, in: result)
    assumed.audience = try Reply.optional("Audience", in: result)
    assumed.provider = try Reply.optional("Provider", in: result)
    assumed.packedPolicySize = try Reply.optional("PackedPolicySize", in: result).flatMap { Int($0.string) }
    assumed.requestID = requestID
    try check(assumed, against: request.role, isAWS: endpoint.isAWS)
    return assumed
  }

  /// AWS always says which role it gave; others' word is taken where they give one.
  private static func check(_ assumed: AssumedRole, against role: RoleARN, isAWS: Bool) throws(STSError) {
    guard let text = assumed.assumedRoleARN else {
      if isAWS { throw .unexpectedReply("AssumedRoleUser has no Arn") }
      return
    }
    guard let received = AssumedRoleARN(text) else {
      if isAWS { throw .otherRole(requested: role.text, received: text) }
      return
    }
    let isAccount = received.account == role.account || (!isAWS && (received.account.isEmpty || role.account.isEmpty))
    let isPartition = !isAWS || received.partitionName == role.partitionName
    guard isAccount, isPartition, received.roleName == role.name else {
      throw .otherRole(requested: role.text, received: text)
    }
  }

  private static func credentials(
    in result: XMLElement, of response: HTTPResponse, now: WallTime
  ) throws(STSError) -> AWSCredentials {
    let element: XMLElement
    do throws(XMLError) {
      element = try result.only("Credentials")
    } catch {
      throw .unexpectedReply(error.message)
    }
    let key = try part("AccessKeyId", of: element)
    let secret = try part("SecretAccessKey", of: element)
    let token = try part("SessionToken", of: element)
    let text = try Reply.required("Expiration", in: element)
    guard let expiration = RFC3339.parse(text.utf8) else {
      throw .unexpectedReply("Expiration \(text.printable(limit: 60)) is not a time")
    }
    let left = expiration - now
    guard left > 0 else { throw unusable("the credentials expired at \(RFC3339.format(expiration))", response, now) }
    guard left <= longest + slack else {
      throw unusable("Expiration \(RFC3339.format(expiration)) is more than \(longest) s ahead", response, now)
    }
    return AWSCredentials(
      accessKeyID: key.string, secretAccessKey: Secret(secret.utf8), sessionToken: Secret(token.utf8),
      expiration: expiration)
  }

  /// Credentials go into headers, environments and files: printable ASCII without blanks, or nothing.
  private static func part(_ name: String, of element: XMLElement) throws(STSError) -> ByteText {
    let text = try Reply.required(name, in: element)
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .unexpectedReply("\(name) has characters that no credentials have")
    }
    return text
  }

  private static func unusable(_ reason: String, _ response: HTTPResponse, _ now: WallTime) -> STSError {
    let skew = response.header("date").flatMap { HTTPDate.parse($0) }.map { $0 - now }
    return .expiration(reason, clockSkew: skew.flatMap { $0.magnitude > UInt64(slack) ? $0 : nil })
  }
}
