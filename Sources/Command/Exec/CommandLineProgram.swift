import Host
import Model

/// What `exec` runs: the command given, else the person's shell. Bytes, because names of files need not be UTF-8.
struct CommandLineProgram {
  let words: [[UInt8]]

  init(_ command: some Sequence<[UInt8]>, _ environment: Environment) throws(Failure) {
    let given = Array(command)
    if !given.isEmpty {
      words = given
    } else if let shell = environment.value(of: "SHELL"), !shell.isEmpty {
      words = [Array(shell)]
    } else {
      throw Failure(.usage, "no command is given and SHELL is not set", hint: "write `daypass exec -- COMMAND`")
    }
  }

  func program(_ environment: ChildEnvironment, user: RunAs?) -> Program {
    Program(
      name: words.first ?? [], arguments: Array(words.dropFirst()), environment: environment.environment, user: user)
  }
}
