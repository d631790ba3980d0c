internal import CHost
internal import Glibc
public import Model

/// Runs a program in place of this one.
public enum Exec {
  /// Puts back everything the process was given (signals, umask, limits; of descriptors only those it was given) and
  /// becomes the program. Returns only by throwing; the process may then do nothing but report it and end.
  public static func replace(with program: Program) throws(ExecFailure) -> Never {
    // One that came while there was still something to do here ends this program, and the other is not begun.
    if let signal = Interrupts.pending { throw ExecFailure.interrupted(Interrupted(signal: signal)) }
    let code = try program.withCForm { chost_exec($0) }
    throw ExecFailure(program, code)
  }
}

/// The command could not be run.
public enum ExecFailure: Explained, Hashable {
  case notFound(name: String)
  /// The file is there, but what its `#!` line or its header names is not.
  case noInterpreter(name: String)
  case notExecutable(name: String, reason: String)
  /// The system gives no further process.
  case noProcess(reason: String)
  case interrupted(Interrupted)

  init(_ program: Program, _ code: Int32) {
    switch code {
    case ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG:
      let exists = program.candidates.contains { access(String(decoding: $0, as: UTF8.self), F_OK) == 0 }
      self = exists ? .noInterpreter(name: program.shownName) : .notFound(name: program.shownName)
    default:
      self = .notExecutable(name: program.shownName, reason: SystemError(code).reason)
    }
  }

  /// What a shell would return, where it is the command's own fault; nil where `kind` decides.
  public var shellCode: Int32? {
    switch self {
    case .notFound, .noInterpreter: 127
    case .notExecutable: 126
    case .noProcess, .interrupted: nil
    }
  }

  public var kind: FailureKind {
    switch self {
    case .notFound, .noInterpreter, .notExecutable: .usage
    case .noProcess: .output
    case .interrupted(let signal): signal.kind
    }
  }

  public var message: String {
    switch self {
    case .notFound(let name): "\(name): command not found"
    case .noInterpreter(let name): "\(name): its interpreter does not exist"
    case .notExecutable(let name, let reason): "\(name): cannot be run: \(reason)"
    case .noProcess(let reason): "no process can be started: \(reason)"
    case .interrupted(let signal): signal.message
    }
  }

  public var hint: String? {
    switch self {
    case .notFound: "check the spelling and PATH"
    case .noInterpreter: "check the first line of the file"
    case .notExecutable: "check that it is an executable file for this machine"
    case .noProcess, .interrupted: nil
    }
  }
}
