import Formats
public import Model

/// AssumeRoleWithWebIdentity: a token of an identity provider for credentials of a role. Unsigned; the token is the
/// proof, and travels in the body only.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
public struct WebIdentityRequest: Sendable {
  public let role: RoleARN
  public let sessionName: SessionName
  public let token: Secret
  /// Seconds.
  public let duration: Int64
  public let policy: SessionPolicy?
  public let policyARNs: [String]

  public init(
    role: RoleARN, sessionName: SessionName, token: Secret, duration: Int64 = 3600, policy: SessionPolicy? = nil,
    policyARNs: [String] = []
  ) throws(WebIdentityRequestError) {
    guard (4...20_000).contains(token.count) else { throw .tokenLength(token.count) }
    guard DurationChoice.allowed.contains(duration) else { throw .duration(duration) }
    guard policyARNs.count <= 10 else { throw .tooManyPolicies(policyARNs.count) }
    for arn in policyARNs {
      guard (20...2048).contains(arn.utf8.count), arn.hasPrefix("arn:"),
        arn.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
      else { throw .policyARN(arn) }
    }
    self.role = role
    self.sessionName = sessionName
    self.token = token
    self.duration = duration
    self.policy = policy
    self.policyARNs = policyARNs
  }

  public func httpRequest(to endpoint: STSEndpoint, timeout: Duration = .seconds(10)) -> HTTPRequest {
    var fields = [
      FormField("RoleArn", role.text.string), FormField("RoleSessionName", sessionName.text),
      FormField("WebIdentityToken", secret: token), FormField("DurationSeconds", String(duration)),
    ]
    if let policy { fields.append(FormField("Policy", policy.text)) }
    for (index, arn) in policyARNs.enumerated() { fields.append(FormField("PolicyArns.member.\(index + 1).arn", arn)) }
    return .query("AssumeRoleWithWebIdentity", fields, to: endpoint, timeout: timeout)
  }
}

extension HTTPRequest {
  /// A request of AWS's Query protocol. <https://docs.aws.amazon.com/STS/latest/APIReference/CommonParameters.html>
  static func query(
    _ action: String, _ fields: [FormField], to endpoint: STSEndpoint, timeout: Duration, signature: SigV4? = nil
  ) -> HTTPRequest {
    HTTPRequest(
      .post, endpoint.url.text,
      headers: [
        HTTPHeader("Accept", "application/xml"), HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
      ],
      body: FormEncoding.encode([FormField("Action", action), FormField("Version", "2011-06-15")] + fields),
      timeout: timeout, signature: signature)
  }
}

public enum WebIdentityRequestError: Explained, Hashable {
  case tokenLength(Int)
  case duration(Int64)
  case tooManyPolicies(Int)
  case policyARN(String)

  public var kind: FailureKind {
    switch self {
    case .tokenLength: .malformed
    case .duration, .tooManyPolicies, .policyARN: .configuration
    }
  }

  public var message: String {
    switch self {
    case .tokenLength(let count): "the identity token has \(count) bytes; STS takes 4 to 20000"
    case .duration(let seconds): "duration is \(seconds) s; 900 to 43200 are allowed"
    case .tooManyPolicies(let count): "policy_arns has \(count) policies; 10 are allowed"
    case .policyARN(let arn): "policy_arns has \(arn.printable()), which is not an ARN"
    }
  }

  public var hint: String? {
    switch self {
    case .tokenLength: "ask the provider for fewer claims, groups above all"
    case .duration: "write 15m to 12h, or max"
    case .tooManyPolicies: nil
    case .policyARN: "write it as arn:aws:iam::aws:policy/ReadOnlyAccess"
    }
  }
}
