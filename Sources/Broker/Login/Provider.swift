import Formats
import Model
import OIDC

/// Conversations with one identity provider: metadata, keys, verification. Blocks.
struct Provider {
  let surroundings: Surroundings
  let profile: Profile
  let issuer: ByteText
  /// Empty where only an issuer's keys are asked for.
  let clientID: ByteText

  init(_ surroundings: Surroundings, _ profile: Profile, _ key: SessionKey) {
    self.surroundings = surroundings
    self.profile = profile
    issuer = key.issuer
    clientID = key.clientID
  }

  /// The issuer of a token that was not issued to a client of ours.
  init(_ surroundings: Surroundings, _ profile: Profile, issuer: ByteText) {
    self.surroundings = surroundings
    self.profile = profile
    self.issuer = issuer
    clientID = ""
  }

  func metadata(needs: Set<Discovery.Need>, until deadline: BootTime) throws(Failure) -> ProviderMetadata {
    let needs = profile.deviceAuthorizationEndpoint == nil ? needs : needs.subtracting([.deviceAuthorization])
    let found = try retrying(until: deadline) { (retryAfter) throws(DiscoveryError) in
      var discovery = try Discovery(issuer: issuer.string, needs: needs)
      var request = discovery.start()
      while true {
        let step: Discovery.Step
        switch fetch(request, until: deadline).result {
        case .success(let response):
          retryAfter = self.retryAfter(response)
          do throws(DiscoveryError) { step = try discovery.reply(response) } catch {
            surroundings.documents.forget(request.url, of: issuer)
            throw error
          }
        case .failure(let failure): step = try discovery.transportFailed(failure)
        }
        switch step {
        case .found(let metadata): return metadata
        case .send(let next): request = next
        }
      }
    } isTransient: {
      $0.isTransient
    }
    guard let endpoint = profile.deviceAuthorizationEndpoint else { return found }
    do {
      return try found.settingDeviceAuthorizationEndpoint(endpoint.text)
    } catch {
      throw Failure(error)
    }
  }

  func client(_ metadata: ProviderMetadata) throws(Failure) -> ClientAuthentication {
    var secret: Secret?
    if let path = profile.clientSecretFile {
      secret = try surroundings.readSetting(.clientSecretFile, path, limit: 4096, profile)
    }
    return ClientAuthentication(
      clientID: clientID.string, secret: secret, offered: metadata.tokenEndpointAuthMethods)
  }

  /// Checks everything that makes a token this person's; an unknown key id costs one more request for the keys.
  func verify(
    _ token: UnverifiedToken, _ metadata: ProviderMetadata, accessToken: Secret?, nonce: ByteText?,
    requestedAt: WallTime?, subject: ByteText? = nil, until deadline: BootTime
  ) throws(Failure) -> VerifiedIdentity {
    let policy = IDTokenPolicy(
      issuer: issuer, clientID: clientID, extraAudiences: profile.audience.map { [$0] } ?? IDTokenPolicy.awsAudiences,
      nonce: nonce, now: surroundings.clocks.wall(), requestedAt: requestedAt, subject: subject,
      accessToken: accessToken)
    return try withKeys(metadata.jwksURI, until: deadline) { (keys) throws(VerificationError) in
      try OIDC.verify(token, keys: keys, policy: policy, cryptography: surroundings.cryptography)
    }
  }

  /// Only the signature: claims of a pre-issued token are the STS's to judge.
  func verifySignature(
    of token: InspectedToken, keysAt address: WebURL, until deadline: BootTime
  ) throws(Failure) {
    try withKeys(address, until: deadline) { (keys) throws(VerificationError) in
      try OIDC.verifySignature(of: token, keys: keys, cryptography: surroundings.cryptography)
    }
  }

  private func withKeys<Value>(
    _ address: WebURL, until deadline: BootTime, _ body: (KeySet) throws(VerificationError) -> Value
  ) throws(Failure) -> Value {
    let known = try keys(address, anew: false, until: deadline)
    do throws(VerificationError) {
      return try body(known.keys)
    } catch {
      // Of keys from memory one may have been replaced under its own name since.
      guard error.mayBeOfOldKeys(wereKept: known.wereKept) else { throw Failure(error) }
    }
    // The provider may have rotated its keys a moment ago.
    surroundings.diagnostics.log(.info, "the token's key is not among the provider's keys; asking for them once more")
    let refetched = try keys(address, anew: true, until: deadline)
    do throws(VerificationError) { return try body(refetched.keys) } catch { throw Failure(error) }
  }

