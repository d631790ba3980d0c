public import Model
public import OIDC
public import Formats
import STS

/// Source → verify → exchange → cache: what every verb that needs a token or credentials asks.
///
/// A value that decides and blocks; nothing in it is shared between threads. Processes meet in the state directory.
public struct CredentialBroker: Sendable {
  let surroundings: Surroundings
  let profile: Profile

  public init(_ surroundings: Surroundings, profile: Profile) {
    self.surroundings = surroundings
    self.profile = profile
  }

  /// What is good enough.
  public enum Demand: Hashable, Sendable {
    /// At least this many seconds left, where that can be had.
    case atLeast(Int64)
    /// Bought now, whatever is cached.
    case anew
  }

  // MARK: Tokens

  /// An ID token with at least `minimumTTL` seconds left where that can be had.
  public func token(minimumTTL: Int64, until deadline: BootTime) throws(Failure) -> Identity {
    switch try IdentitySource.select(profile, environment: surroundings.environment) {
    case .login:
      let session = try SessionKeeper(surroundings, profile: profile).fresh(minimumTTL: minimumTTL, until: deadline)
      try SubjectExpectation(profile).check(session.identity.subject)
      return .person(session)
    case let source:
      let token = try PreissuedToken(surroundings, profile).inspected(source)
      try SubjectExpectation(profile).check(token.unverifiedSubject ?? "")
      let identity = Identity.preissued(token, source)
      if profile.verifyToken { try verifySignature(of: identity, until: deadline) }
      return identity
    }
  }

  // MARK: Credentials

  /// Credentials for the profile's role.
  public func lease(_ demand: Demand, until deadline: BootTime) throws(Failure) -> Lease {
    let source = try IdentitySource.select(profile, environment: surroundings.environment)
    surroundings.diagnostics.log(.info, "identity: \(source.name)")
    let role = try Role(profile, source: source)
    // The identity is part of what shapes credentials, so it is read first; a login's is refreshed only if they are
    // bought anew.
    let identity = try present(source, until: deadline)
    let terms = try ExchangeTerms(surroundings, profile, role, identity)
    let cache = CredentialCache(surroundings, key: terms.key, store: profile.store)
    let cached = try cache.read()
    switch verdict(demand, cached, cache) {
    case .fresh: if let cached { return cached }
    case .renewIfFree:
      if let cached { return renewed(cached, if: cache, terms, identity, until: deadline) }
    case .renew:
      if let cached { return try renewed(cached, waiting: cache, demand, terms, identity, until: deadline) }
    case .acquire: break
    }
    if demand != .anew, let failure = cache.recordedFailure(now: surroundings.clocks.wall()) {
      throw Failure(
        .unreachable, "\(failure.message) (tried a moment ago; the next try is due at \(RFC3339.format(failure.until)))")
    }
    let lock = try lock(cache, until: deadline)
    defer { lock?.unlock() }
    if demand != .anew, let other = try cache.read(), verdict(demand, other, cache) == .fresh { return other }
    return try buy(terms, identity, cache, until: deadline)
  }

  private func verdict(_ demand: Demand, _ lease: Lease?, _ cache: CredentialCache) -> Windows.Verdict {
    guard case .atLeast(let minimum) = demand, let lease else { return .acquire }
    let now = surroundings.clocks.wall()
    return Windows.verdict(
      expiration: lease.credentials.expiration, obtainedAt: lease.obtainedAt, now: now, minimumTTL: minimum,
      failedUntil: cache.recordedFailure(now: now)?.until)
  }

  /// One caller renews while the others go on with what there is, and so does this one if it fails.
  private func renewed(
    _ cached: Lease, if cache: CredentialCache, _ terms: ExchangeTerms, _ identity: Identity, until deadline: BootTime
  ) -> Lease {
    guard let lock = try? cache.lock(until: surroundings.clocks.boot()) else { return cached }
    defer { lock.unlock() }
    if let other = try? cache.read(), other.obtainedAt > cached.obtainedAt { return other }
    do throws(Failure) {
      return try buy(terms, identity, cache, until: deadline)
    } catch {
      surroundings.diagnostics.log(.warning, "\(error.message); going on with the credentials there are")
      return cached
    }
  }

  /// Everyone waits for the renewal, at most 20 s, and still gets unexpired credentials when it fails.
  private func renewed(
    _ cached: Lease, waiting cache: CredentialCache, _ demand: Demand, _ terms: ExchangeTerms, _ identity: Identity,
    until deadline: BootTime
  ) throws(Failure) -> Lease {
    let deadline = min(deadline, surroundings.clocks.boot() + .seconds(20))
    do throws(Failure) {
      let lock = try lock(cache, until: deadline)
      defer { lock?.unlock() }
      if let other = try cache.read(), other.obtainedAt > cached.obtainedAt, verdict(demand, other, cache) == .fresh {
        return other
      }
      return try buy(terms, identity, cache, until: deadline)
    } catch {
      guard case .interrupted = error.kind else {
        guard cached.credentials.expiration > surroundings.clocks.wall() else { throw error }
        surroundings.diagnostics.log(.warning, "\(error.message); going on with the credentials there are")
        return cached
      }
      throw error
    }
  }

  private func lock(_ cache: CredentialCache, until deadline: BootTime) throws(Failure) -> (any StateLock)? {
    do throws(Failure) {
      return try cache.lock(until: deadline)
    } catch {
      // A state directory that cannot be written is no reason to refuse what needs none.
      guard error.kind == .output else { throw error }
      return nil
    }
  }

  private func present(_ source: IdentitySource, until deadline: BootTime) throws(Failure) -> Identity {
    guard source == .login else { return try token(minimumTTL: 0, until: deadline) }
    let session = try SessionKeeper(surroundings, profile: profile).current()
    try SubjectExpectation(profile).check(session.identity.subject)
    return .person(session)
  }

  private func buy(
    _ terms: ExchangeTerms, _ identity: Identity, _ cache: CredentialCache, until deadline: BootTime
  ) throws(Failure) -> Lease {
    let identity = try identity.isPerson ? token(minimumTTL: ExchangeTerms.tokenMargin, until: deadline) : identity
    do throws(Failure) {
      let exchange = Exchange(
        surroundings: surroundings, terms: terms, deadline: deadline,
        reacquire: { () throws(Failure) in try token(minimumTTL: .max, until: deadline) })
      let lease = try exchange.run(identity, remembered: try cache.read().map(\.grantedHours))
      do throws(Failure) {
        try cache.write(lease, existing: identity.sealedWith)
      } catch {
        surroundings.diagnostics.log(.warning, error.message)
      }
      cache.forgetFailure()
      return lease
    } catch {
      if error.kind == .unreachable {
        let now = surroundings.clocks.wall()
        let pause = 30 + Int64((try? surroundings.cryptography.randomBytes(1).first).flatMap { $0 } ?? 0) % 31
        cache.record(RecordedFailure(until: now + pause, message: error.message))
      }
      throw error
    }
  }
}

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

  var isPerson: Bool { if case .person = self { true } else { false } }

  var sealedWith: KeyReference? { if case .person(let session) = self { session.reference } else { nil } }
}

extension Identity {
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
