import ArgumentParser
import Host
import Model

/// `-h`: what is needed first, on one screen of 24 lines. `--help`, and `daypass help VERB`: every option.
struct Help {
  private let verb: (any ParsableCommand.Type)?
  private let isComplete: Bool

  /// Nil if no help is asked for. Throws where the first argument is no verb: the parser would only call it unexpected.
  init?(_ arguments: [String], verbs: [String]) throws(Failure) {
    guard let first = arguments.first else {
      (verb, isComplete) = (nil, true)
      return
    }
    switch first {
    case "-h", "--help":
      (verb, isComplete) = (nil, true)
    case "help":
      verb = try arguments.dropFirst().first.map { name throws(Failure) in try Help.command(name) }
      isComplete = true
    case "--version":
      return nil
    default:
      let command = try Help.command(first)
      // What stands behind `--`, or behind exec's command, is not ours to read.
      let own = ExecArguments.separated(arguments).prefix { $0 != "--" }
      guard own.contains("-h") || own.contains("--help") else { return nil }
      (verb, isComplete) = (command, own.contains("--help"))
    }
  }

  private static func command(_ name: String) throws(Failure) -> any ParsableCommand.Type {
    let commands = Daypass.configuration.subcommands
    if let command = commands.first(where: { $0.configuration.commandName == name }) { return command }
    throw UsageError.unknownVerb(name, verbs: Daypass.verbs)
  }

  var text: String {
    let window = Terminal(descriptor: 1, environment: Environment.given()).size
    return text(columns: min(max(window?.columns ?? 80, 60), 100))
  }

  func text(columns: Int) -> String {
    guard let verb else { return Daypass.helpMessage(columns: columns) + "\n" }
    let complete = Daypass.helpMessage(for: verb, columns: columns)
    if isComplete { return complete + "\n" }
    let titles = ProfileOptions.Title.allCases.map { $0.rawValue.uppercased() + ":\n" }
    let sections = complete.split(separator: "\n\n").filter { section in !titles.contains { section.hasPrefix($0) } }
    let pointer = "  All settings are options too: see `daypass \(verb.configuration.commandName ?? "") --help`."
    return sections.joined(separator: "\n\n") + "\n" + pointer + "\n"
  }
}
