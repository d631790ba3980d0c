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
      verb = arguments.count > 1 ? try Help.command(arguments.dropFirst()) : nil
      isComplete = true
    case "--version":
      return nil
    default:
      let command = try Help.command(arguments[...])
      // What stands behind `--`, or behind exec's command, is not ours to read.
      let own = ExecArguments.separated(arguments).prefix { $0 != "--" }
      guard own.contains("-h") || own.contains("--help") else { return nil }
      (verb, isComplete) = (command, own.contains("--help"))
    }
  }

  /// The verb, or the form of one, that the arguments begin with.
  private static func command(_ names: ArraySlice<String>) throws(Failure) -> any ParsableCommand.Type {
    let commands = Daypass.configuration.subcommands
    guard let verb = commands.first(where: { $0.configuration.commandName == names.first }) else {
      throw UsageError.unknownVerb(names.first ?? "", verbs: Daypass.verbs)
    }
    guard let form = names.dropFirst().first, !verb.configuration.subcommands.isEmpty, !isHelp(form) else {
      return verb
    }
    guard let command = verb.configuration.subcommands.first(where: { $0.configuration.commandName == form }) else {
      throw UsageError.unknownForm(
        form, of: names.first ?? "", forms: verb.configuration.subcommands.compactMap { $0.configuration.commandName })
    }
    return command
  }

  private static func isHelp(_ word: String) -> Bool { word == "-h" || word == "--help" }

  /// The verb that the arguments begin with, and its form; nil where there is none.
  static func name(_ arguments: [String]) -> String? {
    guard let verb = arguments.first, let command = try? command(arguments[...]) else { return nil }
    let isForm = command.configuration.commandName != verb
    return ([verb] + (isForm ? [command.configuration.commandName ?? ""] : [])).joined(separator: " ")
  }

  var text: String {
    let window = Terminal(descriptor: 1, environment: Environment.given()).size
    return text(columns: min(max(window?.columns ?? 80, 60), 100))
  }

  func text(columns: Int) -> String {
    guard let verb else { return Daypass.helpMessage(columns: columns) + "\n" }
    let complete = Daypass.helpMessage(for: verb, columns: columns)
    // Forms of a verb have options, the verb itself has none.
    if isComplete || !verb.configuration.subcommands.isEmpty { return complete + "\n" }
    let titles = (ProfileOptions.Title.allCases.map(\.rawValue) + [PlaceOptions.title, ServiceOptions.title]).map {
      $0.uppercased() + ":\n"
    }
    let sections = complete.split(separator: "\n\n").filter { section in !titles.contains { section.hasPrefix($0) } }
    let pointer = "  All settings are options too: see `daypass \(Help.words(of: verb)) --help`."
    return sections.joined(separator: "\n\n") + "\n" + pointer + "\n"
  }

  /// `trust check` of `daypass trust check <file> [<options>]`.
  private static func words(of verb: any ParsableCommand.Type) -> String {
    let words = (verb.configuration.usage ?? "").split(separator: " ").dropFirst()
    return words.prefix { !$0.hasPrefix("<") && !$0.hasPrefix("[") }.joined(separator: " ")
  }
}
