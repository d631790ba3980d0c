import Formats
import Model
import OIDC

/// One caller's way to credentials: from the cache while they are good enough, else bought, by one caller for all.
struct Renewal {
  let surroundings: Surroundings
  let profile: Profile
  let settings: ExchangeSettings
  let identities: IdentityReader
  let deadline: BootTime
  /// The identity whose token was in hand already.
  private let inHand: Identity?
  private let presented: PresentedIdentity
  private let terms: ExchangeTerms
  private let cache: CredentialCache
  private var isTrial = false
  /// Why what was handed out was not renewed, although that was due.
  private(set) var setback: Failure?

  /// - Parameter identity: one whose token is in hand already; nil has the source present what there is.
  init(
    _ surroundings: Surroundings, _ profile: Profile, _ source: IdentitySource, as identity: Identity? = nil,
    until deadline: BootTime
  ) throws(Failure) {
    self.surroundings = surroundings
    self.profile = profile
    self.deadline = deadline
    // First of all: nobody is told to log in who must mend a setting before.
    settings = try ExchangeSettings(surroundings, profile, source)
    identities = IdentityReader(surroundings, profile, source)
    inHand = identity
    // The identity is part of what shapes credentials, so it is read first; it is renewed, and its end regarded, only
    // where something is bought with it.
    if let identity {
      presented = .found(identity, problem: nil)
    } else {
      presented = try identities.present()
    }
    terms = ExchangeTerms(settings, profile, identities.caller(presented))
    cache = CredentialCache(surroundings, key: terms.key, store: profile.store)
  }

  mutating func lease(_ demand: CredentialBroker.Demand) throws(Failure) -> Lease {
    guard case .atLeast(let minimumTTL) = demand else { return try acquired(minimumTTL: nil, isRenewal: false) }
    guard let cached = try cache.read() else { return try acquired(minimumTTL: minimumTTL, isRenewal: false) }
    switch verdict(cached, minimumTTL) {
    case .fresh:
      setback = resting(cached, minimumTTL)
      return cached
    case .renewIfFree: return try renewedIfFree(cached, minimumTTL)
    case .renew: return try renewed(cached, minimumTTL)
    case .acquire: return try acquired(minimumTTL: minimumTTL, isRenewal: true)
    }
  }

  /// The failure of a moment ago that keeps credentials from being renewed; nil where they are good enough.
  private func resting(_ lease: Lease, _ minimumTTL: Int64) -> Failure? {
    let (left, lifetime) = (lease.secondsLeft(surroundings), lease.lifetime)
    switch Windows.verdict(left: left, lifetime: lifetime, minimumTTL: minimumTTL, isResting: false) {
    case .fresh: return nil
    default: return cache.failures.current()?.again
    }
  }

  private func verdict(_ lease: Lease, _ minimumTTL: Int64) -> Windows.Verdict {
    Windows.verdict(
      left: lease.secondsLeft(surroundings), lifetime: lease.lifetime, minimumTTL: minimumTTL,
      isResting: cache.failures.current() != nil)
  }

  /// What somebody else has put there meanwhile, or found out not to be had.
  private func settled(_ minimumTTL: Int64) throws(Failure) -> Lease? {
    guard let other = try cache.read(), verdict(other, minimumTTL) == .fresh else { return nil }
    return other
  }

  /// One caller renews while the others go on with what there is, and so does this one if it fails.
  private mutating func renewedIfFree(_ cached: Lease, _ minimumTTL: Int64) throws(Failure) -> Lease {
    do throws(Failure) {
      // Where nothing can be written, each caller is the one: nobody could tell the others who is.
      let lock = try cache.lock(until: surroundings.clocks.boot())
      defer { lock?.unlock() }
      if let other = try settled(minimumTTL) { return other }
      return try buy(until: deadline)
    } catch {
      if error.kind == .busy { return cached }
      return try unexpired(cached, else: error)
    }
  }

