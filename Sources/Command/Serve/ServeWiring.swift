import Broker
import Endpoint
import Formats
import Host
import Model

/// Everything that `serve` reads at its start and reads again on a reload: settings, profiles, and the edges of the
/// world for each.
struct ServeWiring {
  private(set) var settings: ServeSettings
  let profiles: [Profile]
  let environment: Environment
  let log: Log
  /// Where state is; nil where there is no place for it.
  let state: String?
  /// Of the file that was read; nil where there is none.
  private let configPath: String?
  private let surroundings: [String?: Surroundings]

  init(_ serve: Serve) throws(Failure) {
    let environment = Environment.given()
    try environment.refuseUnreadable()
    let variables = environment.variables
    let log = Log(level: try serve.output.choices.level(variables))
    let places = try Places(environment, config: serve.config.config)
    do throws(SettingError) {
      let all = try Settings(
        config: serve.config.config, environment: variables, home: places.home, read: ConfigContents.read)
      settings = try ServeSettings(serve.given, environment: variables, all)
      profiles = try Self.profiles(settings.choice, serve.profile.flags, all, variables)
      configPath = all.configPath
    } catch {
      throw Failure(error)
    }
    // Not an empty service: a configuration that is missing during a reload would take every token away.
    guard !profiles.isEmpty else {
      throw Failure(
        .configuration, "all profiles are to be served, and there is none",
        hint: "write a [profile.NAME] into the configuration file")
    }
    let directory = places.state.map { StateDirectoryOnDisk(path: $0) }
    var surroundings: [String?: Surroundings] = [:]
    for profile in profiles { try profile.requireFreeStandardInput(for: "serve") }
    for profile in profiles where surroundings[profile.caFile] == nil {
      surroundings[profile.caFile] = Wiring.surroundings(profile, environment, log, directory)
    }
    if settings.detach {
      guard profiles.count == 1 else {
        throw Failure(
          .usage, "--detach serves one profile, because its variables are of one", hint: "name it with --profile")
      }
      // Several jobs may run at once as the same user: nothing is shared with another.
      if settings.tokenDirectory == nil { settings.tokenDirectory = DetachedJob.tokenDirectory(environment) }
    }
    self.surroundings = surroundings
    self.environment = environment
    self.log = log
    state = places.state
    if let marker = JobMarker.find(in: environment), profiles.contains(where: \.unattendedLogin) {
      log.log(.warning, "no login is begun here, although unattended_login is set: this is a CI job (\(marker))")
    }
  }

  private static func profiles(
    _ choice: ServeSettings.Choice, _ flags: SettingFlags, _ settings: Settings, _ variables: [String: String]
  ) throws(SettingError) -> [Profile] {
    let names: [String?]
    switch choice {
    case .standard: names = [nil]
    case .named(let given): names = given
    case .all: names = settings.profileNames
    }
    if names.count > 1 { try refusePersonal(flags, variables) }
    var profiles: [Profile] = []
    for name in names { profiles.append(try settings.profile(named: name, flags: flags)) }
    return profiles
  }

  /// One value for several profiles would be right for one of them at best.
  private static func refusePersonal(_ flags: SettingFlags, _ variables: [String: String]) throws(SettingError) {
    for setting in Setting.all {
      if flags.values[setting.key]?.isEmpty == false { throw .forSeveral(.flag("--" + setting.flag)) }
      if variables[setting.variable]?.isEmpty == false { throw .forSeveral(.variable(setting.variable)) }
    }
  }

  func broker(_ profile: Profile) -> CredentialBroker? {
    surroundings[profile.caFile].map { CredentialBroker($0, profile: profile) }
  }

  func surroundings(_ profile: Profile) -> Surroundings? { surroundings[profile.caFile] }

  /// Nothing prompts by itself in a CI job: nobody sees the code there.
  var mayBeginLogins: Bool { JobMarker.find(in: environment) == nil }

  /// Whether something that is read or run later may be named relative to the working directory.
  var needsDirectory: Bool {
    func isRelative(_ path: String?) -> Bool { path.map { !$0.hasPrefix("/") } ?? false }
    let profilePaths = profiles.flatMap { profile in
      [profile.tokenFile, profile.tokenURLHeadersFile, profile.clientSecretFile, profile.caFile]
        + [profile.sessionPolicyFile] + profile.chain.map(\.sessionPolicyFile)
    }
    return isRelative(state) || isRelative(settings.tokenDirectory) || isRelative(configPath)
      || profilePaths.contains(where: isRelative)
      // Of their arguments nobody knows which are paths.
      || profiles.contains { $0.tokenCommand != nil || $0.onLoginRequired != nil }
  }

  var cryptography: (any Cryptography)? { surroundings.first?.value.cryptography }
}

// MARK: Token files

extension ServeWiring {
  /// Where token files lie. systemd names several runtime directories in one variable; the first is ours.
  func tokenDirectory() throws(Failure) -> String {
    if let directory = settings.tokenDirectory { return directory }
    if let given = environment.nonEmpty("RUNTIME_DIRECTORY"), let first = given.split(separator: ":").first {
      return String(first)
    }
    if let runtime = environment.nonEmpty("XDG_RUNTIME_DIR"), runtime.hasPrefix("/") { return runtime + "/daypass" }
    guard let state else {
      throw Failure(
        .configuration, "there is no directory for token files: neither RUNTIME_DIRECTORY nor XDG_RUNTIME_DIR is set",
        hint: "name one with --token-dir")
    }
    return state
  }

  func tokenFile(_ name: String, in directory: String) throws(Failure) -> TokenFile {
    if directory == state, CredentialBroker.isStateFile(name) {
      throw Failure(
        .configuration, "the token file of profile \(name) would take the name of a file of the state directory",
        hint: "name another directory with --token-dir")
    }
    var group: UInt32?
    if let name = settings.tokenGroup {
      guard let found = Account.groupID(name) else {
        throw Failure(.configuration, "there is no group \(name.printable(limit: 80)) (token_group)")
      }
      group = found
    }
    do throws(TokenFileFailure) {
      let file = try TokenFile(
        name, in: directory, fresh: { () throws(CryptographyFailure) in try RandomToken.make(cryptography) },
        mode: settings.tokenMode, group: group)
      if file.endsInLineFeed {
        log.log(
          .warning,
          "\(file.path.printable()) ends in a line feed, which AWS SDKs refuse in a token: write it without "
            + "(`printf %s TOKEN`)")
      }
      return file
    } catch {
      throw Failure(error)
    }
  }
}
