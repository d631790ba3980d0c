import Broker
import Host
import Model

/// The command line that buys the same credentials when an AWS tool runs it: from another directory, without the flags
/// of this run, and perhaps without its variables.
struct ConfiguredLine {
  let wiring: Wiring
  let options: CommonOptions

  private var profile: Profile { wiring.profile }

  /// What can say by itself whose credentials are meant.
  private static let identities: [ProfileKey] = [
    .source, .issuer, .clientID, .tokenFile, .tokenEnv, .tokenCommand, .tokenURL, .samlResponseFile, .samlResponseEnv,
  ]
  /// What makes no credentials other ones.
  private static let bystanders: [ProfileKey] = [.store, .strict, .timeout, .unattendedLogin, .onLoginRequired]

  /// - Parameter program: the path of this one.
  func words(_ program: String) throws(Failure) -> [String] {
    try refuseNothing()
    // The tool's own input: it would be gone.
    try profile.requireFreeStandardInput(for: "configure")
    var words = [program, "credential-process"]
    // One that is in no file cannot be named: named profiles have to be configured.
    if profile.unconfigured == nil { words += ["--profile", profile.name] }
    if let config = try config() { words += ["--config", config] }
    return words + (try flags())
  }

  /// What the line counts on and does not hold, in words for a person.
  var remarks: [String] {
    var remarks: [String] = []
    var variables = ProfileKey.allCases.filter { !Self.bystanders.contains($0) }.compactMap { key in
      if case .variable(let name) = profile.origin(of: key), name.hasPrefix("DAYPASS_") { name } else { nil }
    }
    // Where the session is.
    let places = ["DAYPASS_HOME", "XDG_STATE_HOME"].filter { wiring.environment.nonEmpty($0) != nil }
    variables += places.prefix(1)
    if !variables.isEmpty {
      remarks.append(
        "the AWS profile works where \(variables.joined(separator: ", ")) \(variables.count == 1 ? "is" : "are") set, "
          + "which is not written down")
    }
    if !isRoleKnown { remarks.append("no role_arn is set: until it is, AWS tools get no credentials by this profile") }
    return remarks
  }

  private var isRoleKnown: Bool {
    if profile.roleARN != nil || !profile.chain.isEmpty { return true }
    // For a person's login that of the environment does not count.
    let source = try? IdentitySource.select(profile, wiring.surroundings)
    return profile.ambientRoleARN != nil && source?.isLogin != true
  }

  /// A line that can only fail would take the place of whatever AWS tools find without it.
  private func refuseNothing() throws(Failure) {
    guard let unconfigured = profile.unconfigured, !isRoleKnown,
      Self.identities.allSatisfy({ profile.origin(of: $0) == .standard })
    else { return }
    let problem = "nothing is configured that could be written down"
    throw profile.lacksSection(problem)
      ?? Failure(
        .configuration,
        "\(problem): \(unconfigured.path.printable()) "
          + (unconfigured.isThere ? "has no profile \(profile.name)" : "does not exist"),
        hint: "write [profile.\(profile.name)] with role_arn there, or set DAYPASS_ROLE_ARN")
  }

  /// Who reads another file here than the line would by itself must read it there too.
  private func config() throws(Failure) -> String? {
    if let path = options.selection.config { return try absolute(path, "--config") }
    guard let path = wiring.settings.configPath else { return nil }
    let home: String?
    do throws(HomeFailure) { home = try Account.home(wiring.environment) } catch { throw Failure(error) }
    let standard = ConfigFile.defaultPaths(environment: [:], home: home).first(where: InputFile.exists)
    return path == standard ? nil : try absolute(path, "the config file")
  }

  /// Those of this run, in the order of the settings' table.
  private func flags() throws(Failure) -> [String] {
    var words: [String] = []
    for setting in Setting.all {
      for value in options.profile.flags.values[setting.key] ?? [] {
        switch setting.placeholder {
        case nil: words.append((value == "true" ? "--" : "--no-") + setting.flag)
        case "path": words += ["--" + setting.flag, try absolute(value, "--" + setting.flag)]
        default:
          try check(value, of: setting)
          // One that begins like an option is none only behind an equals sign.
          words += value.hasPrefix("-") ? ["--\(setting.flag)=\(value)"] : ["--" + setting.flag, value]
        }
      }
    }
    return words
  }

  private func check(_ value: String, of setting: Setting) throws(Failure) {
    switch setting.key {
    case .tokenURL where value.contains("?"):
      throw Failure(
        .usage, "--token-url has a query, which can hold a secret, and the AWS config is no place for one",
        hint: "set token_url in the profile")
    case .tokenCommand:
      guard let program = CommandLineText.words(value)?.first, program.contains("/"), !program.hasPrefix("/") else {
        return
      }
      throw Failure(
        .usage, "--token-command names its program by a path that counts from this directory",
        hint: "write the path from the root")
    default: return
    }
  }

  private func absolute(_ path: String, _ name: String) throws(Failure) -> String {
    guard let path = WorkingDirectory.absolute(path) else {
      throw Failure(.usage, "\(name) is relative to a directory without a name", hint: "write the path from the root")
    }
    return path
  }
}
