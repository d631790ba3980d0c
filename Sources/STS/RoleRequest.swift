import Formats
public import Model

/// A call that gives credentials of a role: AssumeRoleWithWebIdentity, AssumeRoleWithSAML, AssumeRole. They differ in
/// what proves who asks; their replies are alike.
public protocol RoleRequest: Sendable {
  /// As the Query protocol names the call.
  static var action: String { get }
  var role: RoleARN { get }
  func httpRequest(to endpoint: STSEndpoint, timeout: Duration) -> HTTPRequest
}

extension RoleRequest {
  public func httpRequest(to endpoint: STSEndpoint) -> HTTPRequest { httpRequest(to: endpoint, timeout: .seconds(10)) }
}

/// What all of them take: how long the session lasts, and what narrows it further than the role does.
public struct SessionBounds: Sendable {
  /// Seconds.
  public let duration: Int64
  public let policy: SessionPolicy?
  public let policyARNs: [String]

  public init(
    duration: Int64 = 3600, policy: SessionPolicy? = nil, policyARNs: [String] = []
  ) throws(RoleRequestError) {
    guard DurationChoice.allowed.contains(duration) else { throw .duration(duration) }
    guard policyARNs.count <= 10 else { throw .tooManyPolicies(policyARNs.count) }
    for arn in policyARNs {
      guard (20...2048).contains(arn.utf8.count), arn.hasPrefix("arn:"),
        arn.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
      else { throw .policyARN(arn) }
    }
    self.duration = duration
    self.policy = policy
    self.policyARNs = policyARNs
  }

  var fields: [FormField] {
    var fields = [FormField("DurationSeconds", String(duration))]
    if let policy { fields.append(FormField("Policy", policy.text)) }
    for (index, arn) in policyARNs.enumerated() { fields.append(FormField("PolicyArns.member.\(index + 1).arn", arn)) }
    return fields
  }
}

extension HTTPRequest {
  /// A request of AWS's Query protocol. <https://docs.aws.amazon.com/STS/latest/APIReference/CommonParameters.html>
  static func query(
    _ action: String, _ fields: [FormField], to endpoint: STSEndpoint, timeout: Duration, signature: SigV4? = nil
  ) -> HTTPRequest {
    var request = HTTPRequest(
      .post, endpoint.url.text,
      headers: [
        HTTPHeader("Accept", "application/xml"), HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
      ],
      body: FormEncoding.encode([FormField("Action", action), FormField("Version", "2011-06-15")] + fields),
      timeout: timeout, signature: signature)
    // At worst there are keys that nobody uses.
    request.mayRepeat = true
    return request
  }
}

/// Why a request cannot be made: the STS would not take it.
public enum RoleRequestError: Explained, Hashable {
  case tokenLength(Int)
  case duration(Int64)
  case chainedDuration(Int64)
  case tooManyPolicies(Int)
  case policyARN(String)
  case externalID
  case sourceIdentity
  case tooManyTags(Int)
  /// `what` is `tags` or `transitive_tag_keys`.
  case tagKey(String, what: String)
  case tagValue(key: String)
  case repeatedTag(String)

  public var kind: FailureKind {
    if case .tokenLength = self { .malformed } else { .configuration }
  }

  public var message: String {
    switch self {
    case .tokenLength(let count): "the identity token has \(count) bytes; STS takes 4 to 20000"
    case .duration(let seconds): "duration is \(seconds) s; 900 to 43200 are allowed"
    case .chainedDuration(let seconds):
      "duration is \(seconds) s; a role assumed with another role's credentials has "
        + "900 to 3600"
    case .tooManyPolicies(let count): "policy_arns has \(count) policies; 10 are allowed"
    case .policyARN(let arn): "policy_arns has \(arn.printable()), which is not an ARN"
    case .externalID: "external_id is not 2 to 1224 letters, digits or any of _+=,.@:/-"
    case .sourceIdentity: "source_identity is not 2 to 64 letters, digits or any of _+=,.@-"
    case .tooManyTags(let count): "\(count) tags are too many; 50 are allowed"
    case .tagKey(let key, let what): "\(what) has the key \"\(key.printable(limit: 60))\", which the STS does not take"
    case .tagValue(let key): "the value of the tag \"\(key.printable(limit: 60))\" is none that the STS takes"
    case .repeatedTag(let key): "the tag \"\(key.printable(limit: 60))\" is there twice: case does not count in keys"
    }
  }

  public var hint: String? {
    switch self {
    case .tokenLength: "ask the provider for fewer claims, groups above all"
    case .duration: "write 15m to 12h, or max"
    case .chainedDuration: "write 15m to 1h"
    case .tooManyPolicies, .tooManyTags, .repeatedTag: nil
    case .policyARN: "write it as arn:aws:iam::aws:policy/ReadOnlyAccess"
    case .externalID: "take it from whoever owns the role"
    case .sourceIdentity: "use letters, digits and _+=,.@- only"
    case .tagKey: "a key has 1 to 128 letters, digits, blanks or any of _.:/=+-@, and does not begin with aws:"
    case .tagValue: "a value has up to 256 letters, digits, blanks or any of _.:/=+-@"
    }
  }
}
