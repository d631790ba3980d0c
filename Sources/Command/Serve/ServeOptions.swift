import ArgumentParser

/// The flags of `serve`, each of which is a key of `[serve]` too.
struct ServeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A profile to serve; repeat for more (default: $DAYPASS_PROFILE or default)", valueName: "name"))
  var profile: [String] = []
  @Flag(help: "Serve every profile of the config file") var allProfiles = false
  @Option(help: ArgumentHelp("Where to listen (default: 127.0.0.1:9127)", valueName: "address:port"))
  var listen: String?
  @Option(
    help: ArgumentHelp(
      "Where each profile's token lies (default: $RUNTIME_DIRECTORY or $XDG_RUNTIME_DIR/daypass)", valueName: "path"))
  var tokenDir: String?
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

  @Flag(help: "Go on in the background, until the runner of this CI job ends") var detach = false
  @Option(help: ArgumentHelp("With --detach, how later steps learn of it: github or dotenv", valueName: "form"))
  var export: String?

  /// By key, as `[serve]` has them.
  var given: [ServeKey: [String]] {
    let values: [ServeKey: [String]] = [
      .profile: profile, .allProfiles: allProfiles ? ["true"] : [], .listen: list(listen), .tokenDir: list(tokenDir),
      .tokenMode: list(tokenMode), .tokenGroup: list(tokenGroup), .imds: list(imds), .imdsProfile: list(imdsProfile),
      .detach: detach ? ["true"] : [], .export: list(export), .imdsAllowUID: imdsAllowUid, .admin: list(admin),
      .allowHost: allowHost,
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

  var flag: String { "--" + String(rawValue.map { $0 == "_" ? "-" : $0 }) }
  var variable: String { "DAYPASS_" + rawValue.uppercased() }
}
