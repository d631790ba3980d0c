public import Model
import OIDC

/// Where the identity comes from that buys credentials: a person's session, or a token that somebody issued to this job
/// or machine.
public struct IdentitySource: Sendable {
  /// As `source` names it.
  public let name: String
  /// Why it is this one: the setting or the variable that says so.
  public let reason: String
  let kind: Kind
  /// Where the token is, for messages: a setting with what set it, a variable, the platform.
  let place: String
  /// What it was configured with, where nothing proves who asks: another command is another identity.
  let details: [String]

  enum Kind {
    /// A person's session.
    case login
    /// A token that was issued to this job or machine.
    case token(TokenPlan)
    /// A provider's SAML response.
    case saml(SAMLPlace)
  }

  init(_ name: String, because reason: String, kind: Kind, place: String, details: [String] = []) {
    self.name = name
    self.reason = reason
    self.kind = kind
    self.place = place
    self.details = details
  }

  public var isLogin: Bool { if case .login = kind { true } else { false } }
  public var isSAML: Bool { if case .saml = kind { true } else { false } }

  /// Whether there can be a newer token later. Where not, credentials end with the last that the token can buy. Of a
  /// person's session only the session knows.
  public var isRenewable: Bool {
    switch kind {
    case .login: true
    case .token(let plan): plan.isRenewable
    case .saml(.file): true
    case .saml(.variable), .saml(.standardInput): false
    }
  }

  /// The variable that holds the token or response, where one does.
  public var variable: String? {
    switch kind {
    case .saml(.variable(let name)): return name
    case .token(let plan):
      if case .variable(let name) = plan.place { return name }
      return nil
    case .login, .saml: return nil
    }
  }

  /// Whether the token or response lies somewhere, and is read without asking anybody.
  var isAtHand: Bool {
    switch kind {
    case .login: return false
    case .saml: return true
    case .token(let plan):
      switch plan.place {
      case .variable, .file: return true
      case .program, .service: return false
      }
    }
  }
}

extension IdentitySource {
  /// For what is about an ID token.
  func requireToken() throws(Failure) {
    guard isSAML else { return }
    throw Failure(
      .configuration, "the identity is a SAML response, because of \(reason), and there is no ID token in it",
      hint: "a token comes from a login or a token_* setting; say which with source")
  }

  /// The first identity that holds, by `SourceSelection`.
  public static func select(_ profile: Profile, _ surroundings: Surroundings) throws(Failure) -> IdentitySource {
    try SourceSelection(surroundings, profile).source()
  }
}
