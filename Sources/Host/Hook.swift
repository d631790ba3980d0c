internal import CHost
internal import Model

/// A program of the operator's that is told something: on its standard input, and within a time.
public enum Hook {
  public static let longestInput = 4096

  /// Blocks until it ends, or was killed. Nil where it ended well, else what happened.
  public static func run(_ program: Program, input: [UInt8], atMost time: Duration) -> String? {
    guard input.count <= longestInput else { return "it would be told too much" }
    var child: pid_t = 0
    do throws(ExecFailure) {
      let code = try program.withCForm { chost_hook_start($0, input, input.count, &child) }
      guard code == 0 else { return SystemError(code).reason }
    } catch {
      return error.message
    }
    switch chost_hook_wait(child, milliseconds(toCover: time.saturatedNanoseconds)) {
    case 0: return nil
    case -2: return "it did not end within \(time.components.seconds) s and was killed"
    case 127: return "it cannot be run"
    case let code: return "it ended with exit code \(code)"
    }
  }
}
