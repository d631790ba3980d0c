public import Model

/// Whose credentials may be handed out: `expect_account` and `expect_role`. Checked against the role that is asked for
/// before anything is sent, then against the reply, then, where that does not say, against GetCallerIdentity.
public struct Expectations: Sendable, Hashable {
  /// 12 digits.
  public var account: String?
  /// A role's ARN, its name, or its path and name.
  public var role: String?

  public init(account: String? = nil, role: String? = nil) {
    self.account = account
    self.role = role
  }

  public enum Answer: Hashable, Sendable {
    case met
    /// The reply does not say; somebody else has to be asked.
    case unknown
  }

  /// Before the exchange. A role without an account is let pass: the reply may have one.
  public func check(_ requested: RoleARN) throws(ExpectationError) {
    if let account, !requested.account.isEmpty { try compare("expect_account", account, requested.account, ==) }
    guard let role else { return }
    let fullName = ByteText(String((requested.path.string + requested.name.string).dropFirst()))
    try compare("expect_role", role, requested.text) { text, role in
      role.hasPrefix("arn:")
        ? text == role : (role.contains("/") ? fullName == Expectations.withoutSlash(role) : requested.name == role)
    }
  }

  public func check(_ assumed: AssumedRole) throws(ExpectationError) -> Answer {
    try check(account: assumed.account, roleName: assumed.roleName)
  }

  /// The last to be asked: what is unknown after it is a refusal.
  public func check(_ caller: CallerIdentity) throws(ExpectationError) {
    let name = AssumedRoleARN(caller.arn)
    let inARN = name.flatMap { $0.account.isEmpty ? nil : $0.account }
    guard try check(account: caller.account ?? inARN, roleName: name?.roleName) == .met else {
      throw .unproven(caller.arn)
    }
  }

  private func check(account actual: ByteText?, roleName: ByteText?) throws(ExpectationError) -> Answer {
    var isUnknown = false
    if let account {
      if let actual { try compare("expect_account", account, actual, ==) } else { isUnknown = true }
    }
    if let role {
      // The names of sessions have no path.
      let expected = String(role.split(separator: "/").last ?? "")
      if let roleName { try compare("expect_role", expected, roleName, ==) } else { isUnknown = true }
      if let arn = try? RoleARN.parse(role), !arn.account.isEmpty {
        if let actual { try compare("expect_role", arn.account.string, actual, ==) } else { isUnknown = true }
      }
    }
    return isUnknown ? .unknown : .met
  }

  private func compare(
    _ setting: String, _ expected: String, _ actual: ByteText, _ isSame: (ByteText, String) -> Bool
  ) throws(ExpectationError) {
    guard isSame(actual, expected) else { throw .unmet(setting: setting, expected: expected, actual: actual) }
  }

  private static func withoutSlash(_ text: String) -> String { text.hasPrefix("/") ? String(text.dropFirst()) : text }
}

public enum ExpectationError: Explained, Hashable {
  case unmet(setting: String, expected: String, actual: ByteText)
  /// Nobody would say whose the credentials are.
  case unproven(ByteText)

  public var kind: FailureKind { .refused }

  /// The one that is not met.
  public var setting: String? { if case .unmet(let setting, _, _) = self { setting } else { nil } }

  public var message: String {
    switch self {
    case .unmet(let setting, let expected, let actual):
      "\(setting) is \(expected.printable()), but this is \(actual.printable())"
    case .unproven(let arn):
      "expect_account or expect_role is set, but \(arn.printable()) does not tell whose the credentials are"
    }
  }

  public var hint: String? { "nothing was handed out; correct the setting, or role_arn" }
}
