/// The seam to other programs: those that print a token.
public protocol Programs: Sendable {
  /// Runs a program, found as a shell finds it but run by none, in the environment this process was given, with nothing
  /// on its standard input and our own standard error. Blocks until it ends.
  ///
  /// - Parameters:
  ///   - command: the program's name and its arguments; not empty.
  ///   - limit: bytes of standard output accepted; one more ends the program.
  ///   - deadline: when it is killed, with everything it started in its process group.
  func output(of command: [String], limit: Int, until deadline: BootTime) throws(ProgramFailure) -> Secret
}

/// Why a program gave no output that counts. `name` is the program's, `reason` the system's words.
public enum ProgramFailure: Explained, Hashable {
  case notStarted(name: String, reason: String)
  case failed(name: String, code: Int32)
  case killed(name: String, signal: Int32)
  case timedOut(name: String, after: Duration)
  case tooMuch(name: String, limit: Int)
  case interrupted(Interrupted)

  public var kind: FailureKind {
    switch self {
    case .notStarted, .failed, .killed: .configuration
    case .timedOut: .unreachable
    case .tooMuch: .malformed
    case .interrupted(let signal): signal.kind
    }
  }

  public var message: String {
    switch self {
    case .notStarted(let name, let reason): "\(name.printable()) cannot be run: \(reason.printable())"
    case .failed(let name, let code): "\(name.printable()) ended with exit code \(code)"
    case .killed(let name, let signal): "\(name.printable()) was ended by signal \(signal)"
    case .timedOut(let name, let duration):
      "\(name.printable()) did not end within \(duration.components.seconds) s and was killed"
    case .tooMuch(let name, let limit): "\(name.printable()) printed more than \(limit) bytes"
    case .interrupted(let signal): signal.message
    }
  }

  public var hint: String? {
    switch self {
    case .notStarted: "check the spelling and PATH"
    case .failed, .killed: "run it by hand; what it wrote to its standard error stands above"
    case .timedOut: "run it by hand; it must not wait for a person"
    case .tooMuch: "it must print the token and nothing else"
    case .interrupted: nil
    }
  }
}
