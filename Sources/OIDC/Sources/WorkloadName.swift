public import Formats
import Model

/// What a job or machine is called by whoever reads CloudTrail: its repository and its run, where its token says so.
public enum WorkloadName {
  /// Claims that belong together, as platforms name them: whose it is, then which run.
  private static let claims: [(owner: String, run: String)] = [
    ("repository", "run_id"),  // GitHub, Forgejo
    ("project_path", "pipeline_id"),  // GitLab
    ("pipeline_slug", "build_number"),  // Buildkite
    ("terraform_workspace_name", "terraform_run_id"),  // HCP Terraform
    ("repositoryUuid", "pipelineUuid"),  // Bitbucket
    ("spaceId", "runId"),  // Spacelift
    ("app_name", "machine_name"),  // Fly
    ("project", "deployment_id"),  // Vercel
  ]

  /// Nil where the token names nobody. For names only: nobody has verified these claims.
  public static func text(unverified claims: JSONObject) -> String? {
    for pair in WorkloadName.claims {
      if let owner = text(claims[pair.owner]), let run = text(claims[pair.run]) { return "\(owner)-\(run)" }
    }
    return text(claims["email"]) ?? text(claims["sub"])
  }

  private static func text(_ value: JSON?) -> String? {
    if let text = value?.text { return text.isEmpty ? nil : text.string }
    return value?.integer.map { String($0) }
  }
}
