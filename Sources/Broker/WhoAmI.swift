public import Model
import Formats
import OIDC
public import STS

extension CredentialBroker {
  /// Whose credentials the profile's role gives, as the STS itself says.
  public func caller(_ lease: Lease, until deadline: BootTime) throws(Failure) -> CallerIdentity {
    let source = try IdentitySource.select(profile, surroundings)
    let role = try Role.handedOut(profile, source: source)
    return try CallerQuery(surroundings: surroundings, endpoint: try role.endpoint(profile)).run(
      lease.credentials, until: deadline)
  }
}

extension CredentialBroker {
  /// Checks the signature of a token with the keys its issuer publishes now; for a person's also every claim again.
  public func verifySignature(of identity: Identity, until deadline: BootTime) throws(Failure) {
    switch identity {
    case .person(let session):
      let provider = Provider(surroundings, profile, session.key)
      let metadata = try provider.metadata(needs: [], until: deadline)
      _ = try provider.verify(
        session.identity.token, metadata, accessToken: nil, nonce: nil, requestedAt: nil, until: deadline)
    case .saml: throw Failure.onlyTheSTSVerifies
    case .preissued(let token, _):
      guard let issuer = token.unverifiedIssuer else {
        throw Failure(.malformed, "the token has no iss, so nobody's keys can verify it")
      }
      let provider = Provider(surroundings, profile, issuer: issuer)
      try provider.verifySignature(
        of: token, keysAt: try keysAddress(of: issuer, until: deadline), until: deadline)
    }
  }
}

extension Failure {
  /// Who signed a SAML response publishes no keys that are looked for here.
  static var onlyTheSTSVerifies: Failure {
    Failure(
      .configuration, "the signature of a SAML response is verified by the STS alone",
      hint: "leave out --verify and verify_token")
  }
}
