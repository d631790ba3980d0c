import Broker
import Formats
import Model

/// Credentials to text.
///
/// The AWS CLI quotes nothing, because AWS makes keys of letters, digits, `+`, `/` and `=`. Other servers are free to
/// use more. What is safe everywhere is printed as the CLI prints it; the rest is quoted where the shell concerned has
/// a quoting that holds it, and refused where it has none. Blanks, control characters and what is not ASCII are in no
/// credentials and are refused by every format.
struct CredentialRenderer {
  let credentials: AWSCredentials
  /// Where one is configured.
  var region: String?
  /// The name of the profile: the section of `ini`.
  let name: String
  /// For `github`: letters and digits that nobody can guess.
  var delimiter = ""

  func render(_ format: CredentialFormat) throws(CredentialFormatError) -> RenderedCredentials {
    let variables = CredentialVariables.all(credentials, region: region)
    for (name, value) in variables {
      guard !value.isEmpty, value.holds(\.isVisibleASCII) else { throw .unprintable(name) }
    }
    var output = SecretText()
    switch format {
    case .process: writeDocument(to: &output)
    case .ini: writeSection(to: &output)
    case .github: return try renderForGitHub(variables)
    default:
      for (name, value) in variables { try write(name, value, as: format, to: &output) }
    }
    return RenderedCredentials(standardOutput: output.finish())
  }

  // MARK: Lines

  private func write(
    _ name: String, _ value: Secret, as format: CredentialFormat, to output: inout SecretText
  ) throws(CredentialFormatError) {
    let isPlain = value.holds(\.isPlainEverywhere)
    switch format {
    case .fish:
      output.append("set -gx \(name) \"")
      output.append(value, escaping: "\"$\\", with: UInt8(ascii: "\\"))
      output.append("\"\n")
    case .powershell:
      output.append("$Env:\(name)=\"")
      output.append(value, escaping: "\"$`", with: UInt8(ascii: "`"))
      output.append("\"\n")
    case .env, .envNoExport:
      output.append((format == .env ? "export " : "") + name + "=")
      // Between single quotes nothing is special to a POSIX shell but the quote itself: it goes between two strings.
      if !isPlain { output.append("'") }
      output.append(value, replacing: UInt8(ascii: "'"), by: "'\\''")
      output.append(isPlain ? "\n" : "'\n")
    default:
      guard isPlain else { throw .unquotable(name, format.rawValue) }
      output.append((format == .windowsCmd ? "set " : "") + name + "=")
      output.append(value)
      output.append("\n")
    }
  }

  // MARK: Documents

  /// One line, for readers that take the output line by line.
  private func writeDocument(to output: inout SecretText) {
    let members = [
      ("AccessKeyId", Secret(credentials.accessKeyID)), ("SecretAccessKey", credentials.secretAccessKey),
      ("SessionToken", credentials.sessionToken), ("Expiration", Secret(RFC3339.format(credentials.expiration))),
    ]
    output.append("{\"Version\":1")
    for (key, value) in members {
      output.append(",\"\(key)\":\"")
      output.append(value, escaping: "\"\\", with: UInt8(ascii: "\\"))
      output.append("\"")
    }
    output.append("}\n")
  }

  private func writeSection(to output: inout SecretText) {
    output.append("[\(name)]\naws_access_key_id = \(credentials.accessKeyID)\naws_secret_access_key = ")
    output.append(credentials.secretAccessKey)
    output.append("\naws_session_token = ")
    output.append(credentials.sessionToken)
    output.append("\n")
  }

  /// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
  private func renderForGitHub(
    _ variables: [(name: String, value: Secret)]
  ) throws(CredentialFormatError) -> RenderedCredentials {
    var masks = SecretText()
    for value in [Secret(credentials.accessKeyID), credentials.secretAccessKey, credentials.sessionToken] {
      masks.append("::add-mask::")
      masks.append(value, replacing: UInt8(ascii: "%"), by: "%25")
      masks.append("\n")
    }
    // A value that held the delimiter could end its own block and set any other variable.
    guard delimiter.utf8.count >= 32, delimiter.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit }) else {
      throw .weakDelimiter
    }
    let mark = "daypass_\(delimiter)"
    var file = SecretText()
    for (name, value) in variables {
      file.append("\(name)<<\(mark)\n")
      file.append(value)
      file.append("\n\(mark)\n")
    }
    return RenderedCredentials(standardOutput: masks.finish(), environmentFile: file.finish())
  }
}

/// Why credentials cannot be printed in a format. Names the variable, never its value.
enum CredentialFormatError: Explained, Hashable {
  case unprintable(String)
  case unquotable(String, String)
  case weakDelimiter

  var kind: FailureKind {
    switch self {
    case .unprintable, .unquotable: .malformed
    case .weakDelimiter: .bug
    }
  }

  var message: String {
    switch self {
    case .unprintable(let name): "\(name) is empty or holds blanks, control characters or characters other than ASCII"
    case .unquotable(let name, let format): "\(name) holds characters that the format \(format) cannot quote"
    case .weakDelimiter: "the delimiter for $GITHUB_ENV is too short"
    }
  }

  var hint: String? {
    switch self {
    case .unquotable: "use `daypass exec` or --format process"
    case .unprintable: "check the STS that sts_endpoint names"
    case .weakDelimiter: nil
    }
  }
}
