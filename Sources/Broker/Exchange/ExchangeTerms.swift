import Formats
import Model
import STS

/// Everything about an exchange but the token: what the settings say, with who asks, turned into a cache key.
struct ExchangeTerms {
  let settings: ExchangeSettings
  /// Of no consequence with a SAML response, which has a name of its own.
  let sessionName: SessionName
  let key: CredentialKey

  init(_ settings: ExchangeSettings, _ profile: Profile, _ caller: Caller) {
    self.settings = settings
    let chosen = settings.sessionName
    sessionName = chosen ?? SessionName(identity: caller.label ?? "daypass")
    key = CredentialKey(
      source: caller.source.name, session: caller.session, proof: caller.proof,
      isSignatureChecked: profile.verifyToken, subject: caller.subject, roleARN: settings.role.text,
      chain: settings.chain.links, duration: profile.duration, policy: settings.policy?.text,
      policyARNs: profile.policyARNs, endpoint: settings.endpoint.url.text, region: settings.endpoint.region,
      audience: profile.audience, principalARN: settings.principal?.text,
      sessionName: caller.isKnown ? sessionName.text : chosen?.text,
      expectAccount: profile.expectAccount, expectRole: profile.expectRole,
      unasked: caller.isKnown
        ? nil
        : CredentialKey.Unasked(
          details: caller.source.details, expectSubject: profile.expectSubject, issuer: profile.issuer),
      mayBeKept: caller.mayBeKept)
  }
}
