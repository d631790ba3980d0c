public import Model

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
    /// Unexpired, and with at least this many seconds left where that can be had.
    case atLeast(Int64)
    /// Bought now, whatever is cached and whatever failed a moment ago.
    case anew
  }

  /// Who asks, with something that the STS would take now: an unexpired ID token, or a SAML response.
  public func identity(until deadline: BootTime) throws(Failure) -> Identity {
    let source = try IdentitySource.select(profile, surroundings)
    return try source.isSAML
      ? IdentityReader(surroundings, profile, source).usable(lasting: 0, until: deadline)
      : token(minimumTTL: 0, until: deadline)
  }

  /// An unexpired ID token, with at least `minimumTTL` seconds left where that can be had.
  public func token(minimumTTL: Int64, until deadline: BootTime) throws(Failure) -> Identity {
    let source = try IdentitySource.select(profile, surroundings)
    try source.requireToken()
    return try advised { () throws(Failure) in
      try IdentityReader(surroundings.rememberingKey, profile, source).usable(lasting: minimumTTL, until: deadline)
    }
  }

  /// Unexpired credentials for the profile's role.
  ///
  /// - Parameter identity: what `token` gave a moment ago, so that nobody mints a second one for the same purpose.
  public func lease(_ demand: Demand, as identity: Identity? = nil, until deadline: BootTime) throws(Failure) -> Lease {
    let supply = try supply(demand, as: identity, until: deadline)
    if let setback = supply.setback, !setback.isRemembered {
      surroundings.diagnostics.log(.warning, "\(setback.message); going on with the credentials there are")
    }
    return supply.lease
  }

  func supply(_ demand: Demand, as identity: Identity?, until deadline: BootTime) throws(Failure) -> Supply {
    let source = try IdentitySource.select(profile, surroundings)
    surroundings.diagnostics.log(.info, "identity: \(source.name); reason: \(source.reason)")
    return try advised { () throws(Failure) in
      var renewal = try Renewal(surroundings.rememberingKey, profile, source, as: identity, until: deadline)
      let lease = try renewal.lease(demand)
      return Supply(lease: lease, setback: renewal.setback)
    }
  }

  /// Whoever is told to log in while somebody does is told what to approve instead.
  private func advised<Value>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    do throws(Failure) {
      return try body()
    } catch {
      guard error.kind == .loginRequired, let login = loginInProgress else { throw error }
      throw Failure(.loginRequired, error.message, hint: login.advice)
    }
  }

  /// The login that a person is asked for now, by another process.
  var loginInProgress: LoginInProgress? {
    guard let key = SessionKey(profile) else { return nil }
    return LoginBoard(surroundings, SessionStore(surroundings, key: key, profile: profile)).current()
  }
}
