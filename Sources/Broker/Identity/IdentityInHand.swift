public import Model

extension CredentialBroker {
  /// The identity as it is here, which may have expired: for looking at, never for buying. Asks nobody.
  public func identityInHand() throws(Failure) -> Identity {
    let source = try IdentitySource.select(profile, environment: surroundings.environment)
    return try IdentityReader(surroundings, profile, source).present().identity
  }
}
