/// Where the key that seals a session lives, and what that means for its owner.
public enum SealingPlace: String, Sendable {
  case credential, keyring, file

  /// For `login` and `status`: how long the session is kept.
  public var meaning: String {
    switch self {
    case .credential: "sealed with the service manager's key"
    case .keyring: "kept until this machine restarts; store = \"file\" keeps it longer"
    case .file: "sealed with a key file beside it, readable by this user alone"
    }
  }
}
