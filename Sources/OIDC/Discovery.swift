internal import Formats
public import Model

/// Finds a provider's endpoints: OIDC Discovery 1.0 §4, then, where that document is absent or lacks what is needed,
/// the authorization server metadata of RFC 8414 §3.
///
/// A value that is driven: send what `start` and `reply` give, hand back what comes.
public struct Discovery: Sendable {
  public enum Need: Hashable, Sendable { case deviceAuthorization, revocation }

  public enum Step: Sendable {
    case send(HTTPRequest)
    case found(ProviderMetadata)
  }

  private enum State {
    case first
    /// The second document is on its way; the first, or why there is none.
    case second(DiscoveryDocument?, failure: DiscoveryError)
  }

  private let issuer: Issuer
  private let needs: Set<Need>
  private var state = State.first

  /// - Parameters:
  ///   - issuer: exactly as the provider spells it; a trailing slash counts.
  ///   - needs: what makes the second document worth a request. Neither is guaranteed to be found.
  public init(issuer: String, needs: Set<Need> = []) throws(DiscoveryError) {
    self.issuer = try Issuer(issuer)
    self.needs = needs
  }

  public func start() -> HTTPRequest { metadataRequest(issuer.openIDConfiguration) }

  /// Throws what the caller may retry when `isTransient`, by calling `start` on a new value.
  public mutating func reply(_ response: HTTPResponse) throws(DiscoveryError) -> Step {
    switch state {
    case .first: return try first(response)
    case .second(let document, let failure): return try second(read(response), after: document, failure)
    }
  }

  public mutating func transportFailed(_ failure: TransportFailure) throws(DiscoveryError) -> Step {
    switch state {
    case .first: throw .transport(failure)
    case .second(let document, let first): return try second(.failure(.transport(failure)), after: document, first)
    }
  }

  private mutating func first(_ response: HTTPResponse) throws(DiscoveryError) -> Step {
    switch read(response) {
    case .success(let document):
      if lacks(document).isEmpty { return .found(try document.metadata(issuer)) }
      state = .second(document, failure: .absent(status: response.status))
    case .failure(.absent(let status)):
      state = .second(nil, failure: .absent(status: status))
    case .failure(let error): throw error
    }
    return .send(metadataRequest(issuer.authorizationServerMetadata))
  }

  private func second(
    _ result: Result<DiscoveryDocument, DiscoveryError>, after first: DiscoveryDocument?, _ failure: DiscoveryError
  ) throws(DiscoveryError) -> Step {
    switch (first, result) {
    case (var first?, .success(let second)):
      first.complete(from: second)
      return .found(try first.metadata(issuer))
    case (let first?, .failure(let error)):
      // Without a device endpoint nothing works, so it matters whether it is absent or only out of reach. A revocation
      // endpoint is worth no failure.
      if error.isTransient && lacks(first).contains(.deviceAuthorization) { throw error }
      return .found(try first.metadata(issuer))
    case (nil, .success(let second)): return .found(try second.metadata(issuer))
    case (nil, .failure(.absent)): throw failure
    case (nil, .failure(let error)): throw error
    }
  }

  private func read(_ response: HTTPResponse) -> Result<DiscoveryDocument, DiscoveryError> {
    switch response.status {
    case 200..<300:
      do throws(DiscoveryError) { return .success(try DiscoveryDocument(response, issuer: issuer)) } catch {
        return .failure(error)
      }
    case 300..<400: return .failure(.redirected)
    case let status where EndpointReply.isTransient(status): return .failure(.unavailable(status: status))
    case let status: return .failure(.absent(status: status))
    }
  }

  private func lacks(_ document: DiscoveryDocument) -> Set<Need> {
    needs.filter {
      switch $0 {
      case .deviceAuthorization: document.endpoints["device_authorization_endpoint"] == nil
      case .revocation: document.endpoints["revocation_endpoint"] == nil
      }
    }
  }
}

/// A GET for a public document: metadata or keys.
func metadataRequest(_ url: String) -> HTTPRequest {
  HTTPRequest(
    .get, url, headers: [HTTPHeader("Accept", "application/json")], redirects: .sameOrigin(atMost: 3),
    bodyLimit: 512 * 1024)
}
