import Model
import Synchronization

/// Keeps warnings for the report on what they are about; everything lesser goes to the log.
final class Remarks: Diagnostics {
  private let log: any Diagnostics
  private let kept = Mutex<[String]>([])

  init(_ log: any Diagnostics) { self.log = log }

  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    guard level >= .warning else { return log.log(level, message()) }
    let text = message()
    kept.withLock { $0.append(text) }
  }

  /// Those since the last call.
  func take() -> [String] {
    kept.withLock { kept in
      defer { kept = [] }
      return kept
    }
  }

  /// Those of one thing, which is found out when something else needs it.
  func apart<Value>(_ body: () -> Value) -> (value: Value, remarks: [String]) {
    let earlier = take()
    let value = body()
    let own = take()
    kept.withLock { $0 = earlier }
    return (value, own)
  }
}
