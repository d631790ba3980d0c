import Model

/// How much a pattern for `sub` lets in.
enum SubjectBreadth: Hashable {
  /// What it says and no more, or within one project.
  case narrow
  /// Every branch, tag and pull request of a repository, or every repository of an owner.
  case broad(String)
  /// Whoever has a name that begins like the one that was meant.
  case openEnd
  /// Everybody who logs in by one way, as in `github|*`.
  case everyLogin
  /// Anybody: it begins with a wildcard.
  case everybody

  /// - Parameter issuer: `HOST/PATH`.
  init(_ pattern: ByteText, issuer: String) {
    guard Wildcards.isPattern(pattern) else {
      self = SubjectBreadth.ofExact(pattern)
      return
    }
    let beginning = Wildcards.fixedBeginning(of: pattern)
    if beginning.isEmpty {
      self = .everybody
    } else if beginning.hasSuffix("|") {
      // https://auth0.com/docs/manage-users/user-accounts/identify-users, also behind a domain of one's own
      self = .everyLogin
    } else if FederatedIssuer.isShared(name: issuer), !SubjectBreadth.namesWholeTenant(beginning, issuer) {
      self = .openEnd
    } else {
      self = SubjectBreadth.breadth(beginning, issuer)
    }
  }

  /// Of a subject in which no character is a wildcard.
  static func ofExact(_ subject: ByteText) -> SubjectBreadth {
    isOfPullRequests(subject) ? .broad("the jobs of every pull request, before anybody has looked at it") : .narrow
  }

  /// `repo:owner/repository:pull_request`: whatever a branch holds that somebody proposes.
  private static func isOfPullRequests(_ subject: ByteText) -> Bool {
    let parts = subject.split(":")
    return parts.count > 2 && parts[0] == "repo" && parts[2] == "pull_request"
  }

  /// `repo:owner/…`, `organization:name:…`, `org/id/…`: the first name and its end stand before any wildcard.
  private static func namesWholeTenant(_ beginning: ByteText, _ issuer: String) -> Bool {
    if FederatedIssuer.isOfPeople(name: issuer) { return false }
    guard let rest = beginning.after(beginning.hasPrefix("org/") ? "/" : ":") else { return false }
    // `repo:org@1*` would be `repo:org@12/…` as well, and no `:` can stand where the owner ends.
    let ends = beginning.hasPrefix("repo:") || beginning.hasPrefix("org/") ? ["/"] : ["/", ":"]
    return ends.compactMap(rest.before).map(\.utf8.count).min().map { $0 > 0 } ?? false
  }

  private static func breadth(_ beginning: ByteText, _ issuer: String) -> SubjectBreadth {
    if beginning.hasPrefix("repo:") || beginning.hasPrefix("project_path:") { return ofProject(beginning) }
    if ByteText("system:serviceaccount:").hasPrefix(beginning.string) {
      return .broad("every service account of the cluster")
    }
    let parts = beginning.split(":")
    if beginning.hasPrefix("system:serviceaccount:") {
      if parts.count == 3 { return .broad("every service account of namespaces whose name begins like this one's") }
      return parts.count == 4 && parts[3].isEmpty ? .broad("every service account of the namespace") : .narrow
    }
    if beginning.hasPrefix("org/") {
      let parts = beginning.split("/")
      let isWithinProject = parts.count > 4 && parts[2] == "project"
      return isWithinProject ? .narrow : .broad("every project of the organization")
    }
    if beginning.hasPrefix("organization:") { return ofOrganization(parts) }
    return FederatedIssuer.hasKnownSubjects(name: issuer)
      ? .narrow : .broad("everybody there whose subject begins like that")
  }

  /// `organization:acme:pipeline:deploy:ref:…`, `organization:acme:project:p:workspace:w:run_phase:…`
  ///
  /// - Parameter parts: what stands before the first wildcard; the last is what the wildcard goes on with.
  private static func ofOrganization(_ parts: [ByteText]) -> SubjectBreadth {
    guard let last = parts.last, parts.count > 3 else { return .broad("everything of the organization") }
    let name = parts[parts.count - 2].string
    if parts.count.isMultiple(of: 2), ["pipeline", "project", "workspace"].contains(name) {
      return .broad("every \(name)" + (last.isEmpty ? " of the organization" : " whose name begins like this one's"))
    }
    if parts.count == 5 {
      return .broad(
        parts[2] == "pipeline" ? "every branch, tag and pull request" : "every workspace of the project")
    }
    return parts.count == 6 && parts[4] == "ref" && isOfEveryReference(last) ? everyReference : .narrow
  }

  /// `repo:owner/repository:…` and `project_path:group/project:…`
  private static func ofProject(_ beginning: ByteText) -> SubjectBreadth {
    let project = beginning.hasPrefix("repo:") ? "repository" : "project"
    guard let place = beginning.after("/") else {
      return .broad("every \(project) of owners whose names begin like that")
    }
    if place.isEmpty { return .broad("every \(project) of the owner") }
    guard let scope = place.after(":") else { return .broad("every \(project) whose name begins like this one's") }
    if isOfPullRequests(beginning) { return ofExact(beginning) }
    guard let value = scope.after(":") else { return .broad("every branch, tag, pull request and environment") }
    if scope == "ref_type:" { return everyReference }
    return scope.hasPrefix("ref:") && isOfEveryReference(value) ? everyReference : .narrow
  }

  private static let everyReference = SubjectBreadth.broad("every branch and tag")

  private static func isOfEveryReference(_ beginning: ByteText) -> Bool {
    ByteText("refs/").hasPrefix(beginning.string)
  }
}
