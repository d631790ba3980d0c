import Formats
import Model
import OIDC

extension Provider {
  /// Has the provider forget a refresh token (RFC 7009).
  ///
  /// - Parameter known: what is known of the provider already; the rest is asked for.
  func revoke(_ refreshToken: Secret, _ known: ProviderMetadata? = nil, until deadline: BootTime) throws(Failure) {
    let metadata: ProviderMetadata
    if let known, known.revocationEndpoint != nil {
      metadata = known
    } else {
      metadata = try self.metadata(needs: [.revocation], until: deadline)
    }
    guard let endpoint = metadata.revocationEndpoint else {
      throw Failure(.refused, "the session was not revoked: the provider has no revocation endpoint")
    }
    let request = Revocation.request(refreshToken, endpoint: endpoint, client: try client(metadata))
    switch send(request, until: deadline) {
    case .failure(let failure): throw Failure(failure)
    case .success(let response):
      if case .refused(let reason) = Revocation.outcome(of: response) {
        throw Failure(.refused, "the provider did not revoke the session: \(reason)")
      }
    }
  }

  /// Gives a refresh token back that nobody will use. It is nobody's failure if that cannot be done.
  ///
  /// Not where a session that is kept here is of the same person at the same client: a provider may end the whole grant
  /// with one token (RFC 7009 §2.1), and with it that session.
  ///
  /// - Parameter subject: whose it is; nil where that is not known.
  func discard(_ refreshToken: Secret, of subject: ByteText?, _ metadata: ProviderMetadata) {
    guard !isHeld(by: subject) else {
      surroundings.diagnostics.log(
        .info, "a refresh token that is not used any more is not revoked: a session here may be of the same grant")
      return
    }
    do throws(Failure) {
      try revoke(refreshToken, metadata, until: surroundings.clocks.boot() + Logout.patience)
    } catch {
      surroundings.diagnostics.log(
        .info, "a refresh token that is not used any more was not revoked: \(error.message)")
    }
  }

  /// Whether a session that is kept here may be of that person at this client; one that does not tell may be.
  private func isHeld(by subject: ByteText?) -> Bool {
    guard surroundings.state != nil else { return false }
    let sealed = SealedStore(surroundings, profile.store)
    do throws(Failure) {
      for name in try surroundings.inState({ (state) throws(StateFailure) in try state.names() }) {
        guard SessionStore.isSession(name) else { continue }
        switch try sealed.read(name, kind: .session) {
        case .absent: continue
        case .locked: return true
        case .opened(let plaintext, _):
          guard let record = SessionRecord(plaintext), record.refreshToken != nil else { continue }
          if let origin = record.origin, origin.issuer != issuer || origin.clientID != clientID { continue }
          guard let subject, let holder = record.subject, holder != subject else { return true }
        }
      }
      return false
    } catch {
      return true
    }
  }
}

extension SessionRecord {
  /// Whose it is; nil where its ID token is damaged.
  var subject: ByteText? { (try? VerifiedIdentity.restored(from: idToken))?.subject }
}
