import Formats
import Model
import OIDC
import STS

/// The role that credentials are for, and where it was named.
struct Role {
  let arn: RoleARN

  /// AWS_ROLE_ARN counts for what was issued to a machine, never for a person's login.
  init(_ profile: Profile, source: IdentitySource) throws(Failure) {
    let text = profile.roleARN ?? (source == .login ? nil : profile.ambientRoleARN)
    guard let text else {
      throw Failure(
        .configuration, "role_arn is not set for profile \(profile.name.printable())",
        hint: "set it in the config file, with --role-arn or DAYPASS_ROLE_ARN")
    }
    do throws(RoleARNError) { arn = try RoleARN.parse(text) } catch { throw Failure(error) }
  }
}

/// Everything about an exchange but the token: settings resolved, checked, and turned into a cache key.
struct ExchangeTerms {
  /// Seconds that a token must still have when it is sent: the STS judges by its own clock.
  static let tokenMargin: Int64 = 60

  let role: RoleARN
  let endpoint: STSEndpoint
  let sessionName: SessionName
  let policy: SessionPolicy?
  let policyARNs: [String]
  let duration: DurationChoice
  let expectations: STS.Expectations
  let key: CredentialKey

  init(_ surroundings: Surroundings, _ profile: Profile, _ role: Role, _ identity: Identity) throws(Failure) {
    guard profile.chain.isEmpty else {
      throw Failure(
        .configuration, "role chaining ([[profile.\(profile.name.printable()).then]]) is not supported by this version",
        hint: "remove it, or assume the further role with another tool")
    }
    self.role = role.arn
    expectations = STS.Expectations(account: profile.expectAccount, role: profile.expectRole)
    do throws(ExpectationError) { try expectations.check(role.arn) } catch { throw Failure(error) }
    do throws(STSEndpointError) {
      endpoint = try STSEndpoint.choose(
        role: role.arn, region: profile.region, override: profile.stsEndpoint?.text)
    } catch {
      throw Failure(error)
    }
    let ambientName = identity.isPerson ? nil : profile.ambientSessionName
    if let name = profile.sessionName ?? ambientName {
      do throws(SessionNameError) { sessionName = try SessionName(name) } catch { throw Failure(error) }
    } else {
      sessionName = SessionName(identity: identity.label)
    }
    policy = try profile.sessionPolicyFile.map { (path) throws(Failure) in
      let text = try surroundings.readSetting(.sessionPolicyFile, path, limit: 64 * 1024, profile)
      do throws(SessionPolicyError) {
        return try SessionPolicy.parse(text.exposedBytes())
      } catch {
        throw Failure(error)
      }
    }
    policyARNs = profile.policyARNs
    duration =
      switch profile.duration {
      case .seconds(let seconds): .seconds(Int64(seconds))
      case .maximum: .max
      }
    key = CredentialKey(
      source: identity.sourceName, session: identity.sessionKey,
      proof: identity.proof.map { surroundings.cryptography.digest(.sha256, $0.exposedBytes()) },
      subject: identity.subject, roleARN: role.arn.text.string, chain: [], duration: profile.duration,
      policy: policy.map { Secret($0.text) }, policyARNs: policyARNs, endpoint: endpoint.url.text,
      region: endpoint.region, audience: profile.audience, sessionName: sessionName.text)
  }
}

extension Identity {
  var sourceName: String {
    switch self {
    case .person: IdentitySource.login.name
    case .preissued(_, let source): source.name
    }
  }

  var sessionKey: SessionKey? { if case .person(let session) = self { session.key } else { nil } }

  /// What only this caller has, where no session proves who asks.
  var proof: Secret? { if case .preissued(let token, _) = self { token.token.raw } else { nil } }

  var subject: ByteText? {
    switch self {
    case .person(let session): session.identity.subject
    case .preissued(let token, _): token.unverifiedSubject
    }
  }

  /// What CloudTrail should call a session of this identity.
  var label: String {
    switch self {
    case .person(let session):
      (session.identity.email ?? session.identity.preferredUsername ?? session.identity.subject).string
    case .preissued(let token, _): token.unverifiedSubject?.string ?? "daypass"
    }
  }

  var claims: TokenClaims {
    switch self {
    case .person(let session):
      TokenClaims(
        issuer: session.identity.issuer.string, audience: session.identity.audiences.map(\.string),
        subject: session.identity.subject.string)
    case .preissued(let token, _):
      TokenClaims(
        issuer: token.unverifiedIssuer?.string, audience: token.audiences.map(\.string),
        subject: token.unverifiedSubject?.string)
    }
  }
}
