import Model

extension Surroundings {
  /// The content of the file that a setting names, without the line feed at its end.
  func readSetting(_ key: ProfileKey, _ path: String, limit: Int, _ profile: Profile) throws(Failure) -> Secret {
    do throws(InputFailure) {
      let content = try readFile(path, limit).exposedBytes()
      var end = content.count
      if end > 0, content[end - 1] == 0x0A { end -= 1 }
      if end > 0, content[end - 1] == 0x0D { end -= 1 }
      guard end > 0 else { throw InputFailure(reason: "it is empty") }
      return Secret(content[..<end])
    } catch {
      throw Failure(
        .configuration, "\(key.rawValue) (\(profile.origin(of: key))): \(path.printable()): \(error.reason)",
        hint: "name a readable file that holds it")
    }
  }
}
