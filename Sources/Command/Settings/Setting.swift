import Broker

/// One row of the table of settings. The flag, the variable and the key of the config file all follow from the key's
/// name, and the help, the search for a misspelled name and the tests go through these rows.
struct Setting: Sendable {
  let key: ProfileKey
  /// What stands behind the flag in the help; nil for switches.
  let placeholder: String?
  /// One line, without a period.
  let help: String
  /// AWS variables that count after the config file, first match first.
  let ambient: [String]

  private init(_ key: ProfileKey, _ placeholder: String?, _ help: String, ambient: [String] = []) {
    self.key = key
    self.placeholder = placeholder
    self.help = help
    self.ambient = ambient
  }

  /// As it is written in the config file.
  var name: String { key.rawValue }

  /// `--a-b` for `a_b`; one `--scope` for each of `scopes`.
  var flag: String {
    key == .scopes ? "scope" : String(name.map { $0 == "_" ? "-" : $0 })
  }

  var variable: String { "DAYPASS_" + name.uppercased() }
}

extension Setting {
  static func of(_ key: ProfileKey) -> Setting {
    switch key {
    case .source:
      Setting(key, "name", "Which identity to use: auto, or a name that `daypass source` lists (default: auto)")
    case .method: Setting(key, "method", "How a person logs in: device or browser (default: device)")
    case .issuer: Setting(key, "url", "The identity provider, exactly as it spells itself")
    case .clientID: Setting(key, "id", "The client registered with the provider")
    case .clientSecretFile: Setting(key, "path", "File with the client's secret, where the provider wants one")
    case .scopes: Setting(key, "scope", "A scope to ask for; repeat for more (default: openid profile email)")
    case .deviceAuthorizationEndpoint: Setting(key, "url", "Where discovery does not name one")
    case .session: Setting(key, "name", "Keeps the sessions of two people under one user apart")
    case .sessionLifetime:
      Setting(key, "time", "How long the provider keeps a session, where it does not tell: 12h, 30d")
    case .tokenFile: Setting(key, "path", "File with an ID token")
    case .tokenEnv: Setting(key, "variable", "Name of the variable that holds an ID token")
    case .tokenCommand: Setting(key, "command", "Command that prints an ID token")
    case .tokenURL: Setting(key, "url", "URL that answers with an ID token")
    case .tokenURLHeadersFile: Setting(key, "path", "File with headers for it, one a line")
    case .tokenPointer:
      Setting(key, "pointer", "JSON pointer to the token in its answer, as /value (default: all of it)")
    case .samlResponseFile: Setting(key, "path", "File with a provider's SAML response, or - for standard input")
    case .samlResponseEnv: Setting(key, "variable", "Name of the variable that holds a SAML response")
    case .principalARN: Setting(key, "arn", "The SAML provider in IAM whose response it is")
    case .audience: Setting(key, "audience", "Audience to ask for (default: sts.amazonaws.com for CI identities)")
    case .verifyToken: Setting(key, nil, "Verify the signature of a pre-issued token by the keys of issuer")
    case .roleARN: Setting(key, "arn", "The role to assume")
    case .sessionName: Setting(key, "name", "Role session name (default: from the identity)")
    case .duration: Setting(key, "time", "Life of the credentials: 15m to 12h, or max (default: 1h)")
    case .sessionPolicyFile: Setting(key, "path", "JSON policy that narrows the session")
    case .policyARNs: Setting(key, "arn", "A managed policy that narrows the session; repeat for more")
    case .region:
      Setting(
        key, "region", "AWS region (default: the home region of the role)",
        ambient: ["AWS_REGION", "AWS_DEFAULT_REGION"])
    case .stsEndpoint: Setting(key, "url", "STS to use instead of the region's", ambient: ["AWS_ENDPOINT_URL_STS"])
    case .expectAccount: Setting(key, "account", "Refuse credentials of any other account")
    case .expectRole: Setting(key, "role", "Refuse credentials of any other role (name or ARN)")
    case .expectSubject: Setting(key, "subject", "Refuse any other person or workload")
    case .strict: Setting(key, nil, "Refuse what would only be warned about")
    case .caFile:
      Setting(
        key, "path", "Certificates to trust beside the system's (PEM)",
        ambient: ["AWS_CA_BUNDLE", "SSL_CERT_FILE"])
    case .store: Setting(key, "kind", "Where the sealing key lives: auto, keyring, file, credential (default: auto)")
    case .timeout: Setting(key, "time", "Longest wait: up to 1h for exec and login (60s), 25s elsewhere")
    case .unattendedLogin: Setting(key, nil, "Let serve start a login by itself; needs expect_subject")
    case .onLoginRequired: Setting(key, "command", "Command that serve runs when a person must log in")
    }
  }

  static let all = ProfileKey.allCases.map(of)

  /// Variables that are no setting of a profile and yet daypass's own.
  static let otherVariables = [
    "DAYPASS_PROFILE", "DAYPASS_CONFIG", "DAYPASS_HOME", "DAYPASS_LOG_LEVEL", "DAYPASS_COLOR",
  ]

  /// What counts as `role_arn` and `session_name` for identities other than a person's login.
  static let ambientRoleARN = "AWS_ROLE_ARN"
  static let ambientSessionName = "AWS_ROLE_SESSION_NAME"
}
