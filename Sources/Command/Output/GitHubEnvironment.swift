import Host
import Model

/// The file that GITHUB_ENV names: what is appended to it is in the environment of the job's later steps.
struct GitHubEnvironment {
  let environment: Environment

  init(_ environment: Environment) { self.environment = environment }

  func append(_ content: Secret) throws(Failure) {
    guard let path = environment.nonEmpty("GITHUB_ENV") else {
      throw Failure(
        .configuration, "--format github, but GITHUB_ENV is not set",
        hint: "use it in a step of GitHub Actions; elsewhere use --format env")
    }
    do throws(OutputFailure) {
      try AppendedFile.append(content, to: path)
    } catch {
      throw Failure(error)
    }
  }
}

/// What marks the end of a value there: nobody who chose the value can have guessed it.
enum Delimiter {
  static func random() -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<40).compactMap { _ in letters.randomElement() })
  }
}
