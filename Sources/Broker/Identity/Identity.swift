public import Formats
public import Model
public import OIDC
import STS

/// Who asks: a person whose token was verified here, or whatever a pre-issued token claims, which only STS verifies.
public enum Identity: Sendable {
  case person(StoredSession)
  case preissued(InspectedToken, IdentitySource)

  public var token: UnverifiedToken {
    switch self {
    case .person(let session): session.identity.token
    case .preissued(let token, _): token.token
    }
  }

  public var expiration: WallTime {
    switch self {
    case .person(let session): session.identity.expiration
    case .preissued(let token, _): token.expiration
    }
  }

  /// For showing. A pre-issued token's are only claimed.
  public var allClaims: JSONObject {
    switch self {
    case .person(let session): session.identity.claims
    case .preissued(let token, _): token.unverifiedClaims
    }
  }
}

// What an exchange needs to know of it.
extension Identity {
  var isPerson: Bool { if case .person = self { true } else { false } }

  var sealedWith: KeyReference? { if case .person(let session) = self { session.reference } else { nil } }

  var subject: ByteText? {
    switch self {
    case .person(let session): session.identity.subject
    case .preissued(let token, _): token.unverifiedSubject
    }
  }

  /// What CloudTrail should call a session of this identity.
  var label: String {
    switch self {
    case .person(let session):
      (session.identity.email ?? session.identity.preferredUsername ?? session.identity.subject).string
    case .preissued(let token, _): WorkloadName.text(unverified: token.unverifiedClaims) ?? "daypass"
    }
  }

  var claimsForMessages: TokenClaims {
    switch self {
    case .person(let session):
      TokenClaims(
        issuer: session.identity.issuer.string, audience: session.identity.audiences.map(\.string),
        subject: session.identity.subject.string, expiration: expiration)
    case .preissued(let token, _):
      TokenClaims(
        issuer: token.unverifiedIssuer?.string, audience: token.audiences.map(\.string),
        subject: token.unverifiedSubject?.string, expiration: expiration)
    }
  }
}
