public import Model

/// A CI system, or a cluster, whose subjects follow from where a job runs.
public enum Platform: String, Sendable, CaseIterable {
  case github, gitlab, circleci, buildkite, bitbucket, kubernetes
  case hcpTerraform = "hcp-terraform"
}

/// Where a job runs, in its platform's own terms.
public struct Coordinates: Sendable {
  public var platform: Platform
  /// `owner/repo`, `group/project`, …
  public var place: String
  public var branch: String?
  public var tag: String?
  public var environment: String?

  public init(
    platform: Platform, place: String, branch: String? = nil, tag: String? = nil, environment: String? = nil
  ) {
    self.platform = platform
    self.place = place
    self.branch = branch
    self.tag = tag
    self.environment = environment
  }
}

/// What a platform's tokens say of a job.
public struct JobIdentity: Sendable {
  /// Nil where every installation has its own.
  public var issuer: ByteText?
  /// What the platform always puts into `aud`; nil where the job chooses.
  public var audience: ByteText?
  /// A pattern where something in it changes with each job.
  public var subject: TrustGrant.Subject
  /// Further claims that IAM can ask for.
  public var claims: [(name: String, value: String)] = []
}

extension Coordinates {
  /// The subjects as the platforms document them:
  /// <https://docs.github.com/en/actions/reference/security/oidc>, <https://docs.gitlab.com/ci/secrets/id_token_authentication/>,
  /// <https://circleci.com/docs/openid-connect-tokens/>, <https://buildkite.com/docs/agent/v3/cli-oidc>,
  /// <https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/>,
  /// <https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens>,
  /// <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>
  public func identity() throws(CoordinateError) -> JobIdentity {
    let parts = ByteText(place).split("/").map(\.string)
    for text in [place, branch, tag, environment].compactMap({ $0 }) {
      guard !text.isEmpty,
        text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: "?") })
      else { throw .characters(text) }
    }
    for name in [branch, tag].compactMap({ $0 }) where ByteText(name).hasPrefix("refs/") { throw .reference(name) }
    guard parts.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: ":")) }) else { throw .place(platform) }
    switch platform {
    case .github: return try github(parts)
    case .gitlab:
      guard parts.count >= 2 else { throw .place(platform) }
      try refuse(environment, "--environment")
      let (type, name) = try reference()
      return JobIdentity(
        issuer: "https://gitlab.com", subject: .init(written: "project_path:\(place):ref_type:\(type):ref:\(name)"))
    case .circleci:
      guard parts.count == 2 else { throw .place(platform) }
      try refuseReferences()
      return JobIdentity(
        issuer: ByteText("https://oidc.circleci.com/org/\(parts[0])"), audience: ByteText(parts[0]),
        subject: .init(written: "org/\(parts[0])/project/\(parts[1])/user/*"))
    case .buildkite:
      guard parts.count == 2 else { throw .place(platform) }
      try refuse(environment, "--environment")
      let (type, name) = try reference()
      // No `:` can be in the name of a branch or tag, so what the star stands for cannot begin inside it.
      return JobIdentity(
        issuer: "https://agent.buildkite.com",
        subject: .init(
          written:
            "organization:\(parts[0]):pipeline:\(parts[1]):ref:refs/\(type == "tag" ? "tags" : "heads")/\(name):commit:*"
        )
      )
    case .bitbucket:
      guard parts.count == 2 else { throw .place(platform) }
      try refuse(branch, "--branch")
      try refuse(tag, "--tag")
      let scope = ([parts[1]] + [environment].compactMap { $0 }).map(Coordinates.braced).joined(separator: ":")
      return JobIdentity(
        issuer: ByteText(
          "https://api.bitbucket.org/2.0/workspaces/\(parts[0])/pipelines-config/identity/oidc"),
        subject: .init(written: scope + ":*"))
    case .hcpTerraform:
      guard parts.count == 3 else { throw .place(platform) }
      try refuseReferences()
      return JobIdentity(
        issuer: "https://app.terraform.io",
        subject: .init(written: "organization:\(parts[0]):project:\(parts[1]):workspace:\(parts[2]):run_phase:*"))
    case .kubernetes:
      guard parts.count == 2 else { throw .place(platform) }
      try refuseReferences()
      return JobIdentity(subject: .init(written: "system:serviceaccount:\(parts[0]):\(parts[1])"))
    }
  }

  /// An environment takes the branch's place in `sub`; the branch is then asked for by its own claim.
  private func github(_ parts: [String]) throws(CoordinateError) -> JobIdentity {
    guard parts.count == 2 else { throw .place(platform) }
    let repository = "repo:\(place):"
    let named = branch != nil || tag != nil ? try reference() : nil
    let ref = named.map { "refs/\($0.type == "tag" ? "tags" : "heads")/\($0.name)" }
    var identity = JobIdentity(issuer: ByteText("https://" + FederatedIssuer.github), subject: .exact(""))
    if let environment {
      // GitHub writes it percent-encoded where it could be taken for what follows.
      identity.subject = .init(
        written:
          repository + "environment:"
          + ByteText(environment).split(":").map(\.string).joined(separator: "%3A"))
      if let ref { identity.claims = [("ref", ref)] }
    } else if let ref {
      identity.subject = .init(written: repository + "ref:" + ref)
    } else {
      throw .noReference(platform)
    }
    return identity
  }

  private func reference() throws(CoordinateError) -> (type: String, name: String) {
    switch (branch, tag) {
    case (let branch?, nil): return ("branch", branch)
    case (nil, let tag?): return ("tag", tag)
    case (nil, nil): throw .noReference(platform)
    default: throw .branchAndTag
    }
  }

  private func refuseReferences() throws(CoordinateError) {
    try refuse(branch, "--branch")
    try refuse(tag, "--tag")
    try refuse(environment, "--environment")
  }

  private func refuse(_ value: String?, _ flag: String) throws(CoordinateError) {
    if value != nil { throw .notInSubject(platform, flag) }
  }

  private static func braced(_ id: String) -> String { ByteText(id).hasPrefix("{") ? id : "{\(id)}" }
}

