import Model

extension Platform {
  /// CI systems, in the order in which they are looked for. A runner of one can have the marks of another only by
  /// somebody's will, so the order matters little; it is documented all the same.
  public static let ci: [Platform] = [
    gitHubActions, gitLab, circleCI, buildkite,
    row(
      "bitbucket", marks: [.flag("BITBUCKET_BUILD_NUMBER")], token: "BITBUCKET_STEP_OIDC_TOKEN",
      mend: "give the step `oidc: true`"),
    azureDevOps,
    row(
      "hcp-terraform",
      marks: [.variable("TFC_WORKLOAD_IDENTITY_TOKEN"), .variable("TFC_WORKLOAD_IDENTITY_AUDIENCE")],
      token: "TFC_WORKLOAD_IDENTITY_TOKEN",
      mend: "set TFC_WORKLOAD_IDENTITY_AUDIENCE to sts.amazonaws.com among the workspace's environment variables"),
    row(
      "spacelift", marks: [.variable("SPACELIFT_OIDC_TOKEN")], token: "SPACELIFT_OIDC_TOKEN",
      mend: "have the stack's runs given an OIDC token"),
    vercel, fly,
    row(
      "semaphore", marks: [.variable("SEMAPHORE_OIDC_TOKEN")], token: "SEMAPHORE_OIDC_TOKEN",
      mend: "have the project's jobs given an OIDC token"),
    codefresh,
    // Nothing shows it: the token comes by a credential binding of the pipeline's own choice.
    row(
      "jenkins", marks: [], file: "AWS_WEB_IDENTITY_TOKEN_FILE",
      mend: "bind an id token with withCredentials, and name its variable by token_env or its file by token_file"),
    row(
      "env0", marks: [.variable("ENV0_OIDC_TOKEN")], token: "ENV0_OIDC_TOKEN",
      mend: "have the environment's deployments given an OIDC token"),
  ]

  /// Looked for after these.
  public static let machines: [Platform] = [
    row(
      "kubernetes", marks: [.flag("AWS_WEB_IDENTITY_TOKEN_FILE")], file: "AWS_WEB_IDENTITY_TOKEN_FILE",
      mend: "annotate the service account, or set token_file to the projected token"),
    row(
      "spiffe-file", marks: [.flag("SPIFFE_JWT_SVID_FILE")], file: "SPIFFE_JWT_SVID_FILE",
      mend: "have spiffe-helper write a JWT-SVID, and name its file by token_file or SPIFFE_JWT_SVID_FILE"),
    googleMetadata,
  ]

  public static let all = ci + machines

  // MARK: Rows

  /// A variable with a token that lasts as long as it lasts, for an audience that was chosen elsewhere.
  private static func row(_ name: String, marks: [Mark], token variable: String, mend: String) -> Platform {
    Platform(name, marks: marks, readsPlace: true) { (context, audience) throws(SourceError) in
      _ = try context.required(variable, of: name, mend: mend)
      return TokenPlan(.variable(variable), audience: audience, isRenewable: false, proof: .token)
    }
  }

  /// A variable with the path of a file that somebody keeps fresh.
  private static func row(_ name: String, marks: [Mark], file variable: String, mend: String) -> Platform {
    Platform(name, marks: marks, readsPlace: true) { (context, audience) throws(SourceError) in
      let path = try context.required(variable, of: name, mend: mend)
      return TokenPlan(.file(path), audience: audience, isRenewable: true, proof: .token)
    }
  }
}
