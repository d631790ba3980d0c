import ArgumentParser
import Host
import Model

/// How much is said on standard error, and whether in colour.
struct OutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("trace, debug, info, notice, warning (default) or error", valueName: "level"))
  var logLevel: String?

  @Option(help: ArgumentHelp("auto (default), always or never", valueName: "when"))
  var color: String?

  var choices: OutputChoices { OutputChoices(logLevel: logLevel, color: color) }
}

struct OutputChoices: Hashable {
  var logLevel: String?
  var color: String?

  func level(_ environment: [String: String]) throws(Failure) -> LogLevel {
    // Nearly always; and to spell the names of all takes a while.
    if logLevel == nil, environment["DAYPASS_LOG_LEVEL"]?.isEmpty ?? true { return .warning }
    let levels = Choice("--log-level", variable: "DAYPASS_LOG_LEVEL", LogLevel.allCases.map { ("\($0)", $0) })
    return try levels.read(logLevel, environment, standard: .warning)
  }

  func colorChoice(_ environment: [String: String]) throws(Failure) -> Terminal.ColorChoice {
    try Choice<Terminal.ColorChoice>("--color", variable: "DAYPASS_COLOR").read(color, environment, standard: .auto)
  }
}
