import Model
import OIDC

/// An identity as it was found, which may not be good for buying anything any more.
struct PresentedIdentity {
  var identity: Identity
  /// Why it cannot be used now, although it still proves who asks.
  var problem: Failure?
}

/// Reads the identity of a profile from its source: as it is, and as it must be to be handed to somebody.
struct IdentityReader {
  /// Seconds that a token must still have when it is sent: the STS judges by its own clock.
  private static let margin: Int64 = 60

  let surroundings: Surroundings
  let profile: Profile
  let source: IdentitySource

  init(_ surroundings: Surroundings, _ profile: Profile, _ source: IdentitySource) {
    self.surroundings = surroundings
    self.profile = profile
    self.source = source
  }

  /// Who asks, found out without a request to anyone.
  func present() throws(Failure) -> PresentedIdentity {
    let presented: PresentedIdentity
    switch source {
    case .login:
      presented = PresentedIdentity(
        identity: .person(try SessionKeeper(surroundings, profile: profile).current()), problem: nil)
    case .file, .environment:
      let token = try PreissuedToken(surroundings, profile).read(source)
      presented = PresentedIdentity(identity: .preissued(token.inspected, source), problem: token.problem)
    }
    try SubjectExpectation(profile).check(presented.identity.subject)
    return presented
  }

  /// The identity with a token that lasts, where it can be had: refreshed for a person, and checked by its issuer's
  /// keys where `verify_token` says so.
  func usable(lasting seconds: Int64, until deadline: BootTime) throws(Failure) -> Identity {
    switch source {
    case .login: return try person(.lasting(seconds), until: deadline)
    case .file, .environment: return try checked(try present(), until: deadline)
    }
  }

  func usable(_ presented: PresentedIdentity, until deadline: BootTime) throws(Setback) -> Identity {
    do throws(Failure) {
      return presented.identity.isPerson
        ? try person(.lasting(IdentityReader.margin), until: deadline) : try checked(presented, until: deadline)
    } catch {
      throw Setback(error)
    }
  }

  /// The identity with another token than this one, which somebody refused; nil where there is none.
  func other(than identity: Identity, until deadline: BootTime) throws(Setback) -> Identity? {
    do throws(Failure) {
      let newer: Identity
      switch source {
      case .login: newer = try person(.otherThan(identity.token), until: deadline)
      case .file, .environment: newer = try checked(try present(), until: deadline)
      }
      return newer.token == identity.token ? nil : newer
    } catch {
      throw Setback(error)
    }
  }

  private func person(_ need: SessionKeeper.Need, until deadline: BootTime) throws(Failure) -> Identity {
    let session = try SessionKeeper(surroundings, profile: profile).fresh(need, until: deadline)
    try SubjectExpectation(profile).check(session.identity.subject)
    return .person(session)
  }

  private func checked(_ presented: PresentedIdentity, until deadline: BootTime) throws(Failure) -> Identity {
    if let problem = presented.problem { throw problem }
    if profile.verifyToken {
      try CredentialBroker(surroundings, profile: profile).verifySignature(of: presented.identity, until: deadline)
    }
    return presented.identity
  }
}
