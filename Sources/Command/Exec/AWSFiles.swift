import Host
import Model

/// What AWS SDKs would read of the person's own files, and what the command gets in their place.
struct AWSFiles {
  /// The config file for the command: a copy without the default profile's credentials; empty where there is none.
  let config: Secret
  /// What the command does not see of them, for the line that says so.
  let hidden: [String]
  /// botocore reads the files of its ancestor before it asks an endpoint.
  let hidesBotoFile: Bool
  /// Problems that the command would not hear of.
  let warnings: [String]

  /// - Parameter environment: the command's.
  /// - Parameter user: whose files they are, if not ours: read with that user's rights.
  init(_ environment: Environment, user: RunAs?) {
    var reader = Reader(home: environment.nonEmpty("HOME") ?? Account.homeDirectory, user: user)
    let configPath = environment.nonEmpty("AWS_CONFIG_FILE") ?? "~/.aws/config"
    let file = reader.content(of: configPath, "AWS_CONFIG_FILE")
    let profile = DefaultProfile(without: file)
    config = Secret(profile.text)

    var hidden: [String] = []
    if !profile.removed.isEmpty {
      hidden.append("\(profile.removed.joined(separator: ", ")) of [default] in \(configPath.printable())")
    }
    // One that a variable names is told of by the variable's name.
    if environment.nonEmpty("AWS_SHARED_CREDENTIALS_FILE") == nil,
      !reader.content(of: "~/.aws/credentials", "AWS_SHARED_CREDENTIALS_FILE").isEmpty
    {
      hidden.append("~/.aws/credentials")
    }
    let botoFile = environment.nonEmpty("BOTO_CONFIG").map { [$0] } ?? ["/etc/boto.cfg", "~/.boto"]
    let keyed = botoFile.first { AWSFiles.holdsKeys(reader.content(of: $0, "BOTO_CONFIG")) }
    if let keyed, environment.nonEmpty("BOTO_CONFIG") == nil { hidden.append(keyed) }
    hidesBotoFile = keyed != nil
    self.hidden = hidden
    warnings = reader.warnings
  }

  private static func holdsKeys(_ file: [UInt8]) -> Bool {
    String(decoding: file, as: UTF8.self).lowercased().contains("aws_access_key_id")
  }

  private struct Reader {
    let home: String?
    let user: RunAs?
    var warnings: [String] = []

    /// Empty where there is no such file, and where it cannot be read.
    mutating func content(of name: String, _ setting: String) -> [UInt8] {
      var path = name
      if name.hasPrefix("~/") {
        guard let home else { return [] }
        path = home + name.dropFirst()
      }
      guard path != "/dev/null" else { return [] }
      do throws(InputFileFailure) {
        return try InputFile.read(path, setting: setting, limit: 16 << 20, as: user)
      } catch {
        switch error {
        case .missing, .empty: break
        default: warnings.append("\(error.message); the command gets none")
        }
        return []
      }
    }
  }
}
