import Model

extension Failure {
  /// What is wrong with a setting's value, with what gave it.
  init(_ error: some Explained, in key: ProfileKey, of profile: Profile) {
    let origin = profile.origin(of: key)
    self.init(error, from: origin == .standard ? nil : origin.description)
  }

  init(_ error: some Explained, from origin: String?) {
    self.init(error.kind, error.message + (origin.map { " (from \($0))" } ?? ""), hint: error.hint)
  }
}
