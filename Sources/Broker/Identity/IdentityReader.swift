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
    guard let plan = source.plan else {
      let session = try SessionKeeper(surroundings, profile: profile).current()
      return .found(try expected(.person(session)), problem: nil)
    }
    guard source.isAtHand else { return .unasked }
    let token = try reader(plan).read()
    return .found(try expected(.preissued(token.inspected, source)), problem: token.problem)
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
    guard let plan = source.plan else { return try person(.lasting(seconds), until: deadline) }
    return try issued(plan, until: deadline)
  }

  func usable(_ presented: PresentedIdentity, until deadline: BootTime) throws(Setback) -> Identity {
    do throws(Failure) {
      guard let plan = source.plan else { return try person(.lasting(IdentityReader.margin), until: deadline) }
      guard case .found(let identity, let problem) = presented else { return try issued(plan, until: deadline) }
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
      if let plan = source.plan {
        // The same token as before is no news, not even that it has expired.
        if source.isAtHand, try reader(plan).read().inspected.token == identity.token { return nil }
        newer = try issued(plan, until: deadline)
      } else {
        newer = try person(.otherThan(identity.token), until: deadline)
      }
      return newer.token == identity.token ? nil : newer
    } catch {
      throw Setback(error)
    }
  }

  private func reader(_ plan: TokenPlan) -> TokenReader {
    TokenReader(surroundings: surroundings, profile: profile, source: source, plan: plan)
  }

  private func person(_ need: SessionKeeper.Need, until deadline: BootTime) throws(Failure) -> Identity {
    try expected(.person(try SessionKeeper(surroundings, profile: profile).fresh(need, until: deadline)))
  }

  private func issued(_ plan: TokenPlan, until deadline: BootTime) throws(Failure) -> Identity {
    try verified(try expected(.preissued(try reader(plan).ask(until: deadline), source)), until: deadline)
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
