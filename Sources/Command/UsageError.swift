import Model

/// Command lines that cannot be understood, in daypass's own words.
enum UsageError {
  static func unknownVerb(_ name: String, verbs: [String]) -> Failure {
    if name.hasPrefix("-") {
      return Failure(
        .usage, "\(name.printable(limit: 40)) stands where a verb is expected",
        hint: "options follow the verb, as in `daypass status --profile NAME`")
    }
    let nearest = Suggestion.nearest(to: name, in: verbs).map { "did you mean `daypass \($0)`?" }
    return Failure(.usage, "there is no verb \"\(name.printable(limit: 40))\"", hint: nearest ?? "see `daypass --help`")
  }

  /// An option that every verb would have of the parser: the description of the command line as JSON, for which it
  /// would need a library that is not linked (Sources/CFoundationStandIn).
  static func refuseDump(_ words: [String], verbs: [String]) throws(Failure) {
    let option = "--experimental-dump-help"
    guard words.prefix(while: { $0 != "--" }).contains(where: { $0.hasPrefix(option) }) else { return }
    throw failure(
      parserText: "Unknown option '\(option)'", command: words.first.flatMap { verbs.contains($0) ? $0 : nil })
  }

  /// The parser would only call it unexpected.
  static func unknownForm(_ name: String, of verb: String, forms: [String]) -> Failure {
    let nearest = name.hasPrefix("-") ? nil : Suggestion.nearest(to: name, in: forms)
    let list = forms.dropLast().joined(separator: ", ") + " or " + (forms.last ?? "")
    return Failure(
      .usage,
      name.hasPrefix("-")
        ? "\(name.printable(limit: 40)) stands where a form of `daypass \(verb)` is expected"
        : "`daypass \(verb)` has no form \"\(name.printable(limit: 40))\"",
      hint: nearest.map { "did you mean `daypass \(verb) \($0)`?" } ?? "write \(list) behind \(verb)")
  }

  /// What ArgumentParser says of an error, as one message. Its first line says what is wrong; the usage behind it would
  /// push that off a small screen.
  /// - Parameter command: the verb, with its form where it has forms; nil where there is none.
  static func failure(parserText: String, command: String?) -> Failure {
    let line = parserText.split(separator: "\n").first.map(String.init) ?? "the command line cannot be understood"
    var message = line.hasPrefix("Error: ") ? String(line.dropFirst("Error: ".count)) : line
    var hint = "see `daypass \(command.map { $0 + " " } ?? "")--help`"
    if let question = message.firstRange(of: ". Did you mean ") {
      hint = "did you mean " + message[question.upperBound...]
      message = String(message[..<question.lowerBound])
    }
    if let flag = unknownFlag(in: message), let nearest = Suggestion.nearest(to: flag, in: flags) {
      hint = "did you mean '\(nearest)'?"
    }
    if message.hasSuffix(".") { message.removeLast() }
    return Failure(.usage, lowercasingFirst(message).printable(limit: 400), hint: hint.printable(limit: 200))
  }

  /// The parser counts edits alone, and finds `--scope` nearer to `--role` than `--role-arn`.
  private static func unknownFlag(in message: String) -> String? {
    guard message.hasPrefix("Unknown option '--") else { return nil }
    let parts = message.split(separator: "'")
    return parts.count > 1 ? String(parts[1].prefix { $0 != "=" }) : nil
  }

  private static let flags = Setting.all.map { "--" + $0.flag } + ["--profile", "--config", "--log-level", "--color"]

  private static func lowercasingFirst(_ text: String) -> String { text.prefix(1).lowercased() + text.dropFirst() }
}
