public import Model
public import STS

/// Who shall be able to assume a role, complete enough to be written down: narrow by construction, since a grant whose
/// conditions would let strangers in cannot be made.
public struct TrustGrant: Sendable {
  /// What `sub` must be.
  public enum Subject: Hashable, Sendable {
    case exact(ByteText)
    /// With `*` and `?`.
    case pattern(ByteText)

    /// As somebody writes it.
    public init(written text: String) {
      let text = ByteText(text)
      self = Wildcards.isPattern(text) ? .pattern(text) : .exact(text)
    }
  }

  let issuer: FederatedIssuer
  let audiences: [ByteText]
  let partition: Partition
  /// 12 digits; nil where nobody has said.
  let account: String?
  let roleName: String
  let rolePath: String
  /// Seconds.
  let maximumSession: Int
  let statements: [GrantStatement]
  /// What is wider than it may have been meant, for a person.
  public let remarks: [String]

  /// - Parameters:
  ///   - claims: further claims that must have these values, beside `aud` and `sub`.
  ///   - role: gives name, path, partition and account; nil for a role called `daypass`.
  ///   - account: where `role` does not tell.
  ///   - maximumSession: seconds, 3,600 to 43,200, as IAM takes them.
  ///   - trustedAccount: 12 digits: whose own users and roles may assume the role too.
  public init(
    issuer: FederatedIssuer, audiences: [ByteText], subjects: [Subject], claims: [(name: String, value: String)] = [],
    carrying token: TokenInHand? = nil, role: RoleARN? = nil, partition: Partition = .commercial,
    account: String? = nil, maximumSession: Int = 3600, trustedAccount: String? = nil
  ) throws(TrustGrantError) {
    guard !audiences.isEmpty, audiences.allSatisfy({ (1...255).contains($0.utf8.count) }) else { throw .noAudience }
    guard !subjects.isEmpty else { throw .noSubject(issuer.url, isShared: issuer.isShared) }
    guard (3600...43_200).contains(maximumSession) else { throw .maximumSession }
    if let trustedAccount, !TrustGrant.isAccount(trustedAccount) { throw .account(trustedAccount) }
    self.issuer = issuer
    self.audiences = audiences
    self.partition = role?.partition ?? partition
    self.account = role.flatMap { $0.account.isEmpty ? nil : $0.account.string } ?? account
    roleName = role?.name.string ?? "daypass"
    rolePath = role?.path.string ?? "/"
    self.maximumSession = maximumSession
    remarks = try TrustGrant.remarks(on: subjects, of: issuer)
    var actions = ["sts:AssumeRoleWithWebIdentity"]
    if token?.hasSessionTags == true { actions.append("sts:TagSession") }
    if token?.hasSourceIdentity == true { actions.append("sts:SetSourceIdentity") }
    var statements = [
      GrantStatement(
        principal: .issuer, actions: actions,
        conditions: TrustGrant.conditions(issuer, audiences, subjects, claims))
    ]
    if let trustedAccount {
      statements.append(
        GrantStatement(principal: .account(trustedAccount), actions: ["sts:AssumeRole"], conditions: []))
    }
    self.statements = statements
  }

  private static func remarks(
    on subjects: [Subject], of issuer: FederatedIssuer
  ) throws(TrustGrantError) -> [String] {
    var remarks: [String] = []
    for subject in subjects {
      let (pattern, breadth) =
        switch subject {
        case .exact(let text): (text, SubjectBreadth.ofExact(text))
        case .pattern(let text): (text, SubjectBreadth(text, issuer: issuer.name.string))
        }
      guard pattern.utf8.contains(where: { $0 > 0x20 }) else { throw .blankSubject }
      switch breadth {
      case .narrow: continue
      case .broad(let whom): remarks.append("\(pattern.printable()) lets in \(whom)")
      case .openEnd: throw .openEnd(pattern, issuer.url)
      case .everyLogin: throw .everyLogin(pattern)
      case .everybody: throw .everybody(pattern)
      }
    }
    return remarks
  }

