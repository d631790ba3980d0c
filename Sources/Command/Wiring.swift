import ArgumentParser
import Broker
import Crypto
import Curl
import Host
import Model

/// What every verb takes: the profile, its settings as flags, and how much is said.
struct CommonOptions: ParsableArguments {
  @OptionGroup var selection: ProfileSelection
  @OptionGroup var output: OutputOptions
  @OptionGroup var profile: ProfileOptions
}

struct OutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("trace, debug, info, notice, warning or error (default: warning)", valueName: "level"))
  var logLevel: String?

  @Option(help: ArgumentHelp("auto, always or never", valueName: "when"))
  var color: String?
}

/// The composition root: settings and the edges of the world, put together once for each run.
struct Wiring {
  let environment: Environment
  let settings: Settings
  let profile: Profile
  let log: Log
  let color: Terminal.ColorChoice
  let surroundings: Surroundings

  init(_ options: CommonOptions) throws(Failure) {
    environment = Environment.given()
    let variables = environment.variables
    log = Log(level: try Wiring.level(options.output.logLevel, variables))
    color = try Wiring.color(options.output.color, variables)
    let home = try Wiring.home(environment, options.selection)
    do throws(SettingError) {
      settings = try Settings(
        config: options.selection.config, environment: variables, home: home, read: Wiring.readConfiguration)
      profile = try settings.profile(named: options.selection.profile, flags: options.profile.flags)
    } catch {
      throw Failure(error)
    }
    for warning in settings.warnings { log.log(.warning, warning) }
    surroundings = Wiring.surroundings(profile, environment, home: home, log)
  }

  /// Another profile of the same run, with the same edges.
  func surroundings(for profile: Profile) -> Surroundings {
    profile.caFile == self.profile.caFile
      ? surroundings : Wiring.surroundings(profile, environment, home: nil, log, state: surroundings.state)
  }

  /// Every profile of the config file; the current one, with its flags, where there is no file.
  func allProfiles() throws(Failure) -> [Profile] {
    let names = settings.profileNames
    guard !names.isEmpty else { return [profile] }
    var profiles: [Profile] = []
    for name in names {
      if name == profile.name {
        profiles.append(profile)
        continue
      }
      do throws(SettingError) { profiles.append(try settings.profile(named: name)) } catch { throw Failure(error) }
    }
    return profiles
  }

  /// For verbs that tools call and wait for.
  var quickDeadline: Duration { profile.timeout ?? .seconds(25) }

  // MARK: The edges

  private static func surroundings(
    _ profile: Profile, _ environment: Environment, home: String?, _ log: Log,
    state: (any StateDirectory)? = nil
  ) -> Surroundings {
    let transport = CurlTransport(
      caFile: profile.caFile, proxies: ProxyPolicy(environment: environment.variables),
      interruptDescriptor: Interrupts.descriptor, pendingSignal: { Interrupts.pending }, trace: log,
      userAgent: "daypass/\(Version.text)")
    return Surroundings(
      transport: transport, clocks: SystemClocks(), cryptography: OpenSSL(),
      state: state ?? statePath(environment, home).map { StateDirectoryOnDisk(path: $0) }, keyRing: KernelKeyRing(),
      diagnostics: log, environment: environment.variables, machineID: Account.machineID,
      readFile: { (path, limit) throws(InputFailure) in
        do throws(InputFileFailure) {
          return Secret(try InputFile.read(path, setting: "", limit: limit))
        } catch {
          throw InputFailure(error)
        }
      })
  }

  private static func statePath(_ environment: Environment, _ home: String?) -> String? {
    if let path = environment.nonEmpty("DAYPASS_HOME") { return path }
    if let base = environment.nonEmpty("XDG_STATE_HOME"), base.hasPrefix("/") { return base + "/daypass" }
    return home.map { $0 + "/.local/state/daypass" }
  }

  /// Somebody else's home is refused only where something would be looked for in it.
  private static func home(_ environment: Environment, _ selection: ProfileSelection) throws(Failure) -> String? {
    let config = selection.config ?? environment.nonEmpty("DAYPASS_CONFIG") ?? environment.nonEmpty("XDG_CONFIG_HOME")
    let state = environment.nonEmpty("DAYPASS_HOME") ?? environment.nonEmpty("XDG_STATE_HOME")
    do throws(HomeFailure) {
      return try Account.home(environment)
    } catch {
      if config != nil && state != nil { return nil }
      throw Failure(error)
    }
  }

  private static func readConfiguration(_ path: String) -> ConfigContents {
    do throws(InputFileFailure) {
      guard let bytes = try InputFile.readConfiguration(path, setting: "config file", limit: ConfigFile.sizeLimit + 1)
      else { return .absent }
      return .present(bytes)
    } catch {
      return .unusable(reason: error.reason, hint: error.hint)
    }
  }

  private static func level(_ flag: String?, _ variables: [String: String]) throws(Failure) -> LogLevel {
    let fromVariable = variables["DAYPASS_LOG_LEVEL"].flatMap { $0.isEmpty ? nil : $0 }
    guard let text = flag ?? fromVariable else { return .warning }
    if let level = LogLevel.allCases.first(where: { "\($0)" == text }) { return level }
    throw Failure(
      flag == nil ? .configuration : .usage,
      "\(flag == nil ? "DAYPASS_LOG_LEVEL" : "--log-level") is \"\(text.printable(limit: 40))\", which is no level",
      hint: "use trace, debug, info, notice, warning or error")
  }

  private static func color(_ flag: String?, _ variables: [String: String]) throws(Failure) -> Terminal.ColorChoice {
    let fromVariable = variables["DAYPASS_COLOR"].flatMap { $0.isEmpty ? nil : $0 }
    guard let text = flag ?? fromVariable else { return .auto }
    if let choice = Terminal.ColorChoice(rawValue: text) { return choice }
    throw Failure(
      flag == nil ? .configuration : .usage,
      "\(flag == nil ? "DAYPASS_COLOR" : "--color") is \"\(text.printable(limit: 40))\"",
      hint: "use auto, always or never")
  }
}

extension InputFileFailure {
  /// What is wrong with the file, where setting and path are named by others.
  fileprivate var reason: String {
    switch self {
    case .missing: "there is no such file"
    case .empty: "it is empty"
    case .notRegular(_, _, let form): "it is \(form), not a regular file"
    case .tooLarge(_, _, let limit): "it is larger than \(limit) bytes"
    case .unreadable(_, _, let reason), .untrusted(_, _, let reason, _): reason
    }
  }
}

extension InputFailure {
  fileprivate init(_ failure: InputFileFailure) { self.init(reason: failure.reason) }
}
