import Model

/// How much a pattern for `sub` lets in.
enum SubjectBreadth: Hashable {
  /// What it says and no more, or within one project.
  case narrow
  /// Every branch, tag and pull request of a repository, or every repository of an owner.
  case broad(String)
  /// Whoever has a name that begins like the one that was meant.
  case openEnd
  /// Anybody: it begins with a wildcard.
  case everybody

  /// - Parameter issuer: `HOST/PATH`.
  init(_ pattern: ByteText, issuer: String) {
    guard Wildcards.isPattern(pattern) else {
      self = .narrow
      return
    }
    let beginning = Wildcards.fixedBeginning(of: pattern).string
    if beginning.isEmpty {
      self = .everybody
    } else if FederatedIssuer.isShared(name: issuer), !SubjectBreadth.namesWholeTenant(beginning) {
      self = .openEnd
    } else {
      self = SubjectBreadth.breadth(pattern.string, beginning)
    }
  }

  /// `repo:owner/…`, `organization:name:…`, `org/id/…`: the first name and its end stand before any wildcard.
  private static func namesWholeTenant(_ beginning: String) -> Bool {
    let separators: [Character] = beginning.hasPrefix("org/") ? ["/"] : [":"]
    guard let start = beginning.firstIndex(where: separators.contains) else { return false }
    let rest = beginning[beginning.index(after: start)...]
    // `repo:org@1*` would be `repo:org@12/…` as well, and no `:` can stand where the owner ends.
    let ends: [Character] = beginning.hasPrefix("repo:") || beginning.hasPrefix("org/") ? ["/"] : ["/", ":"]
    guard let end = rest.firstIndex(where: ends.contains) else { return false }
    return end > rest.startIndex
  }

  private static func breadth(_ pattern: String, _ beginning: String) -> SubjectBreadth {
    if beginning == "system:serviceaccount:" { return .broad("every service account of the cluster") }
    let isGitHub = beginning.hasPrefix("repo:")
    guard isGitHub || beginning.hasPrefix("project_path:") else { return .narrow }
    let place = beginning.drop { $0 != "/" }.dropFirst()
    if place.isEmpty { return .broad("every \(isGitHub ? "repository" : "project") of the owner") }
    guard let colon = place.firstIndex(of: ":") else {
      return .broad("every \(isGitHub ? "repository" : "project") whose name begins like this one's")
    }
    let rest = place[place.index(after: colon)...]
    return rest.isEmpty && pattern.hasSuffix(":*") ? .broad("every branch, tag, pull request and environment") : .narrow
  }
}
