import Host
import Model

/// What `exec` runs: the command given, else the person's shell.
struct CommandLineProgram {
  private let words: [String]

  static func named(_ command: [String], _ environment: Environment) throws(Failure) -> CommandLineProgram {
    if !command.isEmpty { return CommandLineProgram(words: command) }
    if let shell = environment.nonEmpty("SHELL") { return CommandLineProgram(words: [shell]) }
    throw Failure(.usage, "no command is given and SHELL is not set", hint: "write `daypass exec -- COMMAND`")
  }

  func program(_ environment: Environment) -> Program {
    Program(words.first ?? "", Array(words.dropFirst()), environment: environment)
  }
}
