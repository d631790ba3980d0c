import Formats
import Model

/// What AssumeRole, AssumeRoleWithWebIdentity and AssumeRoleWithSAML have in common, held against the constraints of the service model.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
struct RoleOrder {
  let roleARN: ByteText
  let role: RoleARN
  let sessionName: String
  private(set) var duration: Int64
  let packedSize: [String]

  /// - Parameter given: the session's name, where it is no parameter.
  init(_ parameters: Parameters, sessionName given: String? = nil) throws(STSError) {
    guard let arn = parameters["RoleArn"] else { throw .invalid(nil, at: "roleArn", "Member must not be null") }
    guard (20...2_048).contains(arn.utf8.count) else {
      throw .invalid(arn.string, at: "roleArn", "Member must have length between 20 and 2048")
    }
    guard let role = RoleARN(arn) else { throw STSError("ValidationError", "\(arn.printable()) is invalid") }
    roleARN = arn
    self.role = role
    sessionName = try Self.sessionName(given.map { ByteText($0) } ?? parameters["RoleSessionName"])
    duration = try Self.duration(parameters["DurationSeconds"])
    packedSize = try Self.policies(parameters)
  }

  func lasting(atMost limit: Int64) -> RoleOrder {
    var order = self
    order.duration = min(duration, limit)
    return order
  }

  private static func sessionName(_ name: ByteText?) throws(STSError) -> String {
    guard let name else { throw .invalid(nil, at: "roleSessionName", "Member must not be null") }
    guard (2...64).contains(name.utf8.count) else {
      throw .invalid(name.string, at: "roleSessionName", "Member must have length between 2 and 64")
    }
    let allowed = Array((Digests.alphanumerics + "_+=,.@-").utf8)
    guard name.utf8.allSatisfy(allowed.contains) else {
      throw .invalid(
        name.string, at: "roleSessionName", "Member must satisfy regular expression pattern: [\\w+=,.@-]*")
    }
    return name.string
  }

  private static func duration(_ text: ByteText?) throws(STSError) -> Int64 {
    guard let text else { return 3_600 }
    guard text.utf8.count <= 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int64(text.string)
    else { throw STSError("MalformedInput", "DurationSeconds is not a number") }
    guard value >= 900 else {
      throw .invalid(text.string, at: "durationSeconds", "Member must have value greater than or equal to 900")
    }
    guard value <= 43_200 else {
      throw .invalid(text.string, at: "durationSeconds", "Member must have value less than or equal to 43200")
    }
    return value
  }

  private static func policies(_ parameters: Parameters) throws(STSError) -> [String] {
    let policy = parameters["Policy"]
    let arns = (1...11).compactMap { parameters["PolicyArns.member.\($0).arn"] }
    guard policy != nil || !arns.isEmpty else { return [] }
    guard arns.count <= 10 else {
      throw .invalid("[…]", at: "policyArns", "Member must have length less than or equal to 10")
    }
    if let policy {
      guard policy.utf8.count <= 2_048 else {
        throw .invalid(policy.string, at: "policy", "Member must have length less than or equal to 2048")
      }
      let document = (try? JSON.parse(policy.utf8))?.object
      guard let document, document["Statement"] != nil, document["Version"]?.text != nil else {
        throw STSError("MalformedPolicyDocument", "Syntax errors in policy.")
      }
    }
    for arn in arns where !arn.utf8.starts(with: "arn:".utf8) {
      throw STSError("ValidationError", "\(arn.printable()) is invalid")
    }
    let size = (policy?.utf8.count ?? 0) + arns.reduce(0) { $0 + $1.utf8.count }
    guard size <= 2_048 else {
      throw STSError(
        "PackedPolicyTooLarge", "Packed size of session policy consumes \(size * 100 / 2_048)% of allotted space.")
    }
    return [STSReply.element("PackedPolicySize", String(size * 100 / 2_048))]
  }
}
