internal import CHost
internal import Formats
internal import Glibc

/// The program as it is called: answers `credential-process`, `token` and `credentials` from what the full program left,
/// and hands everything else, and every doubt, to the full program. It resolves no settings and knows no rule about
/// credentials; it only finds out whether anything has changed (docs/decisions/0016).
public enum Front {
  public static func run() -> Never {
    var count: Int32 = 0
    guard let arguments = chost_arguments(&count), let environment = chost_environment() else { _exit(70) }
    let question = FrontQuestion(arguments: arguments, count: Int(count), environment: environment)
    if question.isKept, answer(question) { _exit(0) }
    FullProgram.become(arguments, count: Int(count), environment)
  }

  /// True if the answer was written. Otherwise nothing was, and nothing about this process has changed that a new
  /// program would see.
  private static func answer(_ question: FrontQuestion) -> Bool {
    guard !chost_is_privileged(), isHomeOurs(question) else { return false }
    // From here on there are secrets in memory. A new program begins dumpable again.
    chost_keep_memory_private()
    return Workspace.with { workspace in
      guard let plaintext = EntryFile(question, workspace).open(), var entry = FrontEntryReader(plaintext),
        Present.isAsBefore(&entry, workspace.directory)
      else { return false }
      return Answer.write(entry.output)
    }
  }

  /// Root with somebody else's HOME is refused by the full program, in its own words.
  private static func isHomeOurs(_ question: FrontQuestion) -> Bool {
    guard geteuid() == 0, let home = question.value("HOME=") else { return true }
    var status = stat()
    return stat(home, &status) != 0 || status.st_uid == 0
  }
}
