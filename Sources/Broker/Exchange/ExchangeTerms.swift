import Formats
import Model
import STS

/// Everything about an exchange but the token: settings resolved, checked, and turned into a cache key.
struct ExchangeTerms {
  let role: RoleARN
  let endpoint: STSEndpoint
  /// Of no consequence with a SAML response, which has a name of its own.
  let sessionName: SessionName
  /// Whose SAML response it is; nil for every other identity.
  let principal: SAMLProviderARN?
  let policy: SessionPolicy?
  let policyARNs: [String]
  let duration: DurationChoice
  /// Of what is handed out: the last role's.
  let expectations: STS.Expectations
  let chain: Chain
  let key: CredentialKey

  init(_ surroundings: Surroundings, _ profile: Profile, _ role: Role, _ caller: Caller) throws(Failure) {
    self.role = role.arn
    expectations = STS.Expectations(account: profile.expectAccount, role: profile.expectRole)
    chain = try Chain(surroundings, profile, first: role)
    do throws(ExpectationError) { try expectations.check(chain.last ?? role.arn) } catch { throw Failure(error) }
    endpoint = try role.endpoint(profile)
    principal = try caller.source.isSAML ? ExchangeTerms.principal(profile, of: role.arn) : nil
    let chosen = try principal == nil ? ExchangeTerms.chosenName(profile, caller) : nil
    sessionName = chosen ?? SessionName(identity: caller.label ?? "daypass")
    policy = try profile.sessionPolicyFile.map { (path) throws(Failure) in
      try surroundings.sessionPolicy(path, from: profile.origin(of: .sessionPolicyFile))
    }
    policyARNs = profile.policyARNs
    duration =
      switch profile.duration {
      case .seconds(let seconds): .seconds(Int64(seconds))
      case .maximum: .max
      }
    key = CredentialKey(
      source: caller.source.name, session: caller.session, proof: caller.proof,
      isSignatureChecked: profile.verifyToken, subject: caller.subject, roleARN: role.arn.text, chain: chain.links,
      duration: profile.duration, policy: policy?.text, policyARNs: policyARNs, endpoint: endpoint.url.text,
      region: endpoint.region, audience: profile.audience,
      principalARN: principal?.text, sessionName: caller.isKnown ? sessionName.text : chosen?.text,
      expectAccount: profile.expectAccount, expectRole: profile.expectRole,
      unasked: caller.isKnown
        ? nil
        : CredentialKey.Unasked(
          details: caller.source.details, expectSubject: profile.expectSubject, issuer: profile.issuer),
      mayBeKept: caller.mayBeKept)
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
    do throws(SAMLProviderARNError) {
      let principal = try SAMLProviderARN.parse(text)
      try principal.check(role)
      return principal
    } catch {
      throw Failure(error, in: .principalARN, of: profile)
    }
  }

  /// Nil where it is to be made from the identity.
  private static func chosenName(_ profile: Profile, _ caller: Caller) throws(Failure) -> SessionName? {
    do throws(SessionNameError) {
      if let name = profile.sessionName { return try SessionName(name) }
    } catch {
      throw Failure(error, in: .sessionName, of: profile)
    }
    do throws(SessionNameError) {
      if !caller.isPerson, let name = profile.ambientSessionName { return try SessionName(name) }
    } catch {
      throw Failure(error, from: "AWS_ROLE_SESSION_NAME")
    }
    return nil
  }
}
