import Host
import Model

/// The log of a CI job, which shows what its steps print: the platform is told, in its own way, what to blot out there.
struct JobLog {
  private enum Manner {
    /// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
    case gitHub
    /// <https://buildkite.com/docs/agent/v3/cli/reference/redactor>
    case buildkite
    /// Nothing can be added while a job runs.
    case gitLab
  }

  private let environment: Environment
  private let log: Log
  private let manner: Manner?

  init(_ environment: Environment, _ log: Log) {
    self.environment = environment
    self.log = log
    let manners: [(String, Manner)] = [
      ("GITHUB_ACTIONS", .gitHub), ("GITLAB_CI", .gitLab), ("BUILDKITE", .buildkite),
    ]
    manner = manners.first { ["true", "1"].contains(environment.nonEmpty($0.0)?.lowercased()) }?.1
  }

  /// Whether somebody is to be told of keys in that form each time.
  func isTold(of format: CredentialFormat) -> Bool { manner != nil && format != .process }

  /// Before keys are printed in a form that a step's shell takes in.
  func keepOut(_ credentials: AWSCredentials, as format: CredentialFormat) {
    switch format {
    case .process, .github: return
    case .env, .envNoExport, .fish, .powershell, .windowsCmd, .dotenv, .ini: break
    }
    if manner == .gitLab, format == .dotenv {
      log.log(
        .warning,
        "GitLab keeps a dotenv report with the job's artifacts, keys and all; source this file, and name it "
          + "in no `artifacts`")
    }
    keepOut([Secret(credentials.accessKeyID), credentials.secretAccessKey, credentials.sessionToken])
  }

  func keepOut(_ secrets: [Secret]) {
    switch manner {
    case .gitHub: mask(secrets)
    case .buildkite: redact(secrets)
    case .gitLab, nil: return
    }
  }

  /// The runner looks for commands in standard error too, and standard output is the shell's. In a file they would only
  /// put the secrets where nobody expects them. (Azure promises to look at standard output alone: what it overlooked
  /// would be shown.)
  private func mask(_ secrets: [Secret]) {
    guard StandardError.isTakenIn else { return }
    var text = SecretText()
    for secret in secrets {
      text.append("::add-mask::")
      text.append(secret, replacing: UInt8(ascii: "%"), by: "%25")
      text.append("\n")
    }
    StandardError.write(text.finish())
  }

  private func redact(_ secrets: [Secret]) {
    let agent = Program("buildkite-agent", ["redactor", "add"], environment: environment)
    for secret in secrets {
      guard let problem = Hook.run(agent, input: secret.exposedBytes(), atMost: .seconds(10)) else { continue }
      log.log(.warning, "the job's log is not kept clear of these keys: buildkite-agent redactor: \(problem)")
      return
    }
  }
}
