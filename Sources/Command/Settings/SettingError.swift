import Broker
import Model

/// Why the settings cannot be used. Each names the setting or file, where it stands, and what was expected.
enum SettingError: Explained, Hashable {
  /// `given` is nil where it may be a secret that was put into the wrong place.
  case badValue(setting: String, origin: SettingOrigin, given: String?, expected: String)
  case unknownKey(String, table: String, origin: SettingOrigin, nearest: String?)
  case missing(setting: String, neededBy: String, origin: SettingOrigin)
  case badProfileName(String, origin: SettingOrigin)
  /// A setting of one profile, where several are served.
  case forSeveral(SettingOrigin)
  /// `configured` are the names there are; `file` is nil where no config file exists.
  case unknownProfile(String, origin: SettingOrigin, file: String?, configured: [String])
  case syntax(path: String, line: Int, column: Int, reason: String)
  case tooLarge(path: String, limit: Int)
  /// The file was named, and is not there.
  case absentFile(path: String, origin: SettingOrigin)
  case unusableFile(path: String, reason: String, hint: String?)

  var kind: FailureKind {
    switch self {
    case .badValue(_, .flag, _, _), .forSeveral: .usage
    // Where others could reach it, wherever it was said.
    case .badValue(let setting, _, _, _) where ServeKey.addresses.contains { $0.rawValue == setting }: .usage
    default: .configuration
    }
  }

  var message: String {
    switch self {
    case .badValue(let setting, let origin, let given?, let expected):
      "\(setting) (\(origin)) must be \(expected), not \(given)"
    case .badValue(let setting, let origin, nil, let expected):
      "\(setting) (\(origin)) must be \(expected)"
    case .unknownKey(let key, let table, let origin, _):
      "\(origin): unknown key \"\(key.printable(limit: 60))\"" + (table.isEmpty ? "" : " in [\(table)]")
    case .missing(let setting, let other, let origin):
      "\(other) (\(origin)) needs \(setting), which is not set"
    case .badProfileName(let name, let origin):
      "the profile name \"\(name.printable(limit: 60))\" (\(origin)) must be 1 to 64 letters, digits, "
        + "\".\", \"-\" or \"_\", and begin with a letter or digit"
    case .forSeveral(let origin): "\(origin) is a setting of one profile, and several are served"
    case .unknownProfile(let name, let origin, let file?, _):
      "the profile \"\(name)\" (\(origin)) is not in \(file.printable())"
    case .unknownProfile(let name, let origin, nil, _):
      "the profile \"\(name)\" (\(origin)) is not configured: there is no config file"
    case .syntax(let path, let line, let column, let reason):
      "\(path.printable()):\(line):\(column): \(reason)"
    case .tooLarge(let path, let limit):
      "\(path.printable()) is larger than \(limit) bytes"
    case .absentFile(let path, let origin):
      "the config file \(path.printable()) (\(origin)) does not exist"
    case .unusableFile(let path, let reason, _):
      "the config file \(path.printable()) cannot be used: \(reason.printable())"
    }
  }

  var hint: String? {
    switch self {
    case .unknownKey(_, _, _, let nearest?): "did you mean \(nearest)?"
    case .unknownKey(_, let table, _, nil):
      table.isEmpty ? "settings stand in [profile.NAME]" : "`daypass login --help` lists every setting"
    case .missing(let setting, _, _): "set \(setting) too"
    case .unknownProfile(let name, _, _, let configured):
      Suggestion.nearest(to: name, in: configured).map { "did you mean \($0)?" }
        ?? (configured.isEmpty
          ? "write [profile.\(name)] into ~/.config/daypass/config.toml, or leave the name out"
          : "configured are: " + configured.sorted().prefix(10).joined(separator: ", "))
    case .syntax: "the file is TOML: key = \"value\" in [profile.NAME]; see https://toml.io"
    case .absentFile: "create it, or correct the path"
    case .unusableFile(_, _, let hint): hint
    case .forSeveral: "set it in [profile.NAME] of the config file"
    case .badValue, .badProfileName, .tooLarge: nil
    }
  }
}
