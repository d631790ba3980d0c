import Model

/// The exit codes of daypass: those of sysexits(3), and 4 as gh uses it. No other code leaves the program by its own
/// will; `exec` passes on its child's.
enum ExitStatus {
  static let done: Int32 = 0
  /// `doctor`, `trust check` and `status --check` alone: they found what they look for.
  static let faultsFound: Int32 = 1
  /// `exec`: the command exists and cannot be run.
  static let notExecutable: Int32 = 126
  /// `exec`: there is no such command.
  static let notFound: Int32 = 127
}

extension FailureKind {
  var exitCode: Int32 {
    switch self {
    case .loginRequired: 4
    case .usage: 64
    case .malformed: 65
    case .unreachable: 69
    case .bug: 70
    case .output: 74
    case .codeExpired, .busy: 75
    case .denied, .refused: 77
    case .configuration: 78
    case .interrupted(let signal): signal == 2 ? 130 : 143
    }
  }

  /// The `code` of an error event of `login --json`.
  var errorCode: String {
    switch self {
    case .loginRequired: "login_required"
    case .usage, .configuration: "configuration"
    case .malformed: "invalid_response"
    // Both say: the same may succeed a moment later.
    case .unreachable, .busy: "unreachable"
    // Both are about this machine, and neither is for the reader of the events to mend at a provider.
    case .bug, .output: "internal"
    case .codeExpired: "expired"
    case .denied: "denied"
    case .refused: "refused"
    case .interrupted: "interrupted"
    }
  }
}
