import Host
import Model

/// Where this person's configuration and state lie.
struct Places {
  /// Nil where nobody knows one.
  let home: String?
  /// Of the state directory; nil where there is no place for one.
  let state: String?

  /// - Parameter config: the value of `--config`.
  init(_ environment: Environment, config: String?) throws(Failure) {
    let config = config ?? environment.nonEmpty("DAYPASS_CONFIG") ?? Places.absolute("XDG_CONFIG_HOME", environment)
    let base = Places.absolute("XDG_STATE_HOME", environment)
    let own = environment.nonEmpty("DAYPASS_HOME") ?? base.map { $0 + "/daypass" }
    do throws(HomeFailure) {
      home = try Account.home(environment)
    } catch {
      // Somebody else's home is refused only where something would be looked for in it.
      guard config != nil, own != nil else { throw Failure(error) }
      home = nil
    }
    state = own ?? home.map { $0 + "/.local/state/daypass" }
  }

  /// XDG Base Directory Specification: a relative path is as if unset.
  private static func absolute(_ name: String, _ environment: Environment) -> String? {
    environment.nonEmpty(name).flatMap { $0.hasPrefix("/") ? $0 : nil }
  }
}

extension ConfigContents {
  /// The file as it is on the disk, its owner and mode judged.
  static func read(_ path: String) -> ConfigContents {
    do throws(InputFileFailure) {
      guard let bytes = try InputFile.readConfiguration(path, setting: "config file", limit: ConfigFile.sizeLimit)
      else { return .absent }
      return .present(bytes)
    } catch {
      return .unusable(reason: error.reason, hint: error.hint)
    }
  }
}
