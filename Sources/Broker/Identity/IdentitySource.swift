public import Model
import Formats

/// Where the identity comes from that buys credentials.
public enum IdentitySource: Hashable, Sendable {
  /// A person's session.
  case login
  /// A token somebody else wrote into a file.
  case file(path: String, setting: String)
  /// A token in a variable.
  case environment(variable: String, setting: String)

  /// As `source` names it.
  public var name: String {
    switch self {
    case .login: "login"
    case .file(_, Kubernetes.variable): "kubernetes"
    case .file: "file"
    case .environment: "env"
    }
  }
}

extension IdentitySource {
  /// The first identity that holds: a `token_*` setting, issuer and client for a login, AWS_WEB_IDENTITY_TOKEN_FILE.
  /// One that is named or marked but broken is an error, never a reason to take the next .
  public static func select(_ profile: Profile, environment: [String: String]) throws(Failure) -> IdentitySource {
    switch profile.source {
    case .named(let name): return try named(name, profile, environment)
    case .auto: break
    }
    if let source = try preissued(profile) { return source }
    if profile.issuer != nil && profile.clientID != nil { return .login }
    if let path = environment[Kubernetes.variable], !path.isEmpty {
      return .file(path: path, setting: Kubernetes.variable)
    }
    throw Failure(
      .configuration,
      "no identity: profile \(profile.name.printable()) has no token_file, token_env, issuer and client_id, and "
        + "\(Kubernetes.variable) is not set",
      hint: "set issuer and client_id for a person's login, or token_file or token_env for a token that is issued here")
  }

  fileprivate enum Kubernetes {
    static let variable = "AWS_WEB_IDENTITY_TOKEN_FILE"
  }

  private static func named(
    _ name: String, _ profile: Profile, _ environment: [String: String]
  ) throws(Failure) -> IdentitySource {
    switch name {
    case "login":
      _ = try LoginFlow.sessionKey(profile)
      return .login
    case "file":
      guard let path = profile.tokenFile else { throw missing(.tokenFile, for: name) }
      return .file(path: path, setting: ProfileKey.tokenFile.rawValue)
    case "env":
      guard let variable = profile.tokenEnv else { throw missing(.tokenEnv, for: name) }
      return .environment(variable: variable, setting: ProfileKey.tokenEnv.rawValue)
    case "kubernetes":
      guard let path = environment[Kubernetes.variable], !path.isEmpty else {
        throw Failure(
          .configuration, "source = \"kubernetes\", but \(Kubernetes.variable) is not set",
          hint: "annotate the service account, or set token_file to the projected token")
      }
      return .file(path: path, setting: Kubernetes.variable)
    default:
      throw Failure(
        .configuration, "source = \"\(name.printable())\" is not supported by this version",
        hint: "write the token to a file and set token_file, or into a variable and set token_env")
    }
  }

  private static func preissued(_ profile: Profile) throws(Failure) -> IdentitySource? {
    var found: [IdentitySource] = []
    if let path = profile.tokenFile { found.append(.file(path: path, setting: ProfileKey.tokenFile.rawValue)) }
    if let variable = profile.tokenEnv {
      found.append(.environment(variable: variable, setting: ProfileKey.tokenEnv.rawValue))
    }
    guard found.count <= 1 else {
      throw Failure(
        .configuration,
        "both token_file (\(profile.origin(of: .tokenFile))) and token_env "
          + "(\(profile.origin(of: .tokenEnv))) are set",
        hint: "keep one, or say which with source")
    }
    if profile.tokenCommand != nil || profile.tokenURL != nil {
      throw Failure(
        .configuration, "token_command and token_url are not supported by this version",
        hint: "write the token to a file and set token_file")
    }
    return found.first
  }

  private static func missing(_ key: ProfileKey, for source: String) -> Failure {
    Failure(.configuration, "source = \"\(source)\", but \(key.rawValue) is not set", hint: "set \(key.rawValue)")
  }
}