  private static func conditions(
    _ issuer: FederatedIssuer, _ audiences: [ByteText], _ subjects: [Subject],
    _ claims: [(name: String, value: String)]
  ) -> [GrantCondition] {
    let hasPattern = subjects.contains { if case .pattern = $0 { true } else { false } }
    let written = subjects.map { subject in
      switch subject {
      // Escaped with StringEquals too: it means the same there, and nobody takes it for a mistake.
      case .exact(let text): PolicyValue.literal(text, wildcards: true)
      case .pattern(let text): PolicyValue.literal(text, wildcards: false)
      }
    }
    let equal = claims.map { name, value in
      GrantCondition(
        test: "StringEquals", key: issuer.key(name),
        values: [PolicyValue.literal(ByteText(value), wildcards: false)])
    }
    return [
      GrantCondition(
        test: "StringEquals", key: issuer.key("aud"),
        values: audiences.map { PolicyValue.literal($0, wildcards: false) })
    ] + equal + [
      GrantCondition(test: hasPattern ? "StringLike" : "StringEquals", key: issuer.key("sub"), values: written)
    ]
  }

  static func isAccount(_ text: String) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}

struct GrantStatement: Sendable {
  enum Principal: Sendable {
    case issuer
    /// Every user and role of it whom its own administrators let.
    case account(String)
  }

  let principal: Principal
  let actions: [String]
  let conditions: [GrantCondition]
}

struct GrantCondition: Sendable {
  let test: String
  let key: String
  /// As they stand in the policy.
  let values: [String]
}

/// What is refused, and why it would be dangerous or useless.
public enum TrustGrantError: Explained, Hashable {
  case noAudience
  case noSubject(ByteText, isShared: Bool)
  case blankSubject
  case everybody(ByteText)
  case everyLogin(ByteText)
  case openEnd(ByteText, ByteText)
  case maximumSession
  case account(String)
  case noAccount
  /// The form gives these characters a meaning of its own.
  case unwritable(String, form: String)

  public var kind: FailureKind { .usage }

  public var message: String {
    switch self {
    case .noAudience: "no audience is known, and a trust policy must ask for one"
    case .noSubject(let issuer, isShared: true):
      "without a subject, everybody who has an account at \(issuer.printable()) could assume the role"
    case .noSubject(let issuer, isShared: false):
      "without a subject, everybody whom \(issuer.printable()) knows could assume the role"
    case .blankSubject: "a subject is empty, and no token has such a one"
    case .everybody(let pattern): "the subject \(pattern.printable()) begins with a wildcard and lets in strangers"
    case .everyLogin(let pattern): "the subject \(pattern.printable()) lets in everybody who logs in that way"
    case .openEnd(let pattern, let issuer):
      "the subject \(pattern.printable()) also fits others at \(issuer.printable()) whose name begins like that"
    case .maximumSession: "--max-session must be from 1h to 12h"
    case .account(let text): "\"\(text.printable(limit: 40))\" is not an account: those have 12 digits"
    case .noAccount: "the JSON names the provider by its account, and no account is known"
    case .unwritable(let text, let form): "\(text.printable()) means something else to \(form)"
    }
  }

  public var hint: String? {
    switch self {
    case .noAudience: "set audience (--audience), or client_id for people"
    case .noSubject, .blankSubject:
      "say who with --sub, with a CI's coordinates (--github owner/repo --branch main), or --from-token"
    case .everybody: "begin it with what only yours have, such as repo:owner/repository:"
    case .openEnd(_, let issuer):
      FederatedIssuer.narrowing(name: (issuer.after("https://") ?? issuer).string)
    case .everyLogin: "name each person by the whole subject"
    case .maximumSession: nil
    case .account: nil
    case .noAccount: "name the role: --role-arn arn:aws:iam::123456789012:role/NAME"
    case .unwritable: "use `daypass trust json`"
    }
  }
}
