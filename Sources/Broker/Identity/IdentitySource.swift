public import Model
import OIDC

/// Where the identity comes from that buys credentials: a person's session, or a token that somebody issued to this job
/// or machine.
public struct IdentitySource: Sendable {
  /// As `source` names it.
  public let name: String
  /// Why it is this one: the setting or the variable that says so.
  public let reason: String
  /// Nil for a person's session.
  let plan: TokenPlan?
  /// Where the token is, for messages: a setting with what set it, a variable, the platform.
  let place: String
  /// What it was configured with, where nothing proves who asks: another command is another identity.
  let details: [String]

  init(_ name: String, because reason: String, plan: TokenPlan?, place: String, details: [String] = []) {
    self.name = name
    self.reason = reason
    self.plan = plan
    self.place = place
    self.details = details
  }

  public var isLogin: Bool { plan == nil }

  /// Whether there can be a newer token later. Where not, credentials end with the last that the token can buy. Of a
  /// person's session only the session knows.
  public var isRenewable: Bool { plan?.isRenewable ?? true }

  /// The variable that holds the token, where one does.
  public var variable: String? {
    if case .variable(let name) = plan?.place { name } else { nil }
  }

  /// Whether the token lies somewhere, and is read without asking anybody.
  var isAtHand: Bool {
    switch plan?.place {
    case .variable, .file: true
    case .program, .service, nil: false
    }
  }
}

extension IdentitySource {
  /// The first identity that holds, by `SourceSelection`.
  public static func select(_ profile: Profile, _ surroundings: Surroundings) throws(Failure) -> IdentitySource {
    try SourceSelection(surroundings, profile).source()
  }
}
