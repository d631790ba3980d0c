import Broker
import Model

/// What reading a file came to. The reader follows symbolic links and judges who owns the file and who may write it.
enum ConfigContents: Sendable {
  case absent
  case present([UInt8])
  case unusable(reason: String, hint: String?)
}

/// The config file, read and checked for keys that nobody knows.
struct ConfigFile: Sendable {
  struct Section: Sendable {
    var line: Int
    var settings: [ProfileKey: (value: TOMLValue, line: Int)] = [:]
    var chain: [TOMLTable] = []
  }

  /// Ten thousand profiles are some MiB; what is larger is something else.
  static let sizeLimit = 16 << 20

  let path: String
  private(set) var profiles: [String: Section] = [:]
  /// `[serve]`, its keys checked.
  private(set) var serve = TOMLTable()

  /// The first that exists of what `--config`, DAYPASS_CONFIG, XDG_CONFIG_HOME and /etc name. A file that is named and
  /// is not there is an error: going on with another one would use settings that nobody meant.
  static func find(
    flag: String?, environment: [String: String], home: String?, read: (String) -> ConfigContents
  ) throws(SettingError) -> ConfigFile? {
    if let flag { return try load(named: flag, by: .flag("--config"), read) }
    if let path = environment["DAYPASS_CONFIG"], !path.isEmpty {
      return try load(named: path, by: .variable("DAYPASS_CONFIG"), read)
    }
    for path in defaultPaths(environment: environment, home: home) {
      if let file = try load(path, read) { return file }
    }
    return nil
  }

  /// XDG Base Directory Specification: a relative XDG_CONFIG_HOME is as if unset.
  static func defaultPaths(environment: [String: String], home: String?) -> [String] {
    let directory =
      environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home.map { $0 + "/.config" }
    return (directory.map { [$0 + "/daypass/config.toml"] } ?? []) + ["/etc/daypass/config.toml"]
  }

  private static func load(
    named path: String, by origin: SettingOrigin, _ read: (String) -> ConfigContents
  ) throws(SettingError) -> ConfigFile {
    guard let file = try load(path, read) else { throw .absentFile(path: path, origin: origin) }
    return file
  }

  private static func load(_ path: String, _ read: (String) -> ConfigContents) throws(SettingError) -> ConfigFile? {
    switch read(path) {
    case .absent: return nil
    case .unusable(let reason, let hint): throw .unusableFile(path: path, reason: reason, hint: hint)
    case .present(let bytes): return try ConfigFile(path: path, bytes)
    }
  }

  init(path: String, _ bytes: [UInt8]) throws(SettingError) {
    self.path = path
    guard bytes.count <= Self.sizeLimit else { throw .tooLarge(path: path, limit: Self.sizeLimit) }
    let document: TOMLTable
    do {
      document = try TOMLParser.parse(bytes)
    } catch {
      throw .syntax(path: path, line: error.line, column: error.column, reason: error.reason)
    }
    for entry in document.entries {
      switch entry.key.string {
      case "profile":
        for profile in try table(entry, "profile", expected: "a table: [profile.NAME]").entries {
          try add(profile)
        }
      case "serve":
        serve = try table(entry, "serve", expected: "a table: [serve]")
        for setting in serve.entries where !Self.serveKeys.contains(setting.key.string) {
          throw unknown(setting, in: "serve", of: Self.serveKeys)
        }
      default: throw unknownTopLevel(entry)
      }
    }
  }

  // MARK: Profiles

  private mutating func add(_ entry: TOMLTable.Entry) throws(SettingError) {
    let name = entry.key.string
    guard ProfileName.isValid(name) else { throw .badProfileName(name, origin: origin(entry.line)) }
    let label = "profile.\(name)"
    var section = Section(line: entry.line)
    for setting in try table(entry, label, expected: "a table: [\(label)]").entries {
      if let key = ProfileKey(rawValue: setting.key.string) {
        section.settings[key] = (setting.value, setting.line)
      } else if setting.key == "then" {
        section.chain = try chain(setting, in: label)
      } else {
        throw unknown(setting, in: label, of: ProfileKey.allCases.map(\.rawValue) + ["then"])
      }
    }
    profiles[name] = section
  }

  private func chain(_ entry: TOMLTable.Entry, in label: String) throws(SettingError) -> [TOMLTable] {
    let expected = "an array of tables: [[\(label).then]]"
    guard case .array(let values) = entry.value else { throw wrongType(entry, "then", expected) }
    var steps: [TOMLTable] = []
    for value in values {
      guard case .table(let step) = value else { throw wrongType(entry, "then", expected) }
      for setting in step.entries where ChainReader.Key(rawValue: setting.key.string) == nil {
        throw unknown(setting, in: "\(label).then", of: ChainReader.Key.allCases.map(\.rawValue))
      }
      steps.append(step)
    }
    return steps
  }

  // MARK: Errors

  func origin(_ line: Int) -> SettingOrigin { .file(path: path, line: line) }

  private func table(_ entry: TOMLTable.Entry, _ name: String, expected: String) throws(SettingError) -> TOMLTable {
    guard case .table(let table) = entry.value else { throw wrongType(entry, name, expected) }
    return table
  }

  private func wrongType(_ entry: TOMLTable.Entry, _ name: String, _ expected: String) -> SettingError {
    .badValue(setting: name, origin: origin(entry.line), given: entry.value.kind, expected: expected)
  }

  private func unknown(_ entry: TOMLTable.Entry, in table: String, of known: [String]) -> SettingError {
    let name = entry.key.string
    return .unknownKey(
      name, table: table, origin: origin(entry.line), nearest: Suggestion.nearest(to: name, in: known))
  }

  /// A key of a profile above every table, or a profile without `profile.`, is said to be just that.
  private func unknownTopLevel(_ entry: TOMLTable.Entry) -> SettingError {
    let name = entry.key.string
    let nearest: String? =
      if case .table = entry.value {
        Suggestion.nearest(to: name, in: ["profile", "serve"])
          ?? (ProfileName.isValid(name) ? "[profile.\(name)]" : nil)
      } else {
        Suggestion.nearest(to: name, in: ProfileKey.allCases.map(\.rawValue)).map { "\($0) in [profile.default]" }
      }
    return .unknownKey(name, table: "", origin: origin(entry.line), nearest: nearest)
  }

  private static let serveKeys = ServeKey.allCases.map(\.rawValue)
}

/// Names of profiles are also names of token files and parts of URLs.
enum ProfileName {
  static func isValid(_ name: String) -> Bool {
    let others: [UInt8] = [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")]
    guard let first = name.utf8.first, first.isASCIILetter || first.isASCIIDigit else { return false }
    return name.utf8.count <= 64
      && name.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || others.contains($0) }
  }
}
