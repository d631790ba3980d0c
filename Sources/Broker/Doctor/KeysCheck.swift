import Formats
import Model
import OIDC

/// The issuer's keys: fetched now, and for a pre-issued token used, as `verify_token` would.
extension Evidence {
  var keysVerdict: Verdict {
    if let reason = lacksIdentity ?? isForTheSTSAlone { return reason }
    return isLogin ? providerKeys : signature
  }

  private var providerKeys: Verdict {
    switch metadata {
    case nil: return Evidence.noIssuer
    case .failure?: return .skipped("the metadata do not say where they are")
    case .success(let metadata)?:
      guard let provider else { return Evidence.noIssuer }
      do throws(Failure) {
        let count = try provider.keys(metadata.jwksURI, anew: true, until: soon).keys.count
        guard count > 0 else {
          return .fault(
            "none of the provider's keys can verify an ID token", hint: "have the client's ID tokens signed with RS256")
        }
        return .ok(count == 1 ? "1 key can verify ID tokens" : "\(count) keys can verify ID tokens")
      } catch {
        return .fault(error)
      }
    }
  }

  private var signature: Verdict {
    guard case .success(let issued) = issued, case .preissued(let token, _) = issued.identity else {
      return .skipped("there is no token")
    }
    guard let issuer, let response = issuerProbe?.response else { return Evidence.noIssuer }
    do throws(Failure) {
      let address: WebURL
      do throws(DiscoveryError) { address = try KeysAddress(issuer: issuer.string).address(in: response) } catch {
        throw Failure(error)
      }
      try Provider(surroundings, profile, issuer: issuer).verifySignature(of: token, keysAt: address, until: soon)
      return .ok("the token's signature is good")
    } catch {
      // The STS fetches them itself; a signature that is wrong is wrong there too.
      return error.kind == .unreachable && !profile.verifyToken ? Verdict.fault(error).asWarning : .fault(error)
    }
  }
}
