import Broker
import Host

/// Variables with which whoever reads them gets the job's identity from its CI: `--scrub-ci` keeps them from the command.
enum RequestTokens {
  static let names = [
    // What asks the platform for a token.
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_ACCESSTOKEN", "SYSTEM_OIDCREQUESTURI",
    "BUILDKITE_AGENT_ACCESS_TOKEN", "CF_OIDC_REQUEST_TOKEN", "CF_OIDC_REQUEST_URL", "ACTIONS_RUNTIME_TOKEN",
    // The token itself.
    "STS_AMAZONAWS_COM_ID_TOKEN", "CIRCLE_OIDC_TOKEN", "CIRCLE_OIDC_TOKEN_V2", "BITBUCKET_STEP_OIDC_TOKEN",
    "SPACELIFT_OIDC_TOKEN", "VERCEL_OIDC_TOKEN", "SEMAPHORE_OIDC_TOKEN",
    "ENV0_OIDC_TOKEN", "PLUGIN_OIDC_TOKEN_ID", "SIGSTORE_ID_TOKEN",
  ]
  /// A workspace may have several tokens, each with a tag at the end of its name.
  static let prefix = "TFC_WORKLOAD_IDENTITY_TOKEN"
  /// GitLab's, of the user's choice, by convention the audience's name before it.
  static let suffix = "_ID_TOKEN"

  static func contains(_ name: String) -> Bool {
    names.contains(name) || name.hasPrefix(prefix) || name.hasSuffix(suffix)
  }

  /// - Parameter chosen: variables that hold a token because a profile or its source says so.
  static func remove(from environment: inout Environment, andOf chosen: [(profile: Profile, Surroundings?)]) {
    environment.removeAll(where: contains)
    for (profile, surroundings) in chosen {
      if let name = profile.tokenEnv { environment.remove(name) }
      guard let surroundings else { continue }
      // One that cannot be had is said elsewhere.
      if let name = try? IdentitySource.select(profile, surroundings).variable { environment.remove(name) }
    }
  }
}
