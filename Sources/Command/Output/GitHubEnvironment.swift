import Host
import Model

/// The file that GITHUB_ENV names: what is appended to it is in the environment of the job's later steps.
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
struct GitHubEnvironment {
  private let path: String

  /// Fails where there is no such file, or where it cannot be opened for writing.
  init(_ environment: Environment) throws(Failure) {
    guard let path = environment.nonEmpty("GITHUB_ENV") else {
      throw Failure(
        .configuration, "--format github, but GITHUB_ENV is not set",
        hint: "use it in a step of GitHub Actions; elsewhere use --format env")
    }
    self.path = path
    try append(Secret(""))
  }

  func append(_ content: Secret) throws(Failure) {
    do throws(OutputFailure) {
      try AppendedFile.append(content, to: path)
    } catch {
      throw Failure(error)
    }
  }

  /// What marks the end of a value there: nobody who chose the value can have guessed it.
  static func delimiter() -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<40).compactMap { _ in letters.randomElement() })
  }
}
