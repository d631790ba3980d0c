import Formats
import Model
import OIDC

/// Which identity to use. With `source = "auto"` the first that is *present*: a `token_*` setting, issuer and client for
/// a login, a CI's mark, AWS_WEB_IDENTITY_TOKEN_FILE, another machine identity. One that is present but broken is an
/// error, never a reason to take the next.
struct SourceSelection {
  let surroundings: Surroundings
  let profile: Profile
  let context: SourceContext

  /// Settings that name a token, with the source each stands for.
  static let settings: [(name: String, key: ProfileKey)] = [
    ("file", .tokenFile), ("env", .tokenEnv), ("command", .tokenCommand), ("url", .tokenURL),
    ("saml", .samlResponseFile), ("saml", .samlResponseEnv),
  ]

  init(_ surroundings: Surroundings, _ profile: Profile) {
    self.surroundings = surroundings
    self.profile = profile
    context = SourceContext(
      variables: surroundings.environment, exists: surroundings.pathExists,
      content: { path in (try? surroundings.readFile(path, 4096))?.exposedText() })
  }

  func source() throws(Failure) -> IdentitySource {
    let choice = try choice()
    return try source(named: choice.name, because: choice.reason)
  }

  /// Its name, and why it is this one, whether or not it turns out to be usable.
  func choice() throws(Failure) -> (name: String, reason: String) {
    if case .named(let name) = profile.source { return (name, "source (\(profile.origin(of: .source)))") }
    let set = set
    guard set.count <= 1 else { throw several(set.map(\.key)) }
    if let setting = set.first {
      return (setting.name, "\(setting.key.rawValue) (\(profile.origin(of: setting.key)))")
    }
    if profile.issuer != nil && profile.clientID != nil { return ("login", "issuer and client_id are set") }
    let marked = marked
    if marked.count > 1 {
      let names = marked.map(\.name).joined(separator: " and ")
      guard !profile.strict else {
        throw Failure(
          .configuration, "this is \(names) at once, and strict is set", hint: "say which with source")
      }
      surroundings.diagnostics.log(.info, "this is \(names) at once; the first counts, unless source says otherwise")
    }
    for platform in marked + Platform.machines {
      if let mark = platform.mark(context) { return (platform.name, "\(mark) is there") }
    }
    throw nothing
  }

  /// CI systems that are here, in the order in which they count.
  var marked: [Platform] { Platform.ci.filter { $0.mark(context) != nil } }

  /// Whether there is nothing to choose from.
  var isEmpty: Bool {
    profile.source == .auto && set.isEmpty && (profile.issuer == nil || profile.clientID == nil)
      && !Platform.all.contains { $0.mark(context) != nil }
  }

  private var set: [(name: String, key: ProfileKey)] { SourceSelection.settings.filter { isSet($0.key) } }

  func isSet(_ key: ProfileKey) -> Bool {
    switch key {
    case .tokenFile: profile.tokenFile != nil
    case .tokenEnv: profile.tokenEnv != nil
    case .tokenCommand: profile.tokenCommand != nil
    case .tokenURL: profile.tokenURL != nil
    case .samlResponseFile: profile.samlResponseFile != nil
    case .samlResponseEnv: profile.samlResponseEnv != nil
    default: false
    }
  }

  /// How a source gives its token. Fails where it is not here, or gives none.
  func source(named name: String, because reason: String) throws(Failure) -> IdentitySource {
    if name == "login" {
      _ = try LoginFlow.sessionKey(profile)
      return IdentitySource(name, because: reason, kind: .login, place: name)
    }
    if let platform = Platform.all.first(where: { $0.name == name }) { return try source(of: platform, reason) }
    return name == "saml" ? try saml(reason) : try configured(name, reason)
  }

  private func source(of platform: Platform, _ reason: String) throws(Failure) -> IdentitySource {
    if platform.readsPlace, profile.tokenFile != nil || profile.tokenEnv != nil {
      return try configured(profile.tokenFile != nil ? "file" : "env", reason, as: platform.name)
    }
    let plan: TokenPlan
    do throws(SourceError) { plan = try platform.plan(context, audience: profile.audience) } catch {
      throw Failure(error)
    }
    let place =
      switch plan.place {
      case .variable(let variable): "\(platform.name): \(variable)"
      case .file(let path): "\(platform.markNames.first ?? platform.name) \(path)"
      case .program, .service: platform.name
      }
    return IdentitySource(platform.name, because: reason, kind: .token(plan), place: place)
  }

