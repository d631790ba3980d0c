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
    if beginning.hasPrefix("repo:") || beginning.hasPrefix("project_path:") { return ofProject(pattern, beginning) }
    if "system:serviceaccount:".hasPrefix(beginning) { return .broad("every service account of the cluster") }
    let parts = beginning.split(separator: ":", omittingEmptySubsequences: false)
    if beginning.hasPrefix("system:serviceaccount:") {
      if parts.count == 3 { return .broad("every service account of namespaces whose name begins like this one's") }
      return parts.count == 4 && parts[3].isEmpty ? .broad("every service account of the namespace") : .narrow
    }
    if beginning.hasPrefix("org/") {
      let parts = beginning.split(separator: "/", omittingEmptySubsequences: false)
      let isWithinProject = parts.count > 4 && parts[2] == "project"
      return isWithinProject ? .narrow : .broad("every project of the organization")
    }
    return beginning.hasPrefix("organization:") ? ofOrganization(parts) : .narrow
  }

  /// `organization:acme:pipeline:deploy:ref:…`, `organization:acme:project:p:workspace:w:run_phase:…`
  ///
  /// - Parameter parts: what stands before the first wildcard; the last is what the wildcard goes on with.
  private static func ofOrganization(_ parts: [Substring]) -> SubjectBreadth {
    guard let last = parts.last, parts.count > 3 else { return .broad("everything of the organization") }
    let name = String(parts[parts.count - 2])
    if parts.count.isMultiple(of: 2), ["pipeline", "project", "workspace"].contains(name) {
      return .broad("every \(name)" + (last.isEmpty ? " of the organization" : " whose name begins like this one's"))
    }
    if parts.count == 5, last.isEmpty {
      return .broad(
        parts[2] == "pipeline" ? "every branch, tag and pull request" : "every workspace of the project")
    }
    return .narrow
  }

  /// `repo:owner/repository:…` and `project_path:group/project:…`
  private static func ofProject(_ pattern: String, _ beginning: String) -> SubjectBreadth {
    let project = beginning.hasPrefix("repo:") ? "repository" : "project"
    let place = beginning.drop { $0 != "/" }.dropFirst()
    if place.isEmpty { return .broad("every \(project) of the owner") }
    guard let colon = place.firstIndex(of: ":") else {
      return .broad("every \(project) whose name begins like this one's")
    }
    let rest = place[place.index(after: colon)...]
    return rest.isEmpty && pattern.hasSuffix(":*") ? .broad("every branch, tag, pull request and environment") : .narrow
  }
}
