import Formats
import Model
import OIDC
import STS

/// What there is to judge: each thing is asked for once, by the first check that needs it.
final class Evidence {
  let surroundings: Surroundings
  let profile: Profile
  private let remarks: Remarks
  private let end: BootTime

  init(_ surroundings: Surroundings, _ profile: Profile, until end: BootTime) {
    remarks = Remarks(surroundings.diagnostics)
    var surroundings = surroundings
    surroundings.diagnostics = remarks
    self.surroundings = surroundings
    self.profile = profile
    self.end = end
  }

  /// What was warned of since the last call.
  func newRemarks() -> [String] { remarks.take() }

  /// When what begins now must have ended.
  var soon: BootTime { min(end, surroundings.clocks.boot() + (profile.timeout ?? .seconds(20))) }

  // MARK: Who asks

  lazy var source = Result { () throws(Failure) in try IdentitySource.select(profile, surroundings) }

  var isLogin: Bool { (try? source.get())?.isLogin ?? false }

  /// A person's identity with a valid ID token: refreshed where any other verb would refresh it.
  var person: Result<Identity, Failure> { session.value }
  var sessionRemarks: [String] { session.remarks }

  private lazy var session = remarks.apart {
    Result { () throws(Failure) in
      try IdentityReader(surroundings, profile, try source.get()).usable(lasting: 60, until: soon)
    }
  }

  /// A pre-issued token, minted where the source mints; `problem` is why it cannot be used.
  lazy var issued = Result { () throws(Failure) -> (identity: Identity, problem: Failure?) in
    // Its signature has a check of its own.
    var profile = profile
    profile.verifyToken = false
    let reader = IdentityReader(surroundings, profile, try source.get())
    switch try reader.present() {
    case .found(let identity, let problem): return (identity, problem)
    case .unasked: return (try reader.usable(lasting: 0, until: soon), nil)
    }
  }

  /// What credentials can be bought with.
  var identity: Identity? {
    if isLogin { return try? person.get() }
    guard case .success(let issued) = issued, issued.problem == nil else { return nil }
    return issued.identity
  }

  // MARK: Where it is kept

  /// Judged once: what is wrong with it is not said of the session again.
  lazy var storeVerdict: Verdict = judgedStore

  // MARK: Whom to ask

  /// Nil where nobody knows one.
  lazy var issuer: ByteText? = {
    guard case .success(let source) = source, isForTheSTSAlone == nil else { return nil }
    if source.isLogin { return profile.issuer }
    guard let identity = (try? issued.get())?.identity else { return profile.issuer }
    return identity.issuer ?? profile.issuer
  }()

  /// The issuer's metadata as they came; nil where there is nobody to ask, or no way to.
  lazy var issuerProbe: Probe? = {
    guard let issuer, let url = try? WebURL.parse(issuer.string), let keys = try? KeysAddress(issuer: issuer.string)
    else { return nil }
    return probe(keys.request, of: url)
  }()

  /// Nil where no role is known, and nobody need be asked.
  lazy var endpoint: Result<STSEndpoint, Failure>? = {
    guard case .success(let source) = source, profile.roleARN != nil || (!source.isLogin && hasAmbientRole) else {
      return nil
    }
    return Result { () throws(Failure) in try Role(profile, source: source).endpoint(profile) }
  }()

  var hasAmbientRole: Bool { profile.ambientRoleARN != nil }

  /// A request without any meaning: that it is answered is all there is to know.
  lazy var stsProbe: Probe? = {
    guard let endpoint = try? endpoint?.get() else { return nil }
    return probe(HTTPRequest(.get, endpoint.url.text), of: endpoint.url)
  }()

  private func probe(_ request: HTTPRequest, of url: WebURL) -> Probe {
    let sentAt = surroundings.clocks.wall()
    let result: Result<HTTPResponse, TransportFailure>
    do throws(TransportFailure) {
      result = .success(try surroundings.transport.send(surroundings.fitted(request, until: soon)))
    } catch {
      result = .failure(error)
    }
    return Probe(url: url, sentAt: sentAt, receivedAt: surroundings.clocks.wall(), result: result)
  }

  // MARK: The provider of a person's login

  lazy var provider: Provider? = SessionKey(profile).map { Provider(surroundings, profile, $0) }

  /// Nil where the issuer gave no answer to read.
  lazy var metadata: Result<ProviderMetadata, Failure>? = {
    guard let provider, let issuer, let response = issuerProbe?.response else { return nil }
    return Result { () throws(Failure) in
      do throws(DiscoveryError) {
        let isAsked = profile.method == .device && profile.deviceAuthorizationEndpoint == nil
        var discovery = try Discovery(issuer: issuer.string, needs: isAsked ? [.deviceAuthorization] : [])
        var step = try discovery.reply(response)
        while case .send(let next) = step {
          switch provider.send(next, until: soon) {
          case .success(let response): step = try discovery.reply(response)
          case .failure(let failure): step = try discovery.transportFailed(failure)
          }
        }
        guard case .found(let found) = step else { throw .notAnObject }
        guard let endpoint = profile.deviceAuthorizationEndpoint else { return found }
        return try found.settingDeviceAuthorizationEndpoint(endpoint.text)
      } catch {
        throw Failure(error)
      }
    }
  }()

  // MARK: Why something is not looked at

  /// Nil where there is an identity.
  var lacksIdentity: Verdict? {
    if case .failure = source { .skipped("there is no identity") } else { nil }
  }

  /// Nil where the token's issuer publishes keys, by which it can be looked at.
  var isForTheSTSAlone: Verdict? {
    guard case .success(let source) = source, source.isSAML else { return nil }
    return .skipped("a SAML response; only the STS verifies it")
  }

  static let onlyForLogin = Verdict.skipped("only for a person's login")
  static let noIssuer = Verdict.skipped("the issuer does not answer")
}
