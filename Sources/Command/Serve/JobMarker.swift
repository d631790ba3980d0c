import Host
import OIDC

/// Variables by which a CI job knows that it is one.
enum JobMarker {
  /// What a runner sets for the job's steps and not for itself, the more particular first.
  /// <https://docs.github.com/en/actions/reference/workflows-and-actions/variables> and the others' own pages.
  static let names = [
    "GITHUB_ACTIONS", "GITEA_ACTIONS", "FORGEJO_ACTIONS", "GITLAB_CI", "BUILDKITE", "CIRCLECI",
    "BITBUCKET_BUILD_NUMBER",
    "TF_BUILD", "SEMAPHORE", "JENKINS_URL", "CI",
  ]

  /// The variable that says that this is a job, where nobody looks at a code; nil elsewhere.
  static func find(in environment: Environment) -> String? {
    (names + Platform.ci.flatMap(\.markNames)).first { name in
      environment.nonEmpty(name).map { !["false", "0"].contains($0) } ?? false
    }
  }
}
