import Model
import OIDC

/// An identity as it was found, which may not be good for buying anything any more.
enum PresentedIdentity {
  /// `problem`: why it cannot be used now, although it still proves who asks.
  case found(Identity, problem: Failure?)
  /// Its source is asked when something is to be bought.
  case unasked
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
    switch source.kind {
    case .login:
      let session = try SessionKeeper(surroundings, profile: profile).current()
      return .found(try expected(.person(session)), problem: nil)
    case .saml(let place):
      let (response, problem) = try reader(place).read()
      return .found(try expected(.saml(response)), problem: problem)
    case .token(let plan):
      guard source.isAtHand else { return .unasked }
      let token = try reader(plan).read()
      return .found(try expected(.preissued(token.inspected, source)), problem: token.problem)
    }
  }

  func caller(_ presented: PresentedIdentity) -> Caller {
    switch presented {
    case .found(let identity, _): caller(identity)
    case .unasked: Caller(source, surroundings.cryptography)
    }
  }

  func caller(_ identity: Identity) -> Caller { Caller(identity, source: source, surroundings.cryptography) }

  /// The identity with a token that lasts, where it can be had: refreshed for a person, minted where the source mints,
  /// and checked by its issuer's keys where `verify_token` says so.
  func usable(lasting seconds: Int64, until deadline: BootTime) throws(Failure) -> Identity {
    try source.isLogin ? person(.lasting(seconds), until: deadline) : issued(until: deadline)
  }

  func usable(_ presented: PresentedIdentity, until deadline: BootTime) throws(Setback) -> Identity {
    do throws(Failure) {
      if source.isLogin { return try person(.lasting(IdentityReader.margin), until: deadline) }
      guard case .found(let identity, let problem) = presented else { return try issued(until: deadline) }
      if let problem { throw problem }
      return try verified(identity, until: deadline)
    } catch {
      throw Setback(error)
    }
  }

  /// The identity with another token than this one, which somebody refused or which has run out; nil where there is
  /// none.
  func other(than identity: Identity, until deadline: BootTime) throws(Setback) -> Identity? {
    do throws(Failure) {
      let newer: Identity
      if case .person(let session) = identity {
        newer = try person(.otherThan(session.identity.token), until: deadline)
      } else {
        // The same as before is no news, not even that it has expired.
        if source.isAtHand, case .found(let same, _) = try present(), same.proof == identity.proof { return nil }
        newer = try issued(until: deadline)
      }
      return newer.proof == identity.proof ? nil : newer
    } catch {
      throw Setback(error)
    }
  }

  private func reader(_ place: SAMLPlace) -> SAMLResponseReader {
    SAMLResponseReader(surroundings: surroundings, source: source, origin: place)
  }

  private func reader(_ plan: TokenPlan) -> TokenReader {
    TokenReader(surroundings: surroundings, profile: profile, source: source, plan: plan)
  }

  private func person(_ need: SessionKeeper.Need, until deadline: BootTime) throws(Failure) -> Identity {
    try expected(.person(try SessionKeeper(surroundings, profile: profile).fresh(need, until: deadline)))
  }

  /// What somebody else issued, good for buying.
  private func issued(until deadline: BootTime) throws(Failure) -> Identity {
    switch source.kind {
    case .login: return try person(.lasting(IdentityReader.margin), until: deadline)
    case .token(let plan):
      return try verified(try expected(.preissued(try reader(plan).ask(until: deadline), source)), until: deadline)
    case .saml(let place):
      let (response, problem) = try reader(place).read()
      if let problem { throw problem }
      return try verified(try expected(.saml(response)), until: deadline)
    }
  }

  private func expected(_ identity: Identity) throws(Failure) -> Identity {
    try SubjectExpectation(profile).check(identity.subject)
    return identity
  }

  private func verified(_ identity: Identity, until deadline: BootTime) throws(Failure) -> Identity {
    if profile.verifyToken {
      try CredentialBroker(surroundings, profile: profile).verifySignature(of: identity, until: deadline)
    }
    return identity
  }
}
