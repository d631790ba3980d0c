import Broker
import Crypto
import Curl
import Host
import Model

/// The composition root: settings and the edges of the world, put together once for each run.
struct Wiring {
  let environment: Environment
  let settings: Settings
  let profile: Profile
  let log: Log
  let color: Terminal.ColorChoice
  let surroundings: Surroundings

  /// - Parameter warns: whether settings that have no effect are said here.
  init(_ options: CommonOptions, warns: Bool = true) throws(Failure) { try self.init(options.choices, warns: warns) }

  init(_ choices: CommonChoices, warns: Bool = true) throws(Failure) {
    environment = Environment.given()
    try environment.refuseUnreadable()
    let variables = environment.variables
    log = Log(level: try choices.output.level(variables))
    color = try choices.output.colorChoice(variables)
    let places = try Places(environment, config: choices.config)
    do throws(SettingError) {
      settings = try Settings(
        config: choices.config, environment: variables, home: places.home, read: ConfigContents.read)
      profile = try settings.profile(named: choices.profile, flags: choices.flags)
    } catch {
      throw Failure(error)
    }
    for warning in warns ? try settings.warnings(for: profile) : [] { log.log(.warning, warning) }
    let state = places.state.map { StateDirectoryOnDisk(path: $0) }
    surroundings = Wiring.surroundings(profile, environment, log, state)
  }

  /// Another profile of the same run, with the same edges.
  func surroundings(for profile: Profile) -> Surroundings {
    guard profile.caFile != self.profile.caFile else { return surroundings }
    var others = surroundings
    others.transport = transport(caFile: profile.caFile)
    return others
  }

  /// Emphasis for what is written to `terminal`.
  func style(on terminal: Terminal) -> Style { Style(isOn: terminal.usesColor(color)) }

  static func surroundings(
    _ profile: Profile, _ environment: Environment, _ log: Log, _ state: (any StateDirectory)?
  ) -> Surroundings {
    Surroundings(
      transport: transport(environment, log, caFile: profile.caFile), clocks: SystemClocks(), cryptography: OpenSSL(),
      state: state, keyRing: KernelKeyRing(), diagnostics: log, environment: environment.variables,
      machineID: Account.machineID, bootID: Account.bootID, processID: Account.processID,
      programs: ProgramRunner(environment), pathExists: { InputFile.exists($0) },
      readFile: { (path, limit) throws(InputFailure) in
        do throws(InputFileFailure) {
          return Secret(try InputFile.read(path, setting: "", limit: limit))
        } catch {
          throw InputFailure(error)
        }
      },
      readInput: { (limit) throws(InputFailure) in try StandardInput.shared.read(limit) })
  }

  /// - Parameter caFile: what is trusted in addition to the system's own; nil for those alone.
  func transport(caFile: String?) -> CurlTransport { Wiring.transport(environment, log, caFile: caFile) }

  private static func transport(_ environment: Environment, _ log: Log, caFile: String?) -> CurlTransport {
    CurlTransport(
      caFile: caFile, proxies: ProxyPolicy(environment: environment.variables),
      interruptDescriptor: Interrupts.descriptor, pendingSignal: { Interrupts.pending }, trace: log,
      userAgent: "daypass/\(Version.text)", meanwhile: OpenSSL.warmUp)
  }
}

// MARK: Requests

extension Wiring {
  /// Before the first thread, in a program that has several.
  static func readyRequests() throws(Failure) {
    do throws(TransportFailure) { try CurlTransport.prepare() } catch { throw Failure(error) }
  }
}

// MARK: Profiles

extension Wiring {
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
}

// MARK: Deadlines

extension Wiring {
  /// For verbs that tools call and wait for; `timeout` makes it shorter, never longer.
  func quickDeadline() -> BootTime {
    SystemClocks().boot() + min(profile.timeout ?? .seconds(25), .seconds(25))
  }

  /// For the first credentials of a program that runs long.
  func patientDeadline() -> BootTime {
    SystemClocks().boot() + (profile.timeout ?? .seconds(60))
  }
}