  func keys(
    _ address: WebURL, anew: Bool, until deadline: BootTime
  ) throws(Failure) -> (keys: KeySet, wereKept: Bool) {
    try retrying(until: deadline) { (retryAfter) throws(KeysProblem) in
      let (result, wasKept) = fetch(KeySet.request(address), anew: anew, until: deadline)
      switch result {
      case .failure(let failure): throw .transport(failure)
      case .success(let response):
        retryAfter = self.retryAfter(response)
        do throws(KeySetError) { return (try KeySet.parse(response), wasKept) } catch {
          surroundings.documents.forget(address.text, of: issuer)
          throw .document(error)
        }
      }
    } isTransient: {
      $0.isTransient
    }
  }

  private enum KeysProblem: Explained {
    case transport(TransportFailure)
    case document(KeySetError)

    private var explained: any Explained {
      switch self {
      case .transport(let failure): failure
      case .document(let error): error
      }
    }

    var isTransient: Bool {
      switch self {
      case .transport(let failure): failure.isTransient
      case .document(let error): error.isTransient
      }
    }

    var kind: FailureKind { explained.kind }
    var message: String { explained.message }
    var hint: String? { explained.hint }
  }

  // MARK: One request

  /// A public document of the issuer: from memory while its server allows that, else asked for.
  ///
  /// - Parameter anew: whatever is in memory.
  func fetch(
    _ request: HTTPRequest, anew: Bool = false, until deadline: BootTime
  ) -> (result: Result<HTTPResponse, TransportFailure>, wasKept: Bool) {
    let documents = surroundings.documents
    if !anew, let known = documents.fresh(request.url, of: issuer, at: surroundings.clocks.boot()) {
      return (.success(known), true)
    }
    let result = send(anew ? request : documents.conditional(request, of: issuer), until: deadline)
    return (
      result.map { documents.taken($0, request.url, of: issuer, at: surroundings.clocks.boot()) }, false
    )
  }

  func send(_ request: HTTPRequest, until deadline: BootTime) -> Result<HTTPResponse, TransportFailure> {
    do throws(TransportFailure) {
      return .success(try surroundings.transport.send(surroundings.fitted(request, until: deadline)))
    } catch {
      return .failure(error)
    }
  }

  /// Seconds that a server asked to be left alone.
  func retryAfter(_ response: HTTPResponse) -> Int64? {
    response.header("retry-after").flatMap { RetryAfter.parse($0, now: surroundings.clocks.wall()) }
  }

  /// - Parameter body: one try; it leaves behind when the server wants to be asked again.
  func retrying<Value, Problem: Explained>(
    until deadline: BootTime, _ body: (_ retryAfter: inout Int64?) throws(Problem) -> Value,
    isTransient: (Problem) -> Bool
  ) throws(Failure) -> Value {
    let began = surroundings.clocks.boot()
    var attempt = 1
    while true {
      var retryAfter: Int64?
      let problem: Problem
      do throws(Problem) {
        return try body(&retryAfter)
      } catch {
        problem = error
      }
      guard isTransient(problem) else { throw Failure(problem) }
      let isDue: Bool
      do throws(Interrupted) {
        isDue = try surroundings.rested(
          after: attempt, because: problem.message, retryAfter: retryAfter, until: deadline)
      } catch {
        throw Failure(error)
      }
      guard isDue else {
        var failure = surroundings.given(Failure(problem), up: attempt, since: began)
        failure.retryAfter = retryAfter
        throw failure
      }
      attempt += 1
    }
  }
}

extension VerificationError {
  /// Whether the same token might stand before the keys of this moment.
  fileprivate func mayBeOfOldKeys(wereKept: Bool) -> Bool {
    switch self {
    case .unknownKey: true
    case .unfitKey, .ambiguousKey, .badSignature: wereKept
    default: false
    }
  }
}