  // MARK: Settings

  private func configured(_ name: String, _ reason: String, as alias: String? = nil) throws(Failure) -> IdentitySource {
    let audience = profile.audience
    guard let key = SourceSelection.settings.first(where: { $0.name == name })?.key else {
      throw Failure(.configuration, "there is no source \"\(name.printable())\"", hint: "see `daypass source`")
    }
    let setting = "\(key.rawValue) (\(profile.origin(of: key)))"
    func source(_ place: TokenPlan.Place, of what: String?, isRenewable: Bool, details: [String] = []) -> IdentitySource
    {
      let isHeld = details.isEmpty
      return IdentitySource(
        alias ?? name, because: reason,
        kind: .token(TokenPlan(place, audience: audience, isRenewable: isRenewable, proof: isHeld ? .token : .none)),
        place: setting + (what.map { " \($0)" } ?? ""), details: details)
    }
    if let path = profile.tokenFile, key == .tokenFile { return source(.file(path), of: path, isRenewable: true) }
    if let variable = profile.tokenEnv, key == .tokenEnv {
      return source(.variable(variable), of: variable, isRenewable: false)
    }
    if let command = profile.tokenCommand, key == .tokenCommand {
      return source(.program(command), of: nil, isRenewable: true, details: command)
    }
    if let url = profile.tokenURL, key == .tokenURL { return try service(url, setting, because: reason) }
    throw Failure(
      .configuration, "source = \"\(alias ?? name)\", but \(key.rawValue) is not set", hint: "set \(key.rawValue)")
  }

  private func saml(_ reason: String) throws(Failure) -> IdentitySource {
    let set = [ProfileKey.samlResponseFile, .samlResponseEnv].filter(isSet)
    guard set.count <= 1 else { throw several(set) }
    let place: SAMLPlace
    if let path = profile.samlResponseFile {
      place = path == "-" ? .standardInput : .file(path)
    } else if let variable = profile.samlResponseEnv {
      place = .variable(variable)
    } else {
      throw Failure(
        .configuration, "source = \"saml\", but saml_response_file is not set",
        hint: "set saml_response_file or saml_response_env")
    }
    let key = set.first ?? .samlResponseFile
    return IdentitySource(
      "saml", because: reason, kind: .saml(place),
      place: "\(key.rawValue) (\(profile.origin(of: key))) \(place.text)")
  }

  private func service(_ url: WebURL, _ setting: String, because reason: String) throws(Failure) -> IdentitySource {
    let headers = try profile.tokenURLHeadersFile.map { (path) throws(Failure) in
      try surroundings.readSetting(.tokenURLHeadersFile, path, limit: 64 << 10, profile).exposedBytes()
    }
    do throws(SourceError) {
      let plan = try URLSource.plan(
        url, headers: headers ?? [], pointer: profile.tokenPointer, audience: profile.audience, place: setting)
      let details = [url.text, profile.tokenURLHeadersFile ?? "", profile.tokenPointer ?? ""]
      return IdentitySource("url", because: reason, kind: .token(plan), place: setting, details: details)
    } catch {
      throw Failure(error)
    }
  }

  // MARK: Nothing, or too much

  private func several(_ keys: [ProfileKey]) -> Failure {
    let names = keys.map { "\($0.rawValue) (\(profile.origin(of: $0)))" }.joined(separator: " and ")
    return Failure(
      .configuration, "\(keys.count == 2 ? "both " : "")\(names) are set", hint: "keep one, or say which with source")
  }

  private var nothing: Failure {
    if let failure = profile.lacksSection("no identity") { return failure }
    let ci = Platform.ci.compactMap(\.markNames.first).joined(separator: ", ")
    let machines = Platform.machines.compactMap(\.markNames.first).joined(separator: ", ")
    let place = profile.unconfigured.map { " (in \($0.path.printable()): `daypass login` shows how)" } ?? ""
    return Failure(
      .configuration,
      "no identity: profile \(profile.name.printable()) has no token_file, token_env, token_command, token_url or "
        + "saml_response_file, no issuer and client_id; no CI is here (looked for \(ci)); neither is \(machines)",
      hint: "set issuer and client_id for a person's login\(place), or token_file or token_env for a token that is "
        + "issued here")
  }
}
