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
    var words = [program, "credential-process"]
    // One that is in no file cannot be named: named profiles have to be configured.
    if profile.unconfigured == nil { words += ["--profile", profile.name] }
    if let config = try config() { words += ["--config", config] }
    return words + (try flags())
  }

  /// What the line counts on and does not hold, in words for a person.
  var remarks: [String] {
    var remarks: [String] = []
    let variables = ProfileKey.allCases.filter { !Self.bystanders.contains($0) }.compactMap { key in
      if case .variable(let name) = profile.origin(of: key), name.hasPrefix("DAYPASS_") { name } else { nil }
    }
    if !variables.isEmpty {
      remarks.append(
        "the AWS profile works where \(variables.joined(separator: ", ")) \(variables.count == 1 ? "is" : "are") set, "
          + "which is not written down")
    }
    if !isRoleKnown { remarks.append("no role_arn is set: until it is, AWS tools get no credentials by this profile") }
    return remarks
  }

  private var isRoleKnown: Bool {
    profile.roleARN != nil || profile.ambientRoleARN != nil || !profile.chain.isEmpty
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
        case "path" where value != "-": words += ["--" + setting.flag, try absolute(value, "--" + setting.flag)]
        default: words += ["--" + setting.flag, value]
        }
      }
    }
    return words
  }

  private func absolute(_ path: String, _ name: String) throws(Failure) -> String {
    guard let path = WorkingDirectory.absolute(path) else {
      throw Failure(.usage, "\(name) is relative to a directory without a name", hint: "write the path from the root")
    }
    return path
  }
}
