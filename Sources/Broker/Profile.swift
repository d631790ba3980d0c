public import Formats
public import Model

/// The resolved settings of one profile: every key of `[profile.NAME]` with its final, validated value.
///
/// A value: where it came from (flag, variable, file, default) is decided before, by `Command`, and only kept for
/// messages. Optional properties are nil where nothing was set and the default depends on what is found out later.
public struct Profile: Sendable, Equatable {
  public let name: String

  // Which identity.
  public var source: SourceChoice = .auto
  public var method: LoginMethod = .device
  /// Byte for byte as it was written: an https URL, or an http one on a loopback.
  public var issuer: ByteText?
  public var clientID: ByteText?
  public var clientSecretFile: String?
  /// Nil: the default, which depends on discovery.
  public var scopes: [String]?
  public var deviceAuthorizationEndpoint: WebURL?
  public var session: String?
  /// How long the provider keeps a session, counted from the login; only regarded where the provider does not tell.
  public var sessionLifetime: Duration?
  public var tokenFile: String?
  /// The name of the variable that holds the token, never the token.
  public var tokenEnv: String?
  /// Program and arguments; never empty, never for a shell.
  public var tokenCommand: [String]?
  public var tokenURL: WebURL?
  public var tokenURLHeadersFile: String?
  /// RFC 6901; empty or beginning with a slash.
  public var tokenPointer: String?
  /// The path of a file with a SAML response; `-` is standard input.
  public var samlResponseFile: String?
  /// The name of the variable that holds one, never the response.
  public var samlResponseEnv: String?
  /// The SAML provider in IAM whose response it is.
  public var principalARN: String?
  /// Nil: `sts.amazonaws.com` for CI sources.
  public var audience: ByteText?
  public var verifyToken = false

  // Which credentials.
  public var roleARN: String?
  /// Nil: made from the identity.
  public var sessionName: String?
  public var duration: CredentialDuration = .seconds(3600)
  public var sessionPolicyFile: String?
  public var policyARNs: [String] = []
  /// Nil: the home region of the role's partition. `origin(of: .region)` tells a configured one from AWS_REGION.
  public var region: String?
  public var stsEndpoint: WebURL?
  public var chain: [ChainStep] = []

  /// AWS_ROLE_ARN. Counts for pre-issued tokens and detected identities, never for a person's login.
  public var ambientRoleARN: String?
  /// AWS_ROLE_SESSION_NAME, with the same restriction.
  public var ambientSessionName: String?

  // What must hold.
  /// Twelve digits.
  public var expectAccount: String?
  /// A role's name, or its ARN (`arn:` at the start tells which).
  public var expectRole: String?
  public var expectSubject: ByteText?
  public var strict = false

  // How.
  /// PEM certificates trusted in addition to the system's.
  public var caFile: String?
  public var store: StoreChoice = .auto
  /// Nil: the verb's own.
  public var timeout: Duration?
  public var unattendedLogin = false
  /// Program and arguments; never empty.
  public var onLoginRequired: [String]?

  /// What there is instead of a section in the config file; nil where there is one.
  public var unconfigured: Unconfigured?

  /// What gave each key its value; keys without an entry have their default.
  public var origins: [ProfileKey: SettingOrigin] = [:]

  public init(name: String) { self.name = name }

  /// What gave `key` its value, for messages: `--region`, `DAYPASS_REGION`, `/etc/daypass/config.toml:7`, `AWS_REGION`,
  /// `default`.
  public func origin(of key: ProfileKey) -> SettingOrigin { origins[key] ?? .standard }
}

/// The keys of `[profile.NAME]`, as the config file spells them.
public enum ProfileKey: String, Hashable, Sendable, CaseIterable {
  case source, method, issuer
  case clientID = "client_id"
  case clientSecretFile = "client_secret_file"
  case scopes
  case deviceAuthorizationEndpoint = "device_authorization_endpoint"
  case session
  case sessionLifetime = "session_lifetime"
  case tokenFile = "token_file"
  case tokenEnv = "token_env"
  case tokenCommand = "token_command"
  case tokenURL = "token_url"
  case tokenURLHeadersFile = "token_url_headers_file"
  case tokenPointer = "token_pointer"
  case samlResponseFile = "saml_response_file"
  case samlResponseEnv = "saml_response_env"
  case principalARN = "principal_arn"
  case audience
  case verifyToken = "verify_token"
  case roleARN = "role_arn"
  case sessionName = "session_name"
  case duration
  case sessionPolicyFile = "session_policy_file"
  case policyARNs = "policy_arns"
  case region
  case stsEndpoint = "sts_endpoint"
  case expectAccount = "expect_account"
  case expectRole = "expect_role"
  case expectSubject = "expect_subject"
  case strict
  case caFile = "ca_file"
  case store, timeout
  case unattendedLogin = "unattended_login"
  case onLoginRequired = "on_login_required"
}

/// `source`: which identity to use.
public enum SourceChoice: Hashable, Sendable {
  case auto
  /// One of `SourceChoice.names`.
  case named(String)

  /// Every identity that can be named.
  public static let names = [
    "login", "file", "env", "command", "url", "saml",
    "github-actions", "gitlab", "circleci", "buildkite", "bitbucket", "azure-devops", "hcp-terraform", "spacelift",
    "vercel", "fly", "semaphore", "codefresh", "jenkins", "env0",
    "kubernetes", "spiffe-file", "google-metadata",
  ]
}

/// `method`: how a person logs in.
public enum LoginMethod: String, Hashable, Sendable, CaseIterable { case device, browser }

/// `store`: where the key that seals sessions lives.
public enum StoreChoice: String, Hashable, Sendable, CaseIterable { case auto, keyring, file, credential }

/// `duration`: how long credentials are asked for.
public enum CredentialDuration: Hashable, Sendable {
  /// 900 … 43,200, the limits of the STS.
  case seconds(Int)
  /// As long as the role grants, found by trying.
  case maximum
}

/// One `[[profile.NAME.then]]`: a further role, assumed with the credentials of the step before.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
public struct ChainStep: Hashable, Sendable {
  public struct Tag: Hashable, Sendable {
    public var key: String
    public var value: String
    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  public var roleARN: String
  public var sessionName: String?
  /// Seconds, 900 … 3,600: what AWS grants a chained role.
  public var duration: Int?
  public var externalID: String?
  public var tags: [Tag] = []
  public var transitiveTagKeys: [String] = []
  public var sourceIdentity: String?
  public var sessionPolicyFile: String?
  public var policyARNs: [String] = []
  /// Where the step stands, for messages.
  public var origin: SettingOrigin = .standard

  public init(roleARN: String) { self.roleARN = roleARN }
}

/// What gave a setting its value.
public enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
  case flag(String)
  case variable(String)
  case file(path: String, line: Int?)
  /// Nothing did: the default.
  case standard

  public var description: String {
    switch self {
    case .flag(let name), .variable(let name): name
    case .file(let path, let line?): "\(path.printable()):\(line)"
    case .file(let path, nil): path.printable()
    case .standard: "default"
    }
  }
}
