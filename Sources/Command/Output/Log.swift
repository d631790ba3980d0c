import Host
import Logging
import Model

/// The log of this program: `daypass: warning: …` on standard error.
struct Log: Diagnostics {
  private let logger: Logger

  init(level: LogLevel) {
    var logger = Logger(label: "daypass") { _ in StandardErrorLog() }
    logger.logLevel = level.loggerLevel
    self.logger = logger
  }

  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    logger.log(level: level.loggerLevel, "\(message())")
  }
}

extension LogLevel {
  fileprivate var loggerLevel: Logger.Level {
    switch self {
    case .trace: .trace
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    }
  }
}

private struct StandardErrorLog: LogHandler {
  var logLevel = Logger.Level.warning
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    StandardError.write("daypass: \(event.level): \(event.message)\n")
  }
}
