public import Formats
public import Model
import OIDC

extension CredentialBroker {
  /// Where an issuer publishes its keys, as its metadata says.
  public func keysAddress(of issuer: ByteText, until deadline: BootTime) throws(Failure) -> WebURL {
    let provider = Provider(surroundings, profile, issuer: issuer)
    return try provider.retrying(until: deadline) { (retryAfter) throws(DiscoveryError) in
      let keys = try KeysAddress(issuer: issuer.string)
      switch provider.fetch(keys.request, until: deadline).result {
      case .failure(let failure): throw .transport(failure)
      case .success(let response):
        retryAfter = provider.retryAfter(response)
        return try keys.address(in: response)
      }
    } isTransient: {
      $0.isTransient
    }
  }
}
