import Model
import OIDC

/// What the device authorization endpoint says to this client and these scopes. A code that it gives waits for nobody:
/// it is thrown away, never shown, and ends by itself.
struct DeviceCheck {
  let metadata: ProviderMetadata
  let outcome: Outcome

  enum Outcome {
    case code
    case failed(Failure)
    /// It may succeed later.
    case notNow(reason: String)
  }

  var verdict: Verdict {
    switch outcome {
    case .code: return .ok("gives this client a code (thrown away: approve nothing)")
    case .notNow(let reason): return .fault(reason, hint: "try again later")
    case .failed(let failure):
      let text = failure.message.lowercased()
      guard text.contains("code_challenge") || text.contains("pkce"), !metadata.offersS256 else {
        return .fault(failure)
      }
      return .fault(
        "the provider wants PKCE, which its metadata do not offer: \(failure.message)",
        hint: "have its metadata list S256 in code_challenge_methods_supported, or the client do without PKCE")
    }
  }
}

extension Evidence {
  var deviceVerdict: Verdict {
    if let lacksIdentity { return lacksIdentity }
    guard isLogin else { return Evidence.onlyForLogin }
    guard profile.method == .device else { return .skipped("method = \"browser\" needs none") }
    guard let metadata, let provider else { return Evidence.noIssuer }
    guard case .success(let metadata) = metadata, metadata.deviceAuthorizationEndpoint != nil else {
      return .skipped("the metadata name none")
    }
    do throws(Failure) {
      return DeviceCheck(metadata: metadata, outcome: try deviceOutcome(provider, metadata)).verdict
    } catch {
      return .fault(error)
    }
  }

  /// The first request of a login, and nothing after it.
  private func deviceOutcome(
    _ provider: Provider, _ metadata: ProviderMetadata
  ) throws(Failure) -> DeviceCheck.Outcome {
    var grant = try deviceGrant(provider, metadata)
    let clocks = surroundings.clocks
    for action in grant.step(.start) {
      guard case .send(let request) = action else { continue }
      let event: DeviceGrant.Event =
        switch provider.send(request, until: soon) {
        case .success(let response): .reply(response, now: clocks.boot(), wall: clocks.wall())
        case .failure(let failure): .transportFailed(failure, now: clocks.boot())
        }
      for answer in grant.step(event) {
        switch answer {
        case .show: return .code
        case .failed(let error): return .failed(Failure(error))
        case .report(.retrying(let reason, _)): return .notNow(reason: reason)
        default: continue
        }
      }
    }
    throw Failure(.bug, "the device grant came to a stop")
  }

  private func deviceGrant(_ provider: Provider, _ metadata: ProviderMetadata) throws(Failure) -> DeviceGrant {
    let client = try provider.client(metadata)
    let random: [UInt8]
    do throws(CryptographyFailure) { random = try surroundings.cryptography.randomBytes(32) } catch {
      throw Failure(error)
    }
    let pkce = PKCE(random: random, cryptography: surroundings.cryptography)
    do throws(DeviceGrantError) {
      return DeviceGrant(
        try DeviceGrant.Configuration(
          provider: metadata, client: client, scopes: profile.scopes ?? metadata.defaultScopes, pkce: pkce))
    } catch {
      throw Failure(error)
    }
  }
}
