import Host
import Model

/// What the later steps of a CI job get in their environment. A step's variable can be given another value, but not
/// taken away; so what leads elsewhere gets a value that leads nowhere.
struct LaterSteps {
  let entries: [[UInt8]]
  /// What no value can make harmless.
  let warnings: [String]

  /// Variables whose empty value is not the same as none to some SDK, with one that is. botocore looks for a profile
  /// named "", and opens a credential file named "".
  private static let harmless = [
    "AWS_PROFILE": "default", "AWS_DEFAULT_PROFILE": "default",
    "AWS_CREDENTIAL_FILE": "/dev/null", "AWS_CREDENTIAL_PROFILES_FILE": "/dev/null",
  ]
  /// botocore takes it for set however it is set.
  private static let stubborn = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"

  init(_ child: ChildEnvironment, given: Environment) {
    let changed = child.environment.entries.filter { !given.entries.contains($0) }
    let gone = ChildEnvironment.removed.filter { name in
      given.value(of: name) != nil && child.environment.value(of: name) == nil
    }
    let neutral = gone.filter { $0 != Self.stubborn }.map { Array("\($0)=\(Self.harmless[$0] ?? "")".utf8) }
    entries = changed + neutral
    warnings =
      gone.contains(Self.stubborn)
      ? [
        "\(Self.stubborn) leads SDKs elsewhere and cannot be taken from later steps: run `unset \(Self.stubborn)` there"
      ]
      : []
  }

  /// A config file in which the profile that `AWS_PROFILE` then names is to be found: botocore fails without.
  static func config(_ text: Secret) -> Secret {
    let lines = text.exposedBytes().split(separator: UInt8(ascii: "\n")).map { $0.filter { $0 > 0x20 } }
    let names = ["[default]", "[profiledefault]", "[profile\"default\"]"].map { Array($0.utf8) }
    guard !lines.contains(where: { line in names.contains { line.starts(with: $0) } }) else { return text }
    return Secret(text.exposedBytes() + Array("\n[default]\n".utf8))
  }
}
