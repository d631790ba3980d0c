/// The seam to the log. What is written never holds a secret, at any level.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
  case trace, debug, info, notice, warning, error
  public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

public protocol Diagnostics: Sendable {
  func log(_ level: LogLevel, _ message: @autoclosure () -> String)
}