  /// Everyone waits for the renewal, at most 20 s, and still gets unexpired credentials when it fails.
  private mutating func renewed(_ cached: Lease, _ minimumTTL: Int64) throws(Failure) -> Lease {
    let deadline = min(deadline, surroundings.clocks.boot() + .seconds(20))
    do throws(Failure) {
      let lock = try cache.lock(until: deadline)
      defer { lock?.unlock() }
      if let other = try settled(minimumTTL) { return other }
      return try buy(until: deadline)
    } catch {
      return try unexpired(cached, else: error)
    }
  }

  /// - Parameters:
  ///   - minimumTTL: nil where it must be bought now, whatever there is.
  ///   - isRenewal: whether there were some, which have expired: programs run on them, and come back again and again.
  private func acquired(minimumTTL: Int64?, isRenewal: Bool) throws(Failure) -> Lease {
    let earlier = minimumTTL == nil ? nil : cache.failures.current()
    if let earlier, isRenewal || earlier.holdsBackNewcomers { throw earlier.again }
    let lock = try cache.lock(until: deadline)
    defer { lock?.unlock() }
    if let minimumTTL {
      if let other = try cache.read(), verdict(other, minimumTTL) != .acquire { return other }
      // Whoever was here first has failed for all who waited for it.
      if let failure = cache.failures.current(), failure != earlier { throw failure.again }
    }
    return try buy(anew: minimumTTL == nil, until: deadline)
  }

  private mutating func unexpired(_ cached: Lease, else failure: Failure) throws(Failure) -> Lease {
    if case .interrupted = failure.kind { throw failure }
    guard cached.secondsLeft(surroundings) > 0 else { throw failure }
    setback = failure
    return cached
  }

  // MARK: Looking

  /// Why callers do not buy now, although it is due.
  struct Rest {
    let failure: RecordedFailure
    /// The end of the credentials that they get meanwhile; nil where they get none.
    let meanwhile: WallTime?
  }

  /// Nil where nobody is held back by a failure of a moment ago.
  var rest: Rest? {
    let cached = (try? cache.read()) ?? nil
    let verdict = cached.map {
      Windows.verdict(left: $0.secondsLeft(surroundings), lifetime: $0.lifetime, minimumTTL: 0, isResting: false)
    }
    guard verdict != .fresh else { return nil }
    let isUsable = verdict == .renew || verdict == .renewIfFree
    if let failure = cache.failures.current(), cached != nil || failure.holdsBackNewcomers {
      return Rest(failure: failure, meanwhile: isUsable ? cached?.credentials.expiration : nil)
    }
    return isUsable ? nil : restOfFirst
  }

  /// Without credentials of the first role there are none of a further one.
  private var restOfFirst: Rest? {
    guard !settings.chain.isEmpty, let rest = try? firstRenewal(until: deadline).rest else { return nil }
    return rest.meanwhile == nil ? rest : nil
  }

  // MARK: Buying

  /// What buying would bring: nothing of it is kept, nor remembered where it fails.
  func tried() throws(Failure) -> Lease {
    var trial = self
    trial.isTrial = true
    do throws(Setback) { return try trial.obtained(anew: true, until: deadline) } catch { throw error.failure }
  }

  /// - Parameter anew: whether nothing that was bought before may have part in it.
  private func buy(anew: Bool = false, until deadline: BootTime) throws(Failure) -> Lease {
    do throws(Setback) {
      return try obtained(anew: anew, until: deadline)
    } catch {
      // A session that has ended is remembered in the session, which a login mends.
      if error.failure.kind != .loginRequired { cache.failures.record(error) }
      throw error.failure
    }
  }

  private func obtained(anew: Bool, until deadline: BootTime) throws(Setback) -> Lease {
    settings.chain.isEmpty ? try bought(until: deadline) : try chained(anew: anew, until: deadline)
  }

