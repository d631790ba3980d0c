import Model

/// How `credentials` prints. Those from `env` to `windows-cmd` are the text of `aws configure export-credentials` of
/// AWS CLI 2, to the byte, and the region variables behind it where a region is configured.
enum CredentialFormat: String, CaseIterable, Sendable {
  /// The JSON document of `credential_process`.
  /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>
  case process
  case env
  case envNoExport = "env-no-export"
  case fish
  case powershell
  case windowsCmd = "windows-cmd"
  /// `NAME=value`, unquoted: for docker's `--env-file` and the like.
  case dotenv
  /// A section of an AWS credentials file. The region is none of its keys.
  case ini
  /// For later steps of a GitHub Actions job.
  case github
}

/// What a format comes to.
struct RenderedCredentials: Sendable {
  var standardOutput: Secret
  /// To be appended to the file that GITHUB_ENV names, after `standardOutput` has been written: the runner must know
  /// what to mask before anything can print it.
  var environmentFile: Secret?
}
