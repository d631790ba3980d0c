import Broker

/// What a verb was told, ready to be done.
protocol VerbChoices {
  func run() throws
}

/// Command lines as programs write them: a verb that they call, and known options, each with a value that can be
/// nothing else. Those are read here, because the parser of all the others first builds the description of seventy
/// options, several times over, which takes half of a short run (docs/decisions/0018). Whatever is not plain, and every
/// doubt, is that parser's, which also has the words for what is wrong.
struct PlainCommandLine {
  private var values: [String: String] = [:]
  private var switches: [String] = []
  private var flags = SettingFlags()

  /// Nil where the command line is not as plain as that.
  static func choices(_ arguments: [String]) -> (any VerbChoices)? {
    switch arguments.first {
    case Credentials.name:
      guard let line = PlainCommandLine(arguments[1...], values: ["format", "min-ttl"]) else { return nil }
      return CredentialChoices(format: line.values["format"], ttl: line.ttl, common: line.common)
    case CredentialProcess.name:
      guard let line = PlainCommandLine(arguments[1...], values: ["min-ttl"]) else { return nil }
      return CredentialChoices(format: nil, ttl: line.ttl, common: line.common)
    case Token.name:
      guard let line = PlainCommandLine(arguments[1...], values: ["min-ttl"]) else { return nil }
      return TokenChoices(ttl: line.ttl, common: line.common)
    case Exec.name:
      let own = ExecArguments.own(arguments)
      let command = arguments[own...].first == "--" ? arguments[own...].dropFirst() : arguments[own...]
      let switches = ["env", "keep-aws-files", "allow-imds", "scrub-ci"]
      guard let line = PlainCommandLine(arguments[1..<own], values: ["user"], switches: switches) else { return nil }
      return ExecChoices(
        env: line.switches.contains("env"), user: line.values["user"],
        keepAWSFiles: line.switches.contains("keep-aws-files"), allowIMDS: line.switches.contains("allow-imds"),
        scrubCI: line.switches.contains("scrub-ci"), words: command.count, common: line.common)
    default: return nil
    }
  }

  /// - Parameters:
  ///   - values: options of the verb that take one.
  ///   - switches: options of the verb that take none.
  private init?(_ words: ArraySlice<String>, values known: [String], switches knownSwitches: [String] = []) {
    var words = words
    while let word = words.popFirst() {
      guard word.hasPrefix("--") else { return nil }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = parts.first.map(String.init) else { return nil }
      let attached = parts.count > 1 ? String(parts[1]) : nil
      if attached == nil, knownSwitches.contains(name) {
        if switches.contains(name) { return nil }
        switches.append(name)
        continue
      }
      let isCommon = ["profile", "config", "log-level", "color"].contains(name)
      if !isCommon, !known.contains(name), attached == nil, let (key, isOn) = PlainCommandLine.settingSwitch(name) {
        guard flags.values.updateValue([isOn ? "true" : "false"], forKey: key) == nil else { return nil }
        continue
      }
      guard let value = attached ?? words.popFirst(), !value.isEmpty, !value.hasPrefix("-") else { return nil }
      if isCommon || known.contains(name) {
        guard values.updateValue(value, forKey: name) == nil else { return nil }
      } else if let setting = Setting.all.first(where: { $0.flag == name && $0.placeholder != nil }) {
        guard flags.values[setting.key] == nil || PlainCommandLine.lists.contains(setting.key) else { return nil }
        flags.values[setting.key, default: []].append(value)
      } else {
        return nil
      }
    }
  }

  /// Settings that may be given again and again.
  private static let lists: [ProfileKey] = [.scopes, .policyARNs]

  private static func settingSwitch(_ name: String) -> (ProfileKey, isOn: Bool)? {
    for setting in Setting.all where setting.placeholder == nil {
      if name == setting.flag { return (setting.key, true) }
      if name == "no-" + setting.flag { return (setting.key, false) }
    }
    return nil
  }

  private var ttl: MinimumTTL { MinimumTTL(text: values["min-ttl"]) }

  private var common: CommonChoices {
    CommonChoices(
      profile: values["profile"], config: values["config"],
      output: OutputChoices(logLevel: values["log-level"], color: values["color"]), flags: flags)
  }
}