  private func bought(until deadline: BootTime) throws(Setback) -> Lease {
    let identity = try identities.usable(presented, until: deadline)
    do throws(Setback) {
      return try bought(with: identity, until: deadline)
    } catch {
      guard error.needsFreshToken, let newer = try identities.other(than: identity, until: deadline) else {
        throw error
      }
      surroundings.diagnostics.log(.info, "\(error.failure.message); trying again with a new token")
      return try bought(with: newer, until: deadline)
    }
  }

  private func bought(with identity: Identity, until deadline: BootTime) throws(Setback) -> Lease {
    var (terms, cache) = (terms, cache)
    if !isAsPresented(identity) {
      // Another token can be another person's or job's: what is bought with it is kept under its own name. One that
      // was minted gives the session its name.
      terms = ExchangeTerms(settings, profile, identities.caller(identity))
      cache = CredentialCache(surroundings, key: terms.key, store: profile.store)
    }
    let exchange = Exchange(surroundings: surroundings, terms: terms, deadline: deadline, isTrial: isTrial)
    let lease = try exchange.run(identity)
    keep(lease, identity, in: cache)
    return lease
  }

  private func isAsPresented(_ identity: Identity) -> Bool {
    if case .found(let known, _) = presented { known.proof == identity.proof } else { false }
  }

  private func keep(_ lease: Lease, _ identity: Identity?, in cache: CredentialCache) {
    if isTrial { return }
    let isPerson = identity?.isPerson ?? false
    // A logout that came meanwhile has deleted everything that was bought with the session.
    if isPerson, (try? identities.present()) == nil { return }
    do throws(Failure) {
      try cache.write(lease, like: identity?.sealedWith)
      if !isPerson, terms.key.mayBeKept { cache.forgetExpiredOthers(store: profile.store) }
    } catch {
      surroundings.warnOfUnkept(error)
    }
    cache.failures.forget()
  }

  // MARK: Further roles

  /// Credentials of the last role, by way of the first one's. Those are kept as if there were no further role, so that
  /// they serve every chain that begins with them, and for as long as `duration` says.
  private func chained(anew: Bool, until deadline: BootTime) throws(Setback) -> Lease {
    let count = settings.chain.steps.count
    surroundings.diagnostics.log(
      .info,
      "\(count) further role\(count == 1 ? "" : "s") by [[profile.\(profile.name.printable()).then]]: AWS grants a "
        + "chained role 1 h at most")
    let start = surroundings.clocks.wall()
    let exchange = ChainExchange(surroundings: surroundings, terms: terms, deadline: deadline)
    let first = try first(anew ? .anew : .atLeast(60), until: deadline)
    let lease: Lease
    do throws(Setback) {
      lease = try exchange.run(from: first)
    } catch {
      guard error.needsFreshToken, first.obtainedAt < start else { throw error }
      surroundings.diagnostics.log(.info, "\(error.failure.message); trying again with new credentials")
      lease = try exchange.run(from: try self.first(.anew, until: deadline))
    }
    keep(lease)
    return lease
  }

  private func first(_ demand: CredentialBroker.Demand, until deadline: BootTime) throws(Setback) -> Lease {
    do throws(Failure) {
      var renewal = try firstRenewal(until: deadline)
      return isTrial ? try renewal.tried() : try renewal.lease(demand)
    } catch {
      throw Setback(error)
    }
  }

  private func firstRenewal(until deadline: BootTime) throws(Failure) -> Renewal {
    var profile = profile
    profile.chain = []
    // What is expected is expected of the last.
    (profile.expectAccount, profile.expectRole) = (nil, nil)
    return try Renewal(surroundings, profile, identities.source, as: inHand, until: deadline)
  }

  /// Under the name of whoever presents itself now, and only if that is who it was at the beginning.
  private func keep(_ lease: Lease) {
    guard let presented = try? identities.present() else { return }
    let key = ExchangeTerms(settings, profile, identities.caller(presented)).key
    guard key.fingerprint.encoded == terms.key.fingerprint.encoded else { return }
    if case .found(let identity, _) = presented {
      keep(lease, identity, in: cache)
    } else {
      keep(lease, nil, in: cache)
    }
  }
}