public enum CoordinateError: Explained, Hashable {
  case place(Platform)
  case characters(String)
  case reference(String)
  case noReference(Platform)
  case branchAndTag
  /// The platform's subjects do not tell.
  case notInSubject(Platform, String)

  public var kind: FailureKind { .usage }

  public var message: String {
    switch self {
    case .place(let platform): "--\(platform.rawValue) takes \(platform.form)"
    case .characters(let text): "\"\(text.printable(limit: 60))\" has blanks, wildcards or control characters"
    case .reference(let text): "\"\(text.printable(limit: 60))\" is a whole reference"
    case .noReference(let platform):
      "--\(platform.rawValue) alone would let in every branch, tag and pull request"
    case .branchAndTag: "a job runs for a branch or for a tag, not for both"
    case .notInSubject(let platform, let flag): "the subjects of \(platform.rawValue) do not tell what \(flag) asks for"
    }
  }

  public var hint: String? {
    switch self {
    case .noReference(.github): "add --branch, --tag or --environment; for more than one give patterns with --sub"
    case .noReference: "add --branch or --tag; for more than one give patterns with --sub"
    case .characters: "for patterns use --sub"
    case .reference: "give the name alone: --branch main, not refs/heads/main"
    case .notInSubject(_, let flag): "leave \(flag) out, or use --from-token in such a job"
    case .place, .branchAndTag: nil
    }
  }
}

extension Platform {
  fileprivate var form: String {
    switch self {
    case .github: "owner/repository"
    case .gitlab: "group/project"
    case .circleci: "organization-id/project-id"
    case .buildkite: "organization/pipeline"
    case .bitbucket: "workspace/repository-uuid"
    case .hcpTerraform: "organization/project/workspace"
    case .kubernetes: "namespace/service-account"
    }
  }
}
