import Host
import Model

extension Environment {
  /// Refuses variables of daypass, and of where its files are, that are not UTF-8. As if unset, a check would be off, or
  /// another identity or another person's place be used.
  func refuseUnreadable() throws(Failure) {
    let places = ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"]
    guard let name = undecodableNames.first(where: { $0.hasPrefix("DAYPASS_") || places.contains($0) }) else { return }
    throw Failure(
      .configuration, "the variable \(name.printable(limit: 80)) is not UTF-8 text", hint: "set it again, or unset it")
  }
}

/// The command line as text. What `exec` runs is taken as bytes, and need not be text.
enum CommandLineWords {
  static func text(_ words: [[UInt8]]) throws(Failure) -> [String] {
    let text = words.map { String(decoding: $0, as: UTF8.self) }
    let ours = ExecArguments.own(text)
    if let bad = zip(words, text).prefix(ours).first(where: { String(validating: $0.0, as: UTF8.self) == nil }) {
      throw Failure(
        .usage, "\"\(bad.1.printable(limit: 80))\" on the command line is not UTF-8 text",
        hint: "paths and values that daypass reads must be UTF-8")
    }
    return text
  }
}
