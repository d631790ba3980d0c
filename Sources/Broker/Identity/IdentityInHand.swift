public import Model

extension CredentialBroker {
  /// The identity as it is here, which may have expired: for looking at, never for buying. Nobody is asked but a source
  /// that has no token until it is asked for one.
  public func identityInHand(until deadline: BootTime) throws(Failure) -> Identity {
    let source = try IdentitySource.select(profile, surroundings)
    try source.requireToken()
    let reader = IdentityReader(surroundings, profile, source)
    switch try reader.present() {
    case .found(let identity, _): return identity
    case .unasked: return try reader.usable(lasting: 0, until: deadline)
    }
  }
}
