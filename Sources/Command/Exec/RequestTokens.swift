/// Variables with which whoever reads them gets the job's identity from its CI: `--scrub-ci` keeps them from the command.
enum RequestTokens {
  static let variables = [
    // What asks the platform for a token.
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_ACCESSTOKEN", "SYSTEM_OIDCREQUESTURI",
    "BUILDKITE_AGENT_ACCESS_TOKEN", "CF_OIDC_REQUEST_TOKEN", "CF_OIDC_REQUEST_URL",
    // The token itself.
    "STS_AMAZONAWS_COM_ID_TOKEN", "CIRCLE_OIDC_TOKEN", "CIRCLE_OIDC_TOKEN_V2", "BITBUCKET_STEP_OIDC_TOKEN",
    "TFC_WORKLOAD_IDENTITY_TOKEN", "SPACELIFT_OIDC_TOKEN", "VERCEL_OIDC_TOKEN", "SEMAPHORE_OIDC_TOKEN",
    "ENV0_OIDC_TOKEN", "PLUGIN_OIDC_TOKEN_ID", "SIGSTORE_ID_TOKEN",
  ]
}
