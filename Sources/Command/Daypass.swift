import ArgumentParser
import Model

struct Daypass: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "daypass",
    abstract: "Short-lived cloud credentials for machines that have no browser.",
    usage: "daypass <verb> [<options>]",
    discussion: """
      On an SSH-only box:  daypass login, then any AWS tool.
      In CI:               daypass exec -- terraform apply
      In a container:      ENTRYPOINT ["daypass", "exec", "--"]
      """,
    version: Version.text,
    subcommands: [
      Login.self, Logout.self, Status.self, Token.self, Credentials.self, CredentialProcess.self, Exec.self, Serve.self,
      Source.self, WhoAmI.self, Console.self, TrustVerb.self, Configure.self,
      Doctor.self,
    ])

  static let verbs = configuration.subcommands.compactMap { $0.configuration.commandName }
}
