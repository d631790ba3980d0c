import Formats
import Model

/// The change to the AWS config file that makes a profile of it fetch its credentials here; pure.
struct AWSProfileEdit {
  /// A file of the AWS tools, as it is.
  struct Given {
    var path: String
    /// Nil where there is none.
    var content: [UInt8]?
  }

  /// In the AWS files.
  let name: String
  /// This program's path as a command line has it.
  let program: String
  /// What `credential_process` shall be.
  let process: String
  /// Nil where daypass has none of its own.
  let region: String?

  /// What AWS tools ask before `credential_process`, or instead of it.
  private static let rivals = [
    "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "role_arn", "source_profile",
    "credential_source", "web_identity_token_file", "sso_session", "sso_start_url", "sso_account_id", "login_session",
  ]
  private static let process = "credential_process"

  /// The new content; the old one where nothing is to change.
  func adding(to config: Given, beside credentials: Given) throws(AWSProfileError) -> [UInt8] {
    try refuseRivals(in: credentials, .credentials)
    try refuseRivals(in: config, .config)
    var text = try checked(config)
    if let entry = text.entries(of: name).first(where: { $0.key == Self.process }), !isOurs(entry.value) {
      throw .otherProcess(name, path: config.path, line: entry.line)
    }
    text.set([(Self.process, process)] + (region.map { [("region", $0)] } ?? []), in: name)
    return text.bytes
  }

  /// Without what `adding` wrote. The region stays in a section that holds more than that: it may be somebody's.
  func removing(from config: Given) throws(AWSProfileError) -> [UInt8] {
    var text = try checked(config)
    let entries = text.entries(of: name)
    guard let entry = entries.first(where: { $0.key == Self.process }) else { return text.bytes }
    guard isOurs(entry.value) else { throw .otherProcess(name, path: config.path, line: entry.line) }
    let isAllOurs = entries.allSatisfy { $0.key == Self.process || ($0.key == "region" && $0.value == region) }
    text.remove(isAllOurs ? [Self.process, "region"] : [Self.process], from: name)
    return text.bytes
  }

  private func checked(_ config: Given) throws(AWSProfileError) -> AWSConfigText {
    let text = AWSConfigText(config.content ?? [], kind: .config)
    guard !text.hasByteOrderMark else { throw .byteOrderMark(path: config.path) }
    let headers = text.headers(of: name)
    guard headers.count <= 1 else { throw .twice(name, path: config.path, lines: headers) }
    return text
  }

  private func refuseRivals(in file: Given, _ kind: AWSConfigText.Kind) throws(AWSProfileError) {
    let entries = AWSConfigText(file.content ?? [], kind: kind).entries(of: name)
    // A process of the credentials file is the one that is started, whatever the config file says.
    let rivals = Self.rivals + (kind == .credentials ? [Self.process] : [])
    guard let rival = entries.first(where: { rivals.contains($0.key) }) else { return }
    throw .rival(name, key: rival.key, path: file.path, line: rival.line)
  }

  /// A command line of this program, or of another version of it at another path. Other programs have a verb of that
  /// name too.
  private func isOurs(_ value: String) -> Bool {
    guard let verb = value.firstRange(of: " credential-process"),
      value[verb.upperBound...].utf8.first.map({ $0 == UInt8(ascii: " ") }) ?? true
    else { return false }
    let head = value[..<verb.lowerBound]
    return head == program || ProcessLine.onlyWord(head)?.split(separator: "/").last == "daypass"
  }
}

/// A command line as `credential_process` has it.
enum ProcessLine {
  /// Read alike by a shell, which most SDKs start, and by Python's shlex, which botocore splits with.
  static func make(_ words: [String]) throws(AWSProfileError) -> String {
    for (index, word) in words.enumerated() where !canHold(word) {
      // Never the value: it can be a command with a secret in it.
      let before = index > 0 ? words[index - 1] : ""
      let flag = word.hasPrefix("--") ? String(word.prefix { $0 != "=" }) : before
      throw .noLine(index == 0 ? "the path \(word.printable())" : "the value of \(flag)")
    }
    return words.map(quote).joined(separator: " ")
  }

  /// Some SDKs take a blank and `#` or `;` for the beginning of a comment, also inside quotes.
  private static func canHold(_ word: String) -> Bool {
    !word.isEmpty && word.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } && !word.contains(" #") && !word.contains(" ;")
  }

  /// The word that a piece of a command line is, without its quotes; nil where it may be more than one.
  static func onlyWord(_ text: some StringProtocol) -> String? {
    let special = "\"'\\ \t"
    guard let quote = text.first, quote == "\"" || quote == "'" else {
      return text.isEmpty || text.contains(where: special.contains) ? nil : String(text)
    }
    let inner = text.dropFirst().dropLast()
    return text.count > 2 && text.last == quote && !inner.contains(quote) && !inner.contains("\\") ? String(inner) : nil
  }

  static func quote(_ word: String) -> String {
    if word.utf8.allSatisfy(isPlain) { return word }
    // As the AWS documentation does it, where nothing inside means anything there.
    if !word.contains(where: { "\"\\$`!".contains($0) }) { return "\"\(word)\"" }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\"'\"'") + "'"
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte.isASCIILetter || byte.isASCIIDigit || byte >= 0x80 || "/._-+,@%=:".utf8.contains(byte)
  }
}

enum AWSProfileError: Explained, Hashable {
  case rival(String, key: String, path: String, line: Int)
  case otherProcess(String, path: String, line: Int)
  case twice(String, path: String, lines: [Int])
  case byteOrderMark(path: String)
  /// What of it.
  case noLine(String)

  var kind: FailureKind { .configuration }

  var message: String {
    switch self {
    case .rival(let name, let key, let path, let line):
      "\(path.printable()):\(line) gives the AWS profile \(name.printable()) its \(key), which AWS tools prefer"
    case .otherProcess(let name, let path, let line):
      "\(path.printable()):\(line) already has a credential_process of another program for \(name.printable())"
    case .twice(let name, let path, let lines):
      "\(path.printable()) has the AWS profile \(name.printable()) \(lines.count) times (lines "
        + lines.map(String.init).joined(separator: ", ") + "), which AWS tools do not read"
    case .byteOrderMark(let path):
      "\(path.printable()) begins with a byte order mark, and most AWS tools read nothing of such a file"
    case .noLine(let what): "no credential_process line can hold \(what)"
    }
  }

  var hint: String? {
    switch self {
    case .rival(_, _, let path, let line), .otherProcess(_, let path, let line):
      "remove line \(line) of \(path.printable()), or choose another name with --aws-profile"
    case .twice: "make one section of them"
    case .byteOrderMark: "save it as UTF-8 without a byte order mark (its first three bytes)"
    case .noLine: "what is in it must be without control characters, \" #\" and \" ;\", and not empty"
    }
  }
}
