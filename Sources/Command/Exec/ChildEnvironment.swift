import Broker
import Host
import Model

/// The environment of a program that `exec` runs: what would lead its SDK to other credentials is gone, ours are in.
struct ChildEnvironment {
  /// Each of these comes before a container endpoint in some SDK's search, or belongs to credentials that are replaced.
  static let removed = [
    // Older spellings that Go's, Ruby's and Java's SDKs still read.
    "AWS_ACCESS_KEY", "AWS_SECRET_KEY", "AMAZON_ACCESS_KEY_ID", "AMAZON_SECRET_ACCESS_KEY", "AMAZON_SESSION_TOKEN",
    "AWS_CREDENTIAL_FILE", "AWS_CREDENTIAL_PROFILES_FILE",
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION", "AWS_ACCOUNT_ID", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  ]

  /// May be given another value.
  private static let replaced = [
    "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED", "AWS_REGION", "AWS_DEFAULT_REGION", "BOTO_CONFIG",
  ]

  private let given: Environment
  private(set) var environment: Environment
  /// What of the person's files the program does not see.
  private var hidden: [String] = []

  init(_ given: Environment, region: String?) {
    self.given = given
    environment = given
    for name in ChildEnvironment.removed { environment.remove(name) }
    if let region {
      environment.set("AWS_REGION", to: region)
      environment.set("AWS_DEFAULT_REGION", to: region)
    }
  }

  /// Keys as variables: they win over every file by themselves.
  mutating func setCredentials(_ credentials: AWSCredentials) {
    for (name, value) in CredentialVariables.all(credentials, region: nil) {
      environment.set(name, to: value.exposedText())
    }
  }

  /// An endpoint that always has fresh ones.
  /// - Parameter tokenFile: SDKs of today read it anew at each request; older ones know only the variable. Nil where there
  ///   is no place for one.
  mutating func setEndpoint(_ url: String, token: Secret, tokenFile: String?) {
    environment.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", to: url)
    if let tokenFile { environment.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", to: tokenFile) }
    environment.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", to: token.exposedText())
  }

  /// No files but a copy of the config file.
  mutating func setFiles(_ files: AWSFiles, config: String) {
    environment.set("AWS_CONFIG_FILE", to: config)
    environment.set("AWS_SHARED_CREDENTIALS_FILE", to: "/dev/null")
    if files.hidesBotoFile { environment.set("BOTO_CONFIG", to: "/dev/null") }
    hidden = files.hidden
  }

  /// The machine's own role must not stand in where our endpoint has nothing to give.
  mutating func disableMetadataService() { environment.set("AWS_EC2_METADATA_DISABLED", to: "true") }

  /// What the programs of that user expect to find.
  mutating func setUser(_ user: RunAs) {
    environment.set("HOME", to: user.home)
    for name in ["USER", "LOGNAME"] {
      if let user = user.name { environment.set(name, to: user) } else { environment.remove(name) }
    }
  }

  /// Takes away what would give it the job's identity; returns the names of that.
  mutating func scrub(_ profile: Profile, _ surroundings: Surroundings) -> [String] {
    let before = environment.variableNames
    RequestTokens.remove(from: &environment, andOf: [(profile, surroundings)])
    return before.subtracting(environment.variableNames).sorted()
  }

  /// Variables with a value that the program does not see as it was given, in the order of the lists above.
  var overridden: [String] {
    (ChildEnvironment.removed + ChildEnvironment.replaced).filter { name in
      guard let value = given.value(of: name), !value.isEmpty else { return false }
      return environment.value(of: name) != value
    }
  }

  /// Says in one line what was overridden: whoever set it may wonder.
  func announce() {
    let names = overridden + hidden
    guard !names.isEmpty else { return }
    StandardError.write("daypass: overridden for this command: \(names.joined(separator: ", "))\n")
  }
}
