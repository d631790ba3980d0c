public import Formats
public import Model
public import OIDC
public import STS

/// Who asks: a person whose token was verified here, or whatever a pre-issued token claims, which only STS verifies.
public enum Identity: Sendable {
  case person(StoredSession)
  case preissued(InspectedToken, IdentitySource)
  case saml(SAMLResponse)

  /// The ID token; nil where a SAML response proves who it is.
  public var token: UnverifiedToken? {
    switch self {
    case .person(let session): session.identity.token
    case .preissued(let token, _): token.token
    case .saml: nil
    }
  }

  /// Nil where it does not say, as an encrypted SAML assertion.
  public var expiration: WallTime? {
    switch self {
    case .person(let session): session.identity.expiration
    case .preissued(let token, _): token.expiration
    case .saml(let response): [response.validUntil, response.sessionEnd].compactMap(\.self).min()
    }
  }

  /// For showing. A pre-issued token's are only claimed.
  public var allClaims: JSONObject {
    switch self {
    case .person(let session): session.identity.claims
    case .preissued(let token, _): token.unverifiedClaims
    case .saml(let response): response.unverifiedClaims
    }
  }
}

// What an exchange needs to know of it.
extension Identity {
  /// What is shown to the STS.
  var proof: Secret {
    switch self {
    case .person(let session): session.identity.token.raw
    case .preissued(let token, _): token.token.raw
    case .saml(let response): response.encoded
    }
  }

  var isPerson: Bool { if case .person = self { true } else { false } }

  var sealedWith: KeyReference? { if case .person(let session) = self { session.reference } else { nil } }

  var subject: ByteText? {
    switch self {
    case .person(let session): session.identity.subject
    case .preissued(let token, _): token.unverifiedSubject
    case .saml(let response): response.unverifiedSubject
    }
  }

  /// What CloudTrail should call a session of this identity.
  var label: String {
    switch self {
    case .person(let session):
      (session.identity.email ?? session.identity.preferredUsername ?? session.identity.subject).string
    case .preissued(let token, _): WorkloadName.text(unverified: token.unverifiedClaims) ?? "daypass"
    case .saml(let response): response.unverifiedSessionName?.string ?? "daypass"
    }
  }

  var issuer: ByteText? {
    switch self {
    case .person(let session): session.identity.issuer
    case .preissued(let token, _): token.unverifiedIssuer
    case .saml(let response): response.unverifiedIssuer
    }
  }

  var audiences: [ByteText] {
    switch self {
    case .person(let session): session.identity.audiences
    case .preissued(let token, _): token.audiences
    case .saml(let response): response.audiences
    }
  }

  /// For the message about its refusal.
  var refused: RefusedProof {
    if case .saml(let response) = self {
      return .response(issuer: response.unverifiedIssuer, roles: response.unverifiedRoles)
    }
    return .token(
      TokenClaims(
        issuer: issuer?.string, audience: audiences.map(\.string), subject: subject?.string, expiration: expiration))
  }
}

extension SAMLResponse {
  /// What it says, as claims of a token would be shown.
  fileprivate var unverifiedClaims: JSONObject {
    func text(_ name: String, _ text: ByteText?) -> [(String, JSON)] { text.map { [(name, .string($0))] } ?? [] }
    func time(_ name: String, _ time: WallTime?) -> [(String, JSON)] { time.map { [(name, JSON($0.seconds))] } ?? [] }
    let roles = unverifiedRoles.map { JSON("\($0.role),\($0.provider)") }
    return JSONObject(
      text("iss", unverifiedIssuer) + text("sub", unverifiedSubject)
        + (audiences.isEmpty
          ? [] : [("aud", audiences.count == 1 ? .string(audiences[0]) : .array(audiences.map(JSON.string)))])
        + time("nbf", validFrom) + time("exp", validUntil) + time("session_exp", sessionEnd)
        + text("session_name", unverifiedSessionName) + (roles.isEmpty ? [] : [("roles", .array(roles))]))
  }
}
