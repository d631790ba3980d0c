import Formats
public import Model

/// A further role, and what its session is to be: all of an AssumeRole but whose credentials sign it.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
public struct ChainedRole: Sendable {
  public struct Tag: Sendable, Hashable {
    public var key: String
    public var value: String

    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  /// What AWS grants a role that is assumed with another role's credentials, in seconds, whatever its own limit.
  public static let longest: Int64 = 3600

  public let role: RoleARN
  /// Nil: the same as that of the session before.
  public let sessionName: SessionName?
  public let bounds: SessionBounds
  public let externalID: String?
  public let tags: [Tag]
  public let transitiveTagKeys: [String]
  public let sourceIdentity: String?

  public init(
    role: RoleARN, sessionName: SessionName? = nil, bounds: SessionBounds, externalID: String? = nil, tags: [Tag] = [],
    transitiveTagKeys: [String] = [], sourceIdentity: String? = nil
  ) throws(RoleRequestError) {
    guard bounds.duration <= ChainedRole.longest else { throw .chainedDuration(bounds.duration) }
    if let externalID {
      guard ChainedRole.isName(externalID, 2...1224, also: ":/") else { throw .externalID }
    }
    if let sourceIdentity {
      guard ChainedRole.isName(sourceIdentity, 2...64, also: "") else { throw .sourceIdentity }
    }
    try ChainedRole.check(keys: tags.map(\.key), "tags")
    for tag in tags where tag.value.unicodeScalars.count > 256 || !ChainedRole.isTagText(tag.value) {
      throw .tagValue(key: tag.key)
    }
    try ChainedRole.check(keys: transitiveTagKeys, "transitive_tag_keys")
    self.role = role
    self.sessionName = sessionName
    self.bounds = bounds
    self.externalID = externalID
    self.tags = tags
    self.transitiveTagKeys = transitiveTagKeys
    self.sourceIdentity = sourceIdentity
  }

  private static func check(keys: [String], _ what: String) throws(RoleRequestError) {
    guard keys.count <= 50 else { throw .tooManyTags(keys.count) }
    var seen: Set<String> = []
    for key in keys {
      let folded = key.lowercased()
      guard (1...128).contains(key.unicodeScalars.count), isTagText(key), !folded.hasPrefix("aws:") else {
        throw .tagKey(key, what: what)
      }
      guard seen.insert(folded).inserted else { throw .repeatedTag(key) }
    }
  }

  /// `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`
  private static func isTagText(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .spaceSeparator,
        .lineSeparator, .paragraphSeparator, .decimalNumber, .letterNumber, .otherNumber:
        true
      default: "_.:/=+-@".unicodeScalars.contains(scalar)
      }
    }
  }

  private static func isName(_ text: String, _ length: ClosedRange<Int>, also: String) -> Bool {
    length.contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: ("_+=,.@-" + also).utf8.contains(byte)
        }
      }
  }
}

/// AssumeRole: credentials of one role for those of another, signed with the former.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
public struct AssumeRoleRequest: RoleRequest {
  public static let action = "AssumeRole"

  public let step: ChainedRole
  public let sessionName: SessionName
  /// Of the role before.
  public let credentials: AWSCredentials

  public var role: RoleARN { step.role }

  /// - Parameter name: of the session, where the step has none of its own.
  public init(_ step: ChainedRole, with credentials: AWSCredentials, named name: SessionName) {
    self.step = step
    self.credentials = credentials
    sessionName = step.sessionName ?? name
  }

  public func httpRequest(to endpoint: STSEndpoint, timeout: Duration) -> HTTPRequest {
    var fields = [FormField("RoleArn", role.text.string), FormField("RoleSessionName", sessionName.text)]
    fields += step.bounds.fields
    if let externalID = step.externalID { fields.append(FormField("ExternalId", externalID)) }
    if let sourceIdentity = step.sourceIdentity { fields.append(FormField("SourceIdentity", sourceIdentity)) }
    for (index, tag) in step.tags.enumerated() {
      fields.append(FormField("Tags.member.\(index + 1).Key", tag.key))
      fields.append(FormField("Tags.member.\(index + 1).Value", tag.value))
    }
    for (index, key) in step.transitiveTagKeys.enumerated() {
      fields.append(FormField("TransitiveTagKeys.member.\(index + 1)", key))
    }
    return .query(
      AssumeRoleRequest.action, fields, to: endpoint, timeout: timeout,
      signature: SigV4(credentials: credentials, region: endpoint.region, service: "sts"))
  }
}
