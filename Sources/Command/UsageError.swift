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
    throw failure(parserText: "Unknown option '\(option)'", verb: words.first, verbs: verbs)
  }

  /// What ArgumentParser says of an error, as one message. Its first line says what is wrong; the usage behind it would
  /// push that off a small screen.
  static func failure(parserText: String, verb: String?, verbs: [String]) -> Failure {
    let line = parserText.split(separator: "\n").first.map(String.init) ?? "the command line cannot be understood"
    var message = line.hasPrefix("Error: ") ? String(line.dropFirst("Error: ".count)) : line
    var hint = verb.flatMap { verbs.contains($0) ? "see `daypass \($0) --help`" : nil } ?? "see `daypass --help`"
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
