import Formats
import Model

/// What a program that runs long looks for in the state directory: others log in and out there.
extension CredentialBroker {
  /// The name of the file that holds the profile's session; nil where no person's session is used.
  public var sessionFile: String? {
    guard (try? IdentitySource.select(profile, surroundings))?.isLogin == true,
      let key = SessionKey(profile)
    else { return nil }
    return SessionStore(surroundings, key: key, profile: profile).name
  }

  /// Whether a file of that name holds a session.
  public static func isSessionFile(_ name: String) -> Bool {
    name.hasPrefix("session-") && !name.contains(".")
  }

  /// Whether a file of that name is one that this target writes: nothing else may be called so there.
  public static func isStateFile(_ name: String) -> Bool {
    name == SealingKeys.fileName || name.hasPrefix("session-") || name.hasPrefix("credentials-")
      || name.hasPrefix(FrontEntry.prefix) || name.hasPrefix(LongestDuration.prefix)
  }
}
