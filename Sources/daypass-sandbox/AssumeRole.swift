import Formats
import Model

/// What a session carries along and hands on to the next.
struct SessionTags: Sendable {
  struct Tag: Sendable {
    var key: ByteText
    var value: ByteText
  }

  var tags: [Tag] = []
  /// Keys of those that the next session inherits.
  var transitive: [ByteText] = []
  /// Stays for good once it is set.
  var sourceIdentity: ByteText?

  /// What AssumeRole brings, held against the constraints of the service model.
  init(_ parameters: Parameters) throws(STSError) {
    for number in 1...51 {
      guard let key = parameters["Tags.member.\(number).Key"] else { break }
      let value = parameters["Tags.member.\(number).Value"] ?? ""
      guard number <= 50 else { throw .invalid("[…]", at: "tags", "Member must have length less than or equal to 50") }
      guard (1...128).contains(key.string.unicodeScalars.count), value.string.unicodeScalars.count <= 256,
        Self.isTagText(key), Self.isTagText(value)
      else { throw .invalid(key.string, at: "tags.\(number).member", "Member must satisfy regular expression pattern") }
      guard !tags.contains(where: { $0.key.string.lowercased() == key.string.lowercased() }) else {
        throw STSError(
          "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
      }
      tags.append(Tag(key: key, value: value))
    }
    transitive = (1...50).compactMap { parameters["TransitiveTagKeys.member.\($0)"] }
    sourceIdentity = parameters["SourceIdentity"]
    if let sourceIdentity {
      let allowed = Array((Digests.alphanumerics + "_+=,.@-").utf8)
      guard (2...64).contains(sourceIdentity.utf8.count), sourceIdentity.utf8.allSatisfy(allowed.contains) else {
        throw .invalid(sourceIdentity.string, at: "sourceIdentity", "Member must satisfy regular expression pattern")
      }
    }
  }

  init() {}

  private static func isTagText(_ text: ByteText) -> Bool {
    text.string.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || " _.:/=+-@0123456789".unicodeScalars.contains($0)
    }
  }
}

/// AssumeRole, with credentials that a role gave: whatever role comes next lasts an hour at most. The signature is
/// verified before.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
extension State {
  mutating func assumeRole(_ parameters: Parameters, caller: IssuedCredentials) throws(STSError) -> Reply {
    let order = try RoleOrder(parameters)
    var tags = try SessionTags(parameters)
    let denied = STSError(
      "AccessDenied", 403,
      "User: \(caller.arn) is not authorized to perform: sts:AssumeRole on resource: \(order.roleARN.printable())")
    guard let role = cast.role(order.roleARN) else { throw denied }
    let names = caller.principals
    func isAllowed(_ action: String) -> Bool {
      role.trust.permits(ByteText(action), .aws(names)) { prefix, name in Self.values(prefix, name, parameters, tags) }
    }
    guard isAllowed("sts:AssumeRole") else { throw denied }
    if !tags.tags.isEmpty || !tags.transitive.isEmpty, !isAllowed("sts:TagSession") {
      throw STSError(
        "AccessDenied", 403, "User: \(caller.arn) is not authorized to perform: sts:TagSession")
    }
    try inherit(from: caller.tags, into: &tags)
    if tags.sourceIdentity != nil, !isAllowed("sts:SetSourceIdentity") {
      throw STSError(
        "AccessDenied", 403, "User: \(caller.arn) is not authorized to perform: sts:SetSourceIdentity")
    }
    guard order.duration <= 3_600 else {
      throw STSError(
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
    }
    let shown = tags.sourceIdentity.map { [STSReply.element("SourceIdentity", $0.string)] } ?? []
    return issue(order, action: "AssumeRole", tags: tags, extra: shown)
  }

  /// Transitive tags and the source identity of the session before go along, and cannot be replaced.
  private func inherit(from earlier: SessionTags, into tags: inout SessionTags) throws(STSError) {
    for tag in earlier.tags where earlier.transitive.contains(tag.key) {
      guard !tags.tags.contains(where: { $0.key == tag.key }) else {
        throw STSError(
          "InvalidParameterValue", "One of the specified transitive tag keys can't be set: \(tag.key.printable())")
      }
      tags.tags.append(tag)
      tags.transitive.append(tag.key)
    }
    for key in tags.transitive where !tags.tags.contains(where: { $0.key == key }) {
      throw STSError("InvalidParameterValue", "The specified transitive tag key must be included: \(key.printable())")
    }
    guard let identity = earlier.sourceIdentity else { return }
    guard tags.sourceIdentity.map({ $0 == identity }) ?? true else {
      throw STSError("AccessDenied", 403, "The source identity of a session cannot be changed")
    }
    tags.sourceIdentity = identity
  }

  /// Of the condition keys that a trust policy can ask for here.
  private static func values(
    _ prefix: String?, _ name: String, _ parameters: Parameters, _ tags: SessionTags
  ) -> [ByteText] {
    switch (prefix, name) {
    case ("sts", "ExternalId"): [parameters["ExternalId"]].compactMap(\.self)
    case ("sts", "RoleSessionName"): [parameters["RoleSessionName"]].compactMap(\.self)
    case ("sts", "SourceIdentity"): [tags.sourceIdentity].compactMap(\.self)
    case ("sts", "TransitiveTagKeys"): tags.transitive
    case ("aws", "TagKeys"): tags.tags.map(\.key)
    case ("aws", _) where name.hasPrefix("RequestTag/"):
      tags.tags.filter { $0.key == ByteText(String(name.dropFirst("RequestTag/".count))) }.map(\.value)
    default: []
    }
  }
}
