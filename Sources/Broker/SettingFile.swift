import Model
import STS

extension Surroundings {
  /// The content of the file that a setting names, without the line feed at its end.
  func readSetting(_ key: ProfileKey, _ path: String, limit: Int, _ profile: Profile) throws(Failure) -> Secret {
    try readSetting("\(key.rawValue) (\(profile.origin(of: key)))", path, limit: limit)
  }

  /// The policy in the file that `session_policy_file` names.
  func sessionPolicy(_ path: String, from origin: SettingOrigin) throws(Failure) -> SessionPolicy {
    let text = try readSetting("session_policy_file (\(origin))", path, limit: 64 << 10)
    do throws(SessionPolicyError) {
      return try SessionPolicy.parse(text.exposedBytes())
    } catch {
      throw Failure(error, from: origin == .standard ? nil : origin.description)
    }
  }

  private func readSetting(_ setting: String, _ path: String, limit: Int) throws(Failure) -> Secret {
    do throws(InputFailure) {
      let content = try readFile(path, limit).exposedBytes()
      var end = content.count
      if end > 0, content[end - 1] == 0x0A { end -= 1 }
      if end > 0, content[end - 1] == 0x0D { end -= 1 }
      guard end > 0 else { throw InputFailure(reason: "it is empty") }
      return Secret(content[..<end])
    } catch {
      throw Failure(
        .configuration, "\(setting): \(path.printable()): \(error.reason)",
        hint: "name a readable file that holds it")
    }
  }
}
