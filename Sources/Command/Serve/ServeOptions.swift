import ArgumentParser

/// The flags of `serve` that most need, each of which is a key of `[serve]` too.
struct ServeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A profile to serve; repeat for more", valueName: "name"))
  var profile: [String] = []
  @Flag(help: "Serve every profile of the config file") var allProfiles = false
  @Option(help: ArgumentHelp("Where to listen (default: 127.0.0.1:9127)", valueName: "address:port"))
  var listen: String?
  @Option(help: ArgumentHelp("Directory of the token files, one for each profile", valueName: "path"))
  var tokenDir: String?
  @Flag(help: "Go on in the background, for the steps of a CI job") var detach = false
}

/// The others, which the short help leaves out.
struct ServiceOptions: ParsableArguments {
  static let title = "Service"

  @Option(help: ArgumentHelp("Mode of token files that are made (default: 0600)", valueName: "mode"))
  var tokenMode: String?
  @Option(help: ArgumentHelp("Group of token files that are made", valueName: "group")) var tokenGroup: String?
  @Option(help: ArgumentHelp("Also an instance metadata service (IMDSv2), for one profile", valueName: "address:port"))
  var imds: String?
  @Option(help: ArgumentHelp("Its profile (default: the one that is served)", valueName: "name"))
  var imdsProfile: String?
  @Option(help: ArgumentHelp("A user id that it answers beside our own; repeat for more", valueName: "uid"))
  var imdsAllowUid: [String] = []
  @Option(help: ArgumentHelp("Health, readiness and metrics here, and nowhere else", valueName: "address:port"))
  var admin: String?
  @Option(help: ArgumentHelp("Another name that a Host header may hold; repeat for more", valueName: "name"))
  var allowHost: [String] = []
  @Option(help: ArgumentHelp("With --detach, how later steps learn of it: github or dotenv", valueName: "form"))
  var export: String?
}

extension Serve {
  /// By key, as `[serve]` has them.
  var given: [ServeKey: [String]] {
    let values: [ServeKey: [String]] = [
      .profile: own.profile, .allProfiles: own.allProfiles ? ["true"] : [], .listen: list(own.listen),
      .tokenDir: list(own.tokenDir), .detach: own.detach ? ["true"] : [], .tokenMode: list(service.tokenMode),
      .tokenGroup: list(service.tokenGroup), .imds: list(service.imds), .imdsProfile: list(service.imdsProfile),
      .imdsAllowUID: service.imdsAllowUid, .admin: list(service.admin), .allowHost: service.allowHost,
      .export: list(service.export),
    ]
    return values.filter { !$0.value.isEmpty }
  }

  private func list(_ value: String?) -> [String] { value.map { [$0] } ?? [] }
}

/// The keys of `[serve]`.
enum ServeKey: String, Hashable, CaseIterable {
  case profile
  case allProfiles = "all_profiles"
  case listen
  case tokenDir = "token_dir"
  case tokenMode = "token_mode"
  case tokenGroup = "token_group"
  case imds
  case imdsProfile = "imds_profile"
  case imdsAllowUID = "imds_allow_uid"
  case admin
  case allowHost = "allow_host"
  case detach, export

  /// Where to listen.
  static let addresses: [ServeKey] = [.listen, .imds, .admin]

  var flag: String { "--" + String(rawValue.map { $0 == "_" ? "-" : $0 }) }
  var variable: String { "DAYPASS_" + rawValue.uppercased() }
}
