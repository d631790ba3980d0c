import Broker
import Model

/// Reads one `[[profile.NAME.then]]`.
struct ChainReader {
  enum Key: String, CaseIterable {
    case roleARN = "role_arn"
    case sessionName = "session_name"
    case duration
    case externalID = "external_id"
    case tags
    case transitiveTagKeys = "transitive_tag_keys"
    case sourceIdentity = "source_identity"
    case sessionPolicyFile = "session_policy_file"
    case policyARNs = "policy_arns"
  }

  let table: TOMLTable
  /// `profile.NAME.then`, for messages.
  let label: String
  let path: String
  /// Of the profile, for what is missing.
  let line: Int

  func step() throws(SettingError) -> ChainStep {
    let origin = SettingOrigin.file(path: path, line: table.entries.first?.line ?? line)
    guard let roleARN = try read(.roleARN, .roleARN) else {
      throw .missing(setting: Key.roleARN.rawValue, neededBy: label, origin: origin)
    }
    var step = ChainStep(roleARN: roleARN)
    step.origin = origin
    step.sessionName = try read(.sessionName, .sessionName)
    step.duration = try read(
      .duration, .seconds("15m to 1h (900 to 3600 seconds), the most that AWS grants a chained role", in: 900...3600))
    step.externalID = try read(.externalID, .externalID)
    step.tags = try tags()
    step.transitiveTagKeys = try read(.transitiveTagKeys, .tagKeys) ?? []
    step.sourceIdentity = try read(.sourceIdentity, .sessionName)
    step.sessionPolicyFile = try read(.sessionPolicyFile, .path)
    step.policyARNs = try read(.policyARNs, .policyARNs) ?? []
    return step
  }

  /// Each is named by its key: people write numbers.
  private func tags() throws(SettingError) -> [ChainStep.Tag] {
    var tags: [ChainStep.Tag] = []
    for entry in try read(.tags, .tags)?.entries ?? [] {
      let given = Given(content: .file(entry.value), origin: .file(path: path, line: entry.line))
      let name = "\(label).\(Key.tags.rawValue).\(entry.key.printable(limit: 60))"
      tags.append(ChainStep.Tag(key: entry.key.string, value: try Shape.tagValue.read(given, as: name)))
    }
    return tags
  }

  private func read<Value>(_ key: Key, _ shape: Shape<Value>) throws(SettingError) -> Value? {
    guard let entry = table[key.rawValue] else { return nil }
    let given = Given(content: .file(entry.value), origin: .file(path: path, line: entry.line))
    return try shape.read(given, as: "\(label).\(key.rawValue)")
  }
}
