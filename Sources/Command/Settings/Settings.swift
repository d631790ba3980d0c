import Broker
import Model

/// Everything that was set, from every place: flags, variables, the config file. A value; profiles are resolved from it
/// one by one.
struct Settings: Sendable {
  private let environment: [String: String]
  private let file: ConfigFile?
  /// Of the config file, or of the first that is looked for.
  private let path: String

  /// - Parameters:
  ///   - config: the value of `--config`.
  ///   - environment: a variable that is empty is as if unset, as AWS tools see it.
  ///   - home: the home directory, where one is known.
  ///   - read: reads a file; asked in the order of the search, and no further than the first that exists.
  init(
    config: String?, environment: [String: String], home: String?, read: (String) -> ConfigContents
  ) throws(SettingError) {
    self.environment = environment
    file = try ConfigFile.find(flag: config, environment: environment, home: home, read: read)
    path = file?.path ?? ConfigFile.defaultPaths(environment: environment, home: home).first ?? ""
  }

  /// The path of the config file that was read.
  var configPath: String? { file?.path }

  /// `[serve]` of the config file.
  var serve: TOMLTable { file?.serve ?? TOMLTable() }

  /// Those of the config file, sorted.
  var profileNames: [String] { file?.profiles.keys.sorted() ?? [] }

  /// Variables that look like daypass's own and are not, each with the name that was probably meant. A check that would
  /// have no effect is refused, and under `strict` each of them. One that `token_env` or `saml_response_env` names is what
  /// somebody made of it.
  func warnings(for profile: Profile) throws(Failure) -> [String] {
    let known =
      Setting.all.map(\.variable) + Setting.otherVariables + ServeKey.allCases.map(\.variable)
      + [profile.tokenEnv ?? "", profile.samlResponseEnv ?? ""]
    var warnings: [String] = []
    for name in environment.keys.sorted() where name.hasPrefix("DAYPASS_") && !known.contains(name) {
      let message = "the variable \(name.printable(limit: 80)) is not known and has no effect"
      let nearest = Suggestion.nearest(to: name, in: known).map { "did you mean \($0)?" }
      if profile.strict || name.hasPrefix("DAYPASS_EXPECT_") {
        throw Failure(.configuration, message, hint: nearest ?? "unset it")
      }
      warnings.append(message + (nearest.map { "; \($0)" } ?? ""))
    }
    return warnings
  }

  /// The profile that `--profile` names, else DAYPASS_PROFILE, else `default`; that one alone need not be configured.
  func profile(named flag: String? = nil, flags: SettingFlags = SettingFlags()) throws(SettingError) -> Profile {
    let (name, origin) = try selectedName(flag)
    let section = file?.profiles[name]
    if section == nil, origin != .standard {
      throw .unknownProfile(name, origin: origin, file: file?.path, configured: profileNames)
    }
    var profile = try ProfileReader(
      name: name, section: section, path: path, environment: environment, flags: flags
    ).profile()
    if section == nil { profile.unconfigured = unconfigured(name) }
    return profile
  }

  private func unconfigured(_ name: String) -> Unconfigured {
    let names = profileNames
    return Unconfigured(
      path: path, isThere: file != nil, others: names,
      nearest: names.count > Unconfigured.few ? Suggestion.nearest(to: name, in: names) : nil)
  }

  private func selectedName(_ flag: String?) throws(SettingError) -> (String, SettingOrigin) {
    let name: String
    let origin: SettingOrigin
    if let flag {
      (name, origin) = (flag, .flag("--profile"))
    } else if let variable = environment["DAYPASS_PROFILE"], !variable.isEmpty {
      (name, origin) = (variable, .variable("DAYPASS_PROFILE"))
    } else {
      return ("default", .standard)
    }
    guard ProfileName.isValid(name) else { throw .badProfileName(name, origin: origin) }
    return (name, origin)
  }
}

/// The settings given as flags: each key's values in the order of the command line, `true` or `false` for switches.
struct SettingFlags: Sendable, Hashable {
  var values: [ProfileKey: [String]] = [:]
  init() {}
}
