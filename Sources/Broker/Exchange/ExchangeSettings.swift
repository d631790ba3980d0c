public import Model
import STS

/// What the settings alone decide about an exchange, whoever asks: resolved and checked before anything is sent, and
/// before anybody is asked to approve a login.
struct ExchangeSettings {
  let role: RoleARN
  let endpoint: STSEndpoint
  /// Nil where the session's name is to be made from the identity.
  let sessionName: SessionName?
  /// Whose SAML response it is; nil for every other identity.
  let principal: SAMLProviderARN?
  let policy: SessionPolicy?
  let duration: DurationChoice
  /// Of what is handed out: the last role's.
  let expectations: STS.Expectations
  let chain: Chain
  /// What a person should know beforehand: that `duration` says more than is granted.
  let notice: String?
  private let profile: Profile

  init(_ surroundings: Surroundings, _ profile: Profile, _ source: IdentitySource) throws(Failure) {
    self.profile = profile
    let first = try Role(profile, source: source)
    role = first.arn
    chain = try Chain(surroundings, profile, first: first)
    expectations = STS.Expectations(account: profile.expectAccount, role: profile.expectRole)
    do throws(ExpectationError) {
      try expectations.check(chain.last ?? role)
    } catch {
      throw Failure(error, in: error.setting.flatMap(ProfileKey.init) ?? .roleARN, of: profile)
    }
    endpoint = try first.endpoint(profile)
    principal = try source.isSAML ? ExchangeSettings.principal(profile, of: role) : nil
    sessionName = try source.isSAML ? nil : ExchangeSettings.name(profile, source)
    policy = try profile.sessionPolicyFile.map { (path) throws(Failure) in
      try surroundings.sessionPolicy(path, from: profile.origin(of: .sessionPolicyFile))
    }
    duration =
      switch profile.duration {
      case .seconds(let seconds): .seconds(Int64(seconds))
      case .maximum: .max
      }
    let isCapped = !chain.isEmpty && duration.first() > ChainedRole.longest
    notice =
      isCapped
      ? "AWS grants a chained role 1 h at most: duration (\(profile.origin(of: .duration))) lengthens the first role's "
        + "session only" : nil
    _ = try bounds(duration.first())
  }

  /// - Parameter duration: in seconds.
  func bounds(_ duration: Int64) throws(Failure) -> SessionBounds {
    do throws(RoleRequestError) {
      return try SessionBounds(duration: duration, policy: policy, policyARNs: profile.policyARNs)
    } catch {
      switch error {
      case .duration: throw Failure(error, in: .duration, of: profile)
      case .tooManyPolicies, .policyARN: throw Failure(error, in: .policyARNs, of: profile)
      default: throw Failure(error)
      }
    }
  }

  /// The provider that the role has to trust, and what cannot be asked for with its response.
  private static func principal(_ profile: Profile, of role: RoleARN) throws(Failure) -> SAMLProviderARN {
    guard let text = profile.principalARN else {
      throw Failure(
        .configuration, "principal_arn is not set for profile \(profile.name.printable())",
        hint: "set it to the SAML provider that the role trusts: arn:aws:iam::123456789012:saml-provider/NAME")
    }
    guard profile.sessionName == nil else {
      throw Failure(
        .configuration,
        "session_name (\(profile.origin(of: .sessionName))) has no effect: a SAML response names the session itself",
        hint: "leave it out; the provider's attribute RoleSessionName is the name")
    }
    guard !profile.verifyToken else { throw Failure.onlyTheSTSVerifies }
    do throws(SAMLProviderARNError) {
      let principal = try SAMLProviderARN.parse(text)
      try principal.check(role)
      return principal
    } catch {
      throw Failure(error, in: .principalARN, of: profile)
    }
  }

  private static func name(_ profile: Profile, _ source: IdentitySource) throws(Failure) -> SessionName? {
    do throws(SessionNameError) {
      if let name = profile.sessionName { return try SessionName(name) }
    } catch {
      throw Failure(error, in: .sessionName, of: profile)
    }
    do throws(SessionNameError) {
      if !source.isLogin, let name = profile.ambientSessionName { return try SessionName(name) }
    } catch {
      throw Failure(error, from: "AWS_ROLE_SESSION_NAME")
    }
    return nil
  }
}

extension CredentialBroker {
  /// Judges what the settings alone decide about buying credentials, without a request to anyone. Nothing is wrong where
  /// nothing can be bought: without an identity, or a role.
  ///
  /// - Returns: what a person should know of them beforehand; nil where there is nothing.
  public func checkSettings() throws(Failure) -> String? {
    guard let source = try? IdentitySource.select(profile, surroundings), mayBuy(with: source) else { return nil }
    return try ExchangeSettings(surroundings, profile, source).notice
  }

  /// Whether a role is meant: also by further ones, which need a first.
  private func mayBuy(with source: IdentitySource) -> Bool {
    profile.roleARN != nil || !profile.chain.isEmpty || (!source.isLogin && profile.ambientRoleARN != nil)
  }
}
